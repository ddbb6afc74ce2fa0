"""The recorded opening: one member of staff prepares it, a second one confirms it, and who submitted is frozen."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from ..states import OpeningState
from .call import Call


class Opening(models.Model):
    """An opening from its preparation on. A confirmed one carries the roster, under one SHA-256, for good.

    ``roster`` is plain JSON (``services/roster.py``): numbers, times, hashes and keys of the applicants, never
    what they wrote. ``reason`` says why a preparation was withdrawn or fell.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="openings", verbose_name=_("call"))
    state = models.CharField(
        _("state"), max_length=10, choices=OpeningState.choices, default=OpeningState.PREPARED
    )
    prepared_at = models.DateTimeField(_("prepared at"), db_default=Now())
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("prepared by")
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    ended_at = models.DateTimeField(_("ended at"), null=True)
    reason = models.TextField(_("reason"), blank=True)
    roster = models.JSONField(_("who submitted"), null=True)
    roster_sha256 = models.CharField(_("SHA-256 of the list"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(state__in=["prepared", "confirmed"]),
                name="one_standing_opening_of_a_call",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "confirmed", "withdrawn", "void"]),
                name="opening_state_known",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("prepared_by")),
                name="opening_takes_two",
                violation_error_message=_("The opening is confirmed by another person than who prepared it."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state="confirmed",
                    confirmed_at__isnull=False,
                    confirmed_at__gte=F("prepared_at"),
                    confirmed_by__isnull=False,
                    roster__isnull=False,
                    roster_sha256__regex=r"^[0-9a-f]{64}$",
                )
                | (~Q(state="confirmed") & Q(confirmed_at=None, confirmed_by=None, roster=None)),
                name="opening_confirmed_has_its_list",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "confirmed"], ended_at=None)
                | Q(state__in=["withdrawn", "void"], ended_at__isnull=False),
                name="opening_ended_has_its_time",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="openings_stay", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="settled_opening_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["confirmed", "withdrawn", "void"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id}/{self.pk}"
