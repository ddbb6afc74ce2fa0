"""What an outage kept from being submitted, in a call that cannot reopen: somebody decides on it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from ..states import CaseState
from .deadline import Outage
from .submission import Submission


class OutageCase(models.Model):
    """Goes to the chief of the round: a draft, or a submission whose later changes were not submitted.

    Nothing of it is read for this: only its number is known.
    """

    class Decision(models.TextChoices):
        STANDS = "stands", _("the closing stands")
        REMEDIED = "remedied", _("remedied in another way, as the reason says")

    outage = models.ForeignKey(
        Outage, on_delete=models.PROTECT, related_name="cases", verbose_name=_("outage")
    )
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="outage_cases", verbose_name=_("submission")
    )
    state = models.CharField(_("state"), max_length=10, choices=CaseState.choices, default=CaseState.OPEN)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("case after an outage")
        verbose_name_plural = _("cases after outages")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["outage", "submission"], name="one_case_of_an_outage"),
            models.CheckConstraint(
                condition=Q(state="open", decision="", decided_at=None, decided_by=None)
                | Q(
                    state="decided",
                    decision__in=["stands", "remedied"],
                    reason__gt="",
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="case_decided_says_what_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outage_id}/{self.submission_id}"
