"""The one history: who did what, when, and why. Rows are added and never changed or deleted.

An entry holds ids, field names, hashes and reasons; never sealed text, scores before they are
published, or contact data. So erasing a person breaks no entry.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now as RealNow
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import IsMoved, Now


class Entry(models.Model):
    at = models.DateTimeField(_("at"), db_default=Now(), db_index=True)
    recorded_at = models.DateTimeField(
        _("recorded at"), db_default=RealNow(), help_text=_("Always the real time.")
    )
    reconstructed = models.BooleanField(
        _("reconstructed"),
        db_default=IsMoved(),
        editable=False,
        help_text=_("Made by the sample, not by a person."),
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who"),
        help_text=_("Empty where the system acted by itself."),
    )
    verb = models.CharField(_("what"), max_length=80, help_text="submissions.submit")
    subject_type = models.CharField(_("kind of object"), max_length=80)
    subject_id = models.CharField(_("object"), max_length=64)
    subject_label = models.CharField(_("number"), max_length=120, blank=True)
    changes = models.JSONField(_("changes"), default=dict)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_of_a_subject"),
            models.Index(fields=["verb", "id"], name="audit_by_verb"),
        ]
        triggers = [
            pgtrigger.Protect(name="audit_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_label or self.subject_id}"
