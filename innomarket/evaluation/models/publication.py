"""The publication of results: one member of staff prepares it, a second one looks at it and publishes."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from ..states import PublicationState
from .round import Round


class PublicationQuerySet(models.QuerySet["Publication"]):
    def visible_to(self, user) -> "PublicationQuerySet":
        """Staff who run rounds; nobody else knows of results before they are published."""
        if user.is_authenticated and user.is_staff and user.has_perm("accounts.run_rounds"):
            return self
        return self.none()


class Publication(models.Model):
    """What will be told to whom, as it was looked at: the counts, and one SHA-256 over all of it.

    ``sha256`` covers every result, every text in both languages and who receives it (``letters.py``). What is
    confirmed is exactly what was prepared: another hash is refused.
    """

    number = models.CharField(_("number"), max_length=20, unique=True)
    rounds: models.ManyToManyField = models.ManyToManyField(
        Round, through="PublishedRound", related_name="publications", verbose_name=_("rounds")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=PublicationState.choices, default=PublicationState.PREPARED
    )
    prepared_at = models.DateTimeField(_("prepared at"), db_default=Now())
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("prepared by")
    )
    confirmed_at = models.DateTimeField(_("published at"), null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    ended_at = models.DateTimeField(_("ended at"), null=True)
    reason = models.TextField(_("why it ended"), blank=True)
    sha256 = models.CharField("SHA-256", max_length=64)
    selected = models.PositiveIntegerField(_("selected"))
    not_selected = models.PositiveIntegerField(_("not selected"))
    below_pass = models.PositiveIntegerField(_("below the pass mark"))
    advances = models.PositiveIntegerField(_("goes on to the next stage"), default=0)
    unfit = models.PositiveIntegerField(_("unfit"), default=0)
    no_result = models.PositiveIntegerField(_("no result"))
    applicants = models.PositiveIntegerField(_("applicants"))
    people = models.PositiveIntegerField(_("people who are told"))

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication of results")
        verbose_name_plural = _("publications of results")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=PublicationState.values), name="publication_state_known"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("prepared_by")),
                name="publication_takes_two",
                violation_error_message=_("Results are published by another person than who prepared them."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state="confirmed",
                    confirmed_at__isnull=False,
                    confirmed_at__gte=F("prepared_at"),
                    confirmed_by__isnull=False,
                )
                | (~Q(state="confirmed") & Q(confirmed_at=None, confirmed_by=None)),
                name="publication_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "confirmed"], ended_at=None)
                | Q(state__in=["withdrawn", "void"], ended_at__isnull=False, reason__gt=""),
                name="publication_ended_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="publication_has_its_hash"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="publications_stay", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="settled_publication_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["confirmed", "withdrawn", "void"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PublishedRound(models.Model):
    """A round in a publication. ``standing`` ends with the preparation: then it can be prepared anew."""

    publication = models.ForeignKey(
        Publication, on_delete=models.PROTECT, related_name="parts", verbose_name=_("publication of results")
    )
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+", verbose_name=_("round"))
    standing = models.BooleanField(_("standing"), default=True)

    class Meta:
        verbose_name = _("round of a publication")
        verbose_name_plural = _("rounds of publications")
        ordering = ["round"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "round"], name="round_once_in_a_publication"),
            models.UniqueConstraint(
                fields=["round"], condition=Q(standing=True), name="one_standing_publication_of_a_round"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication_id}/{self.round_id}"
