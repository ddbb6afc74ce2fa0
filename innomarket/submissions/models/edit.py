"""Who wrote on a draft, step by step: what its people read as its history."""

import pgtrigger
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

    ``fields``: each answer changed here, with the version of the draft that changed it last; never its text.
    ``window``: a random name of the open page, so that a page is not taken for somebody else when an answer to
    one of its saves was lost.
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
    window = models.CharField(_("window"), max_length=22, blank=True, default="", db_default="")
    version = models.PositiveIntegerField(_("version"), default=0, db_default=0)
    fields = models.JSONField(_("fields"), default=dict, db_default={}, blank=True)

    class Meta:
        verbose_name = _("work on a draft")
        verbose_name_plural = _("work on drafts")
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_at__gte=F("began_at"), saves__gte=1), name="draft_edit_ends_after_it_began"
            )
        ]
        triggers = [
            # Its author, its part and its beginning stay; a stretch of work only grows longer.
            pgtrigger.ReadOnly(
                name="draft_edit_has_its_author", fields=["submission", "step", "by", "began_at", "window"]
            ),
            pgtrigger.Protect(name="draft_edit_stays", operation=pgtrigger.Delete),
        ]
        indexes = [models.Index(fields=["submission", "-last_at"], name="edits_of_a_draft")]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.step}"
