"""Who wrote on a draft, step by step: what its people read as its history."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from .submission import Submission


class DraftEdit(models.Model):
    """One person's uninterrupted work on one step or place of files; a longer pause begins another row.

    A draft that saves itself would fill the audit with a line for each breath. The audit has one entry for each of
    these rows and for each save by hand; what lies between them is counted here.
    """

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="edits", verbose_name=_("submission")
    )
    step = models.CharField(_("step"), max_length=40)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    began_at = models.DateTimeField(_("began at"), db_default=Now())
    last_at = models.DateTimeField(_("last saved at"), db_default=Now())
    saves = models.PositiveIntegerField(_("times saved"), default=1)

    class Meta:
        verbose_name = _("work on a draft")
        verbose_name_plural = _("work on drafts")
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_at__gte=F("began_at"), saves__gte=1), name="draft_edit_ends_after_it_began"
            )
        ]
        indexes = [models.Index(fields=["submission", "-last_at"], name="edits_of_a_draft")]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.step}"
