"""Reading one sealed submission in need: asked by one member of staff, granted by another, for a limited time."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.common.dated import DatedRule, no_overlap

from ..states import GlassState
from .submission import Submission


class BreakGlassRule(DatedRule):
    """How long a grant lasts and a request waits. Our default: no source states it."""

    hours = models.PositiveSmallIntegerField(_("may be read for (hours)"))
    request_hours = models.PositiveSmallIntegerField(_("a request waits for (hours)"))

    class Meta:
        verbose_name = _("rule for reading in need")
        verbose_name_plural = _("rules for reading in need")
        constraints = [
            no_overlap("one_break_glass_rule_at_a_time"),
            models.CheckConstraint(
                condition=Q(hours__gte=1, request_hours__gte=1),
                name="break_glass_lasts_an_hour",
                violation_error_message=_("Give at least one hour."),
            ),
        ]


class BreakGlassQuerySet(models.QuerySet["BreakGlass"]):
    def open_to(self, user) -> "BreakGlassQuerySet":
        """Grants under which this person reads now: the one place that knows of them.

        ``Submission.objects.readable_by`` does not: no page, file, export or API opens by a grant, only the
        console page that says so and records each reading.
        """
        if not (user.is_authenticated and user.is_staff and user.has_perm("accounts.run_rounds")):
            return self.none()
        return self.filter(Q(asked_by=user) | Q(decided_by=user), state=GlassState.GRANTED, until__gt=Now())


class BreakGlass(models.Model):
    """A request, and what a second person decided on it. A settled one is never changed."""

    class Ground(models.TextChoices):
        COURT = "court", _("order of a court or an authority")
        DAMAGED = "damaged", _("a damaged file that must be restored")
        SECURITY = "security", _("a danger to the portal's security")
        OTHER = "other", _("another ground")

    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="glasses", verbose_name=_("submission")
    )
    state = models.CharField(_("state"), max_length=10, choices=GlassState.choices, default=GlassState.ASKED)
    ground = models.CharField(_("ground"), max_length=10, choices=Ground.choices)
    reason = models.TextField(_("reason"))
    asked_at = models.DateTimeField(_("asked at"), db_default=Now())
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    lapses_at = models.DateTimeField(_("the request lapses at"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decision_reason = models.TextField(_("reason of the decision"), blank=True)
    until = models.DateTimeField(_("may be read until"), null=True)

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading in need")
        verbose_name_plural = _("readings in need")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission"], condition=Q(state="asked"), name="one_request_of_a_submission"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "granted", "refused", "lapsed"]), name="glass_state_known"
            ),
            models.CheckConstraint(condition=Q(reason__gt=""), name="glass_says_why"),
            models.CheckConstraint(condition=Q(lapses_at__gt=F("asked_at")), name="glass_lapses_after_asked"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="glass_takes_two",
                violation_error_message=_("Another person decides than who asked."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state="granted",
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    until__isnull=False,
                    until__gt=F("decided_at"),
                )
                | (~Q(state="granted") & Q(until=None)),
                name="glass_granted_ends",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at=None)
                | (~Q(state="asked") & Q(decided_at__isnull=False)),
                name="glass_decided_has_its_time",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="glasses_stay", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="settled_glass_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["granted", "refused", "lapsed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.pk}"
