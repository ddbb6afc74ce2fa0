"""A file: received, hashed, checked, and sent only by the view of the object that owns it."""

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now


def private_storage():  # a function, so that migrations hold no address
    return storages["private"]


class Document(models.Model):
    """One stored file. Its bytes never change; a better file is another document."""

    class State(models.TextChoices):
        PENDING = "pending", _("being checked")
        CLEAN = "clean", _("checked")
        REFUSED = "refused", _("refused")

    file = models.FileField(_("file"), storage=private_storage, max_length=200)
    name = models.CharField(_("file name"), max_length=255, help_text=_("As the person named it, made safe."))
    size = models.PositiveBigIntegerField(_("size"), help_text=_("bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    content_type = models.CharField(_("type"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    refused_reason = models.CharField(_("why refused"), max_length=300, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), db_default=Now())

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="document_is_not_empty"),
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="document_has_a_sha256"
            ),
            models.CheckConstraint(
                condition=models.Q(state="refused", refused_reason__gt="") | ~models.Q(state="refused"),
                name="refused_document_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
