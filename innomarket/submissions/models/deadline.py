"""Why a deadline is where it is: outages, moves of closings and openings, amendments of a call."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innomarket.common.clock import Now

from ..outage_rule import Span
from ..states import OutageState
from .call import Call


class _Range(Func):
    function = "tstzrange"
    output_field = DateTimeRangeField()


class Outage(models.Model):
    """A time in which applicants could not work: [starts_at, ends_at), with the notice of the recovery.

    It is recorded first and applied in a second step, so that its moves are seen before they are made.
    """

    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("recovered at"))
    noticed_at = models.DateTimeField(_("recovery announced at"))
    what = models.CharField(_("what failed"), max_length=300)
    state = models.CharField(
        _("state"), max_length=10, choices=OutageState.choices, default=OutageState.RECORDED
    )
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    applied_at = models.DateTimeField(pgettext_lazy("an outage", "applied at"), null=True, blank=True)

    class Meta:
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")),
                name="outage_ends_after_it_starts",
                violation_error_message=_("An outage ends after it has started."),
            ),
            models.CheckConstraint(
                condition=Q(noticed_at__gte=F("ends_at")),
                name="outage_notice_after_recovery",
                violation_error_message=_("The recovery is announced when it has come, not before."),
            ),
            models.CheckConstraint(
                condition=Q(state="applied", applied_at__isnull=False)
                | (~Q(state="applied") & Q(applied_at=None)),
                name="outage_applied_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["recorded", "applied", "discarded"]), name="outage_state_known"
            ),
            ExclusionConstraint(
                name="outages_do_not_overlap",
                expressions=[(_Range("starts_at", "ends_at"), RangeOperators.OVERLAPS)],
                condition=~Q(state="discarded"),
                violation_error_message=_("Another outage is already recorded in a part of this time."),
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.ends_at, self.noticed_at)


class DeadlineMove(models.Model):
    """A closing and its opening, moved: for all, or for named organisations only. Never changed.

    ``outage`` or ``reason`` says why. ``ordinal`` counts the moves of a call from 1 on.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="moves", verbose_name=_("call"))
    ordinal = models.PositiveSmallIntegerField(_("number of the move"))
    outage = models.ForeignKey(
        Outage, on_delete=models.PROTECT, null=True, related_name="moves", verbose_name=_("outage")
    )
    reason = models.TextField(_("reason"), blank=True)
    for_all = models.BooleanField(_("for all"), default=True)
    old_closes_at = models.DateTimeField(_("closing before"))
    closes_at = models.DateTimeField(_("closes"))
    old_opening_at = models.DateTimeField(_("opening before"))
    opening_at = models.DateTimeField(_("opening of submissions"))
    decided_at = models.DateTimeField(_("decided at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        verbose_name = _("move of a deadline")
        verbose_name_plural = _("moves of deadlines")
        ordering = ["call", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["call", "ordinal"], name="one_move_in_a_place"),
            models.UniqueConstraint(
                fields=["outage", "call", "closes_at"],
                condition=Q(for_all=True),
                name="an_outage_moves_a_closing_once",
            ),
            models.CheckConstraint(
                condition=Q(outage__isnull=False) | Q(reason__gt=""), name="move_says_why"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gte=F("old_closes_at"))
                & Q(opening_at__gte=F("old_opening_at"))
                & Q(opening_at__gte=F("closes_at")),
                name="move_is_never_earlier",
            ),
        ]
        triggers = [pgtrigger.Protect(name="moves_stand", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.call_id}/{self.ordinal}"

    @property
    def moves_opening(self) -> bool:
        return self.opening_at > self.old_opening_at


class OwnClosing(models.Model):
    """A later closing of one applicant (an organisation or a person), from a move that is not for all."""

    move = models.ForeignKey(
        DeadlineMove, on_delete=models.PROTECT, related_name="own_closings", verbose_name=_("move")
    )
    organisation = models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.PROTECT,
        null=True,
        related_name="own_closings",
        verbose_name=_("organisation"),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="own_closings",
        verbose_name=_("person"),
    )

    class Meta:
        verbose_name = _("closing of an organisation")
        verbose_name_plural = _("closings of organisations")
        constraints = [
            models.UniqueConstraint(fields=["move", "organisation"], name="one_own_closing_a_move"),
            models.UniqueConstraint(fields=["move", "person"], name="one_own_closing_a_move_and_person"),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, person__isnull=True)
                | Q(organisation__isnull=True, person__isnull=False),
                name="own_closing_has_one_applicant",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="own_closings_stand", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.move_id}/{self.organisation_id or self.person_id}"


class OwnClosingEnd(models.Model):
    """The later closing of a move for some has passed, and those whose it was have been told: once. Never changed."""

    move = models.OneToOneField(
        DeadlineMove, on_delete=models.PROTECT, related_name="end", verbose_name=_("move")
    )
    closed_at = models.DateTimeField(_("closed at"), db_default=Now())

    class Meta:
        verbose_name = _("passed closing of an organisation")
        verbose_name_plural = _("passed closings of organisations")
        triggers = [
            pgtrigger.Protect(name="own_closing_ends_stand", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return str(self.move_id)


class Amendment(models.Model):
    """What was announced (00) and what was changed of it since (01 …), in both languages. Never changed."""

    call = models.ForeignKey(
        Call, on_delete=models.PROTECT, related_name="amendments", verbose_name=_("call")
    )
    ordinal = models.PositiveSmallIntegerField(_("number"))
    what_ko = models.TextField(_("what changed, in Korean"))
    what_en = models.TextField(_("what changed, in English"))
    made_at = models.DateTimeField(_("made at"), db_default=Now())
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["call", "ordinal"]
        constraints = [models.UniqueConstraint(fields=["call", "ordinal"], name="one_amendment_in_a_place")]
        triggers = [pgtrigger.Protect(name="amendments_stand", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.call_id}-{self.ordinal:02}"
