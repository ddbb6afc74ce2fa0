"""What may be uploaded, when calls close, and what an outage moves: each by date."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.dated import DatedRule, no_overlap

from ..outage_rule import Terms


class SubmissionRule(DatedRule):
    """Limits for the files of a submission. Our default: rules.md leaves them open."""

    max_file_bytes = models.PositiveBigIntegerField(_("largest file"), help_text=_("bytes"))
    max_files = models.PositiveSmallIntegerField(_("most files in one submission"))

    class Meta:
        verbose_name = _("rule for submissions")
        verbose_name_plural = _("rules for submissions")
        constraints = [no_overlap("one_submission_rule_at_a_time")]


class ClosingRule(DatedRule):
    """When announced calls close. Moved closings (extensions, outages) are not bound by it.

    The setting ``CLOSING_ON_THE_HOUR`` relaxes "on the hour": False only where the embedded servers run.
    """

    on_the_hour = models.BooleanField(
        _("closes on the hour"),
        default=True,
        help_text=_("Not asked in a trial on the embedded servers (setting CLOSING_ON_THE_HOUR)."),
    )
    most_in_an_hour = models.PositiveIntegerField(_("most calls that close in the same hour"))

    class Meta:
        verbose_name = _("rule for closing times")
        verbose_name_plural = _("rules for closing times")
        constraints = [
            no_overlap("one_closing_rule_at_a_time"),
            models.CheckConstraint(
                condition=Q(most_in_an_hour__gte=1),
                name="closing_rule_lets_one_close",
                violation_error_message=_("At least one call must be able to close in an hour."),
            ),
        ]


class OutageRule(DatedRule):
    """What an outage does to closings and openings. Lengths in hours, times of day in Seoul."""

    short_hours = models.PositiveSmallIntegerField(
        _("short up to (hours)"), help_text=_("A closing this soon after the recovery is moved too.")
    )
    short_closing_hours = models.PositiveSmallIntegerField(_("short: closing after the notice (hours)"))
    short_opening_hours = models.PositiveSmallIntegerField(_("short: opening after the notice (hours)"))
    long_closing_hours = models.PositiveSmallIntegerField(_("long: closing after the notice (hours)"))
    long_opening_hours = models.PositiveSmallIntegerField(_("long: opening after the notice (hours)"))
    reopened_hours = models.PositiveSmallIntegerField(_("open again for (hours)"))
    day_begins = models.TimeField(_("office hours from"))
    day_ends = models.TimeField(_("office hours until"))
    otherwise = models.TimeField(_("time of day instead"))

    class Meta:
        verbose_name = _("rule for outages")
        verbose_name_plural = _("rules for outages")
        constraints = [
            no_overlap("one_outage_rule_at_a_time"),
            # A closing that moved must lie behind what moved it, or the same outage would move it again.
            models.CheckConstraint(
                condition=Q(short_hours__gte=1)
                & Q(short_closing_hours__gte=F("short_hours"))
                & Q(long_closing_hours__gte=F("short_hours"))
                & Q(short_opening_hours__gte=F("short_closing_hours"))
                & Q(long_opening_hours__gte=F("long_closing_hours"))
                & Q(reopened_hours__gte=1),
                name="outage_rule_moves_behind_itself",
                violation_error_message=_(
                    'A closing must move at least as far as "short" reaches, an opening at least as far as its'
                    " closing, and a call reopens for an hour at least."
                ),
            ),
            models.CheckConstraint(
                condition=Q(day_begins__lt=F("day_ends"))
                & Q(otherwise__gte=F("day_begins"))
                & Q(otherwise__lt=F("day_ends")),
                name="outage_rule_hours_in_order",
                violation_error_message=_(
                    "Office hours must end after they begin, and the time of day instead must lie in them."
                ),
            ),
        ]

    def terms(self) -> Terms:
        """As the rule's pure functions take it."""
        return Terms(
            short=timedelta(hours=self.short_hours),
            short_closing=timedelta(hours=self.short_closing_hours),
            short_opening=timedelta(hours=self.short_opening_hours),
            long_closing=timedelta(hours=self.long_closing_hours),
            long_opening=timedelta(hours=self.long_opening_hours),
            reopened=timedelta(hours=self.reopened_hours),
            day_begins=self.day_begins,
            day_ends=self.day_ends,
            otherwise=self.otherwise,
        )
