"""A survey on site or an interview, on record before its stage ends: when, where, who took part, what was found."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from .round import Entry


class Visit(models.Model):
    """One for each entry of such a stage. Its files are documents; the record stands once the stage has ended."""

    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, related_name="visit", verbose_name=_("entry")
    )
    held_at = models.DateTimeField(_("held at"))
    place = models.CharField(_("place"), max_length=200)
    took_part = models.TextField(_("who took part"))
    findings = models.TextField(_("what was found"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())

    class Meta:
        verbose_name = _("survey or interview")
        verbose_name_plural = _("surveys and interviews")
        constraints = [
            models.CheckConstraint(
                condition=Q(place__gt="", took_part__gt="", findings__gt=""), name="visit_is_whole"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="visit_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM evaluation_entry entry
                        JOIN evaluation_round round ON round.id = entry.round_id
                        JOIN submissions_callstage stage ON stage.id = round.stage_id
                        WHERE entry.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.entry_id ELSE NEW.entry_id END
                          AND round.state = 'scoring' AND stage.kind IN ('on_site', 'interview')
                    ) THEN
                        RAISE EXCEPTION 'a survey is put on record while its stage is under way'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'visit_stands';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}"


class VisitFile(models.Model):
    """A photograph or paper of the record."""

    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, related_name="files", verbose_name=_("survey or interview")
    )
    document = models.OneToOneField(
        "documents.Document", on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )

    class Meta:
        verbose_name = _("file of a survey")
        verbose_name_plural = _("files of surveys")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.visit_id}/{self.pk}"
