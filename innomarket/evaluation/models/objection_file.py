"""A file that an applicant adds to its objection: private, checked for viruses, fixed when it is filed."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from .objection import Objection

_FIXED = """
    IF NOT EXISTS (
        SELECT 1 FROM evaluation_objection objection
         WHERE objection.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.objection_id ELSE NEW.objection_id END
           AND objection.state = 'draft'
    ) THEN
        RAISE EXCEPTION 'what was filed stands, its files too'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'filed_objection_keeps_its_files';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


class ObjectionFileQuerySet(models.QuerySet["ObjectionFile"]):
    def readable_by(self, user) -> "ObjectionFileQuerySet":
        """Who reads the objection: its applicant's people, and staff who run rounds once it was filed."""
        return self.filter(objection__in=Objection.objects.visible_to(user).values("pk"))


class ObjectionFile(models.Model):
    objection = models.ForeignKey(
        Objection, on_delete=models.PROTECT, related_name="files", verbose_name=_("objection")
    )
    document = models.OneToOneField(
        "documents.Document", on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )
    added_at = models.DateTimeField(_("added at"), db_default=Now())

    objects = ObjectionFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of an objection")
        verbose_name_plural = _("files of objections")
        ordering = ["pk"]
        triggers = [
            pgtrigger.Trigger(
                name="filed_objection_keeps_its_files",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_FIXED,
            )
        ]

    def __str__(self) -> str:
        return f"{self.objection_id}/{self.pk}"
