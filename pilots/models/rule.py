"""Limits of a pilot purchase and the rate of VAT, by date (domain.md §4)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.dated import DatedRule, no_overlap


class PilotRule(DatedRule):
    """What one pilot purchase may cost and reach, and the tax on it."""

    kept_by = "keep_budget"

    most_won_a_pilot = models.BigIntegerField(_("most for one pilot purchase"), help_text=_("won"))
    most_institutions_a_product = models.PositiveSmallIntegerField(_("most institutions for one product"))
    vat_percent = models.PositiveSmallIntegerField(_("value added tax"), help_text=_("percent"))
    inspection_days = models.PositiveSmallIntegerField(_("days for the inspection"))

    class Meta:
        verbose_name = _("rule for pilot purchases")
        verbose_name_plural = _("rules for pilot purchases")
        constraints = [
            no_overlap("one_pilot_rule_at_a_time"),
            models.CheckConstraint(
                condition=Q(most_won_a_pilot__gt=0),
                name="pilot_limit_is_positive",
                violation_error_message=_("The limit must be more than 0 won."),
            ),
        ]
