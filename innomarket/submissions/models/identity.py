"""The search for the applicant in an anonymous copy: what was found, and who has looked at it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.common.sealed_fields import SealedJSONField

from .submission import Submission

PASSING = ("gave_up", "unlocked")
"""Problems of this server, not of the file: it is tried again (``services.identity.try_again``)."""


class IdentitySearch(models.Model):
    """One search of one document (its bytes never change); a better file is another document and another search.

    ``findings``: list of {"what", "where", "page", "text"} (``submissions/identity.py``), sealed: it quotes what is
    sealed until the opening. ``found`` counts them. ``unread_pages``: pages without text, which cannot be searched.
    ``looked_at``: somebody of the applicant said that they have looked at what was found.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("being searched")
        DONE = "done", _("searched")
        FAILED = "failed", _("cannot be searched")

    document = models.OneToOneField(
        "documents.Document", on_delete=models.CASCADE, related_name="+", verbose_name=_("document")
    )
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="identity_searches", verbose_name=_("submission")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    problem = models.CharField(_("problem"), max_length=20, blank=True)
    findings = SealedJSONField(_("what was found"), default=list)
    found = models.PositiveSmallIntegerField(_("things found"), default=0)
    pages = models.PositiveSmallIntegerField(_("pages"), default=0)
    unread_pages = models.JSONField(_("pages without text"), default=list)
    wanted_at = models.DateTimeField(_("wanted at"), db_default=Now())
    searched_at = models.DateTimeField(_("searched at"), null=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("tried again at"), null=True)
    looked_at = models.DateTimeField(_("looked at"), null=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("looked at by"),
    )

    class Meta:
        verbose_name = _("search for the applicant")
        verbose_name_plural = _("searches for the applicant")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", searched_at=None, found=0, problem="")
                | Q(state="done", searched_at__isnull=False, problem="")
                | Q(state="failed", searched_at__isnull=False, found=0, problem__gt=""),
                name="identity_search_is_whole_or_says_why",
            ),
            models.CheckConstraint(
                condition=Q(looked_at=None, looked_by=None)
                | Q(looked_at__isnull=False, looked_by__isnull=False),
                name="identity_looked_at_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(state="waiting"), name="identity_searches_to_be_made"
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.document_id}"

    @property
    def is_clear(self) -> bool:
        """Searched whole, and nothing found."""
        return self.state == self.State.DONE and not self.found and not self.unread_pages
