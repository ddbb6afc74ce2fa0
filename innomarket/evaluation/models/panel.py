"""Who judges a round, and who may not judge what."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from .round import Entry, Round

# Of the rounds of the same stage in which the same submissions were judged before, whoever had a seat in them.
_NEW_PANEL = """
    IF EXISTS (
        SELECT 1 FROM evaluation_reevaluation wanted
          JOIN evaluation_objection objection ON objection.id = wanted.objection_id
          JOIN evaluation_result result ON result.id = objection.result_id
          JOIN evaluation_entry judged ON judged.id = result.entry_id
          JOIN evaluation_round own ON own.id = wanted.round_id
          JOIN evaluation_entry earlier ON earlier.submission_id = judged.submission_id
               AND earlier.round_id <> own.id
          JOIN evaluation_round before ON before.id = earlier.round_id AND before.stage_id = own.stage_id
          JOIN evaluation_panelist former ON former.round_id = before.id AND former.user_id = NEW.user_id
         WHERE wanted.round_id = NEW.round_id AND wanted.standing
    ) THEN
        RAISE EXCEPTION 'who sat in the former panel sits in no new one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'new_panel_is_new';
    END IF;
    RETURN NEW;
"""


class Panelist(models.Model):
    """An evaluator on one round's panel; ``place`` is their place in it (ties of trimming, codes).

    Drawn, appointed by hand with a reason, or a substitute: called for single entries of somebody who stays.
    """

    class Origin(models.TextChoices):
        DRAWN = "drawn", _("drawn")
        APPOINTED = "appointed", _("appointed")
        SUBSTITUTE = "substitute", _("drawn for single entries")

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="panelists", verbose_name=_("round")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="panels", verbose_name=_("evaluator")
    )
    place = models.PositiveSmallIntegerField(_("place"))
    seated_at = models.DateTimeField(_("seated at"), db_default=Now())
    declared_at = models.DateTimeField(
        _("conflicts declared at"), null=True, help_text=_("Nothing opens for an evaluator before that.")
    )
    left_at = models.DateTimeField(_("left at"), null=True)
    left_reason = models.CharField(_("why left"), max_length=300, blank=True, default="", db_default="")
    origin = models.CharField(
        _("how seated"), max_length=10, choices=Origin.choices, default=Origin.APPOINTED
    )
    reason = models.CharField(_("why appointed"), max_length=300, blank=True)
    kind = models.CharField(
        _("kind of expert"), max_length=10, blank=True, help_text=_("As it was when they were seated.")
    )
    in_place_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="substitutes",
        verbose_name=_("in place of"),
    )

    class Meta:
        verbose_name = _("panel member")
        verbose_name_plural = _("panel members")
        ordering = ["round", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "user"],
                condition=Q(left_at=None),
                name="one_seat_on_a_panel",
                violation_error_message=_("This person is on the panel already."),
            ),
            models.UniqueConstraint(fields=["round", "place"], name="one_panelist_in_a_place"),
            models.CheckConstraint(
                condition=Q(origin__in=["drawn", "substitute"]) | Q(origin="appointed", reason__gt=""),
                name="appointed_panelist_says_why",
                violation_error_message=_("Say why this person is appointed instead of drawn."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="new_panel_is_new",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("round_id", "user_id"),
                func=_NEW_PANEL,
            ),
        ]

    def __str__(self) -> str:
        return f"E{self.place}"


class Recusal(models.Model):
    """A panel member does not judge an entry: declared by themselves, or found (conflicts.py)."""

    class Ground(models.TextChoices):
        DECLARED = "declared", _("declared by the evaluator")
        APPLICANT = "applicant", _("is the applicant")
        SAME_ORGANISATION = "same_organisation", _("belongs to the applicant's organisation")
        PAST_ORGANISATION = "past_organisation", _("belonged to the applicant's organisation")
        TIE = "tie", _("is or was tied to the applicant")
        FELLOW = "fellow", _("belongs to another organisation together with the applicant's people")
        RECUSED_BEFORE = "recused_before", _("declared a conflict with the applicant before")
        AUTHOR = "author", _("took part in writing the submission")
        LOT_OWNER = "lot_owner", _("belongs to the institution whose task it is")
        PAST_LOT_OWNER = "past_lot_owner", _("belonged or is tied to the institution whose task it is")

    panelist = models.ForeignKey(
        Panelist, on_delete=models.PROTECT, related_name="recusals", verbose_name=_("panel member")
    )
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="recusals", verbose_name=_("entry")
    )
    ground = models.CharField(_("ground"), max_length=20, choices=Ground.choices)
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("recusal")
        verbose_name_plural = _("recusals")
        constraints = [
            models.UniqueConstraint(fields=["panelist", "entry"], name="one_recusal_each"),
            models.CheckConstraint(condition=Q(reason__gt=""), name="recusal_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.panelist_id}/{self.entry_id}"

    @property
    def said(self) -> str:
        """For the evaluator: their own words, or what the records showed, in the language of the page.

        The reason of the latter is the record, in the language of whoever was at work then.
        """
        return self.reason if self.ground == self.Ground.DECLARED else capfirst(self.get_ground_display())
