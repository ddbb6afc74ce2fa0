"""What an evaluator promises before anything opens, and when a panel is reminded."""

import hashlib

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.common.dated import DatedRule, no_overlap

from .panel import Panelist


class PledgeText(DatedRule):
    """The pledge in both languages; another version holds from another day."""

    text_ko = models.TextField(_("pledge in Korean"))
    text_en = models.TextField(_("pledge in English"))

    class Meta:
        verbose_name = _("pledge of evaluators")
        verbose_name_plural = _("pledges of evaluators")
        constraints = [
            no_overlap("one_pledge_text_at_a_time"),
            models.CheckConstraint(
                condition=Q(text_ko__gt="", text_en__gt=""),
                name="pledge_in_both_languages",
                violation_error_message=_("Give the text in Korean and in English."),
            ),
        ]

    @property
    def sha256(self) -> str:
        """Over both texts, Korean first, with one zero byte between them (UTF-8)."""
        return hashlib.sha256(f"{self.text_ko}\0{self.text_en}".encode()).hexdigest()


class Pledge(models.Model):
    """A panel member's signature under one version of the pledge, for one round. Never changed."""

    panelist = models.OneToOneField(
        Panelist, on_delete=models.PROTECT, related_name="pledge", verbose_name=_("panel member")
    )
    text = models.ForeignKey(PledgeText, on_delete=models.PROTECT, related_name="+", verbose_name=_("pledge"))
    text_sha256 = models.CharField(_("SHA-256 of the text"), max_length=64)
    signed_at = models.DateTimeField(_("signed at"), db_default=Now())

    class Meta:
        default_permissions = ()
        verbose_name = _("signed pledge")
        verbose_name_plural = _("signed pledges")
        constraints = [
            models.CheckConstraint(
                condition=Q(text_sha256__regex=r"^[0-9a-f]{64}$"), name="pledge_names_its_text"
            )
        ]
        triggers = [pgtrigger.Protect(name="pledges_stand", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.panelist_id}"


class PanelReminderRule(DatedRule):
    """Days before and after the due date on which a panel member with open work is reminded."""

    days_before = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("days before the due date"), blank=True
    )
    days_after = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("days after the due date"), blank=True
    )

    class Meta:
        verbose_name = _("rule for reminding panels")
        verbose_name_plural = _("rules for reminding panels")
        constraints = [
            no_overlap("one_panel_reminder_rule_at_a_time"),
            models.CheckConstraint(
                condition=~Q(days_before__contains=[0]) & ~Q(days_after__contains=[0]),
                name="panel_reminder_beside_the_due_date",
                violation_error_message=_("Give at least one day."),
            ),
        ]
