"""Outages that the history of readiness proposes, and the rule by which it does."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.common.dated import DatedRule, no_overlap

from ..states import ProposalState
from .deadline import Outage


class WatchRule(DatedRule):
    """When the history of readiness proposes an outage. The portal is asked twice a minute."""

    silence_seconds = models.PositiveIntegerField(
        _("silence after (seconds)"), help_text=_("Without an answer for longer than this: nobody could ask.")
    )
    join_minutes = models.PositiveIntegerField(
        _("one outage within (minutes)"), help_text=_("Failures that lie closer together are one outage.")
    )
    least_minutes = models.PositiveIntegerField(_("proposed from a length of (minutes)"))
    keep_days = models.PositiveIntegerField(_("answers are kept for (days)"))

    class Meta:
        verbose_name = _("rule for proposing outages")
        verbose_name_plural = _("rules for proposing outages")
        constraints = [
            no_overlap("one_watch_rule_at_a_time"),
            models.CheckConstraint(
                condition=Q(silence_seconds__gte=60, join_minutes__gte=1, keep_days__gte=8),
                name="watch_rule_leaves_time_to_ask",
                violation_error_message=_(
                    "Silence begins after 60 seconds at least, failures are joined within a minute at least, and"
                    " answers are kept for 8 days at least."
                ),
            ),
        ]


class OutageProposal(models.Model):
    """[starts_at, ends_at) in which the portal did not stand. Staff record it as an outage or dismiss it."""

    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    failed = models.CharField(_("parts that failed"), max_length=200, blank=True)
    silent = models.BooleanField(_("nobody could ask"), default=False)
    state = models.CharField(
        _("state"), max_length=10, choices=ProposalState.choices, default=ProposalState.PROPOSED
    )
    found_at = models.DateTimeField(_("proposed at"), db_default=Now())
    outage = models.OneToOneField(
        Outage, on_delete=models.PROTECT, null=True, related_name="proposal", verbose_name=_("outage")
    )
    settled_at = models.DateTimeField(_("settled at"), null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("settled by"),
    )
    dismissed_because = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("proposed outage")
        verbose_name_plural = _("proposed outages")
        ordering = ["-starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["starts_at"], name="an_outage_is_proposed_once"),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="proposed_outage_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", outage=None, settled_at=None, settled_by=None)
                | Q(
                    state="recorded", outage__isnull=False, settled_at__isnull=False, settled_by__isnull=False
                )
                | (
                    Q(state="dismissed", outage=None, settled_at__isnull=False, settled_by__isnull=False)
                    & Q(dismissed_because__gt="")
                ),
                name="proposed_outage_state_has_its_columns",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} UTC"
