"""When the people behind a draft are reminded that it is not submitted, by date."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.dated import DatedRule, no_overlap


class ReminderRule(DatedRule):
    """Hours before the closing; none at all means that nobody is reminded. Our default: no source names them."""

    hours_before = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1)]),
        verbose_name=_("hours before the closing"),
        blank=True,
    )

    class Meta:
        verbose_name = _("rule for reminders")
        verbose_name_plural = _("rules for reminders")
        constraints = [
            no_overlap("one_reminder_rule_at_a_time"),
            models.CheckConstraint(
                condition=~Q(hours_before__contains=[0]),
                name="reminder_comes_before_the_closing",
                violation_error_message=_("A reminder comes at least one hour before the closing."),
            ),
        ]
