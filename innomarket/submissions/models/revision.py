"""What was submitted: frozen sections and files under one hash. Nothing here is ever changed."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.common.sealed_fields import SealedCharField, SealedJSONField

from .submission import Submission


class RevisionQuerySet(models.QuerySet["Revision"]):
    def readable_by(self, user) -> "RevisionQuerySet":
        """All of one's own; of what others submitted the one that stands, never what it replaced."""
        return self.filter(
            Q(submission__in=Submission.objects.of_applicant(user).values("pk"))
            | Q(
                submission__in=Submission.objects.readable_by(user).values("pk"),
                submission__current=F("pk"),
            )
        )


class Revision(models.Model):
    """Workbench, receipt, comparison and export read this, never the subject's own row.

    After the time of keeping only ``sections`` are emptied, at ``emptied_at``: the receipt stands.
    ``sections`` is a list of {"key", "label_ko", "label_en", "value"} in the order of the form;
    ``sha256`` covers number, ordinal, applicant, title, sections and the files' hashes, as canonical
    JSON (``submissions/freezing.py``).
    """

    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="revisions", verbose_name=_("submission")
    )
    ordinal = models.PositiveSmallIntegerField(_("ordinal"))
    title = SealedCharField(_("title"), max_length=200)
    sections = SealedJSONField(_("content"))
    sha256 = models.CharField("SHA-256", max_length=64)
    submitted_at = models.DateTimeField(_("submitted at"), db_default=Now())
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("submitted by")
    )
    emptied_at = models.DateTimeField(
        _("content deleted at"), null=True, help_text=_("After the time of keeping (retention).")
    )

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["submission", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "ordinal"], name="one_revision_of_an_ordinal"),
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="revision_has_a_sha256"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="revision_is_frozen", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}-{self.ordinal:02d}"


class RevisionFile(models.Model):
    """A file as it was submitted, with what the receipt says of it."""

    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="files", verbose_name=_("revision")
    )
    slot = models.CharField(_("what it is"), max_length=40)
    document = models.ForeignKey(
        "documents.Document", on_delete=models.PROTECT, related_name="+", verbose_name=_("document")
    )
    name = SealedCharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField(_("file size"))
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = _("submitted file")
        verbose_name_plural = _("submitted files")
        ordering = ["slot", "pk"]
        constraints = [models.UniqueConstraint(fields=["revision", "document"], name="one_place_for_a_file")]
        triggers = [
            pgtrigger.Protect(name="submitted_file_is_frozen", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.revision_id}/{self.slot}"
