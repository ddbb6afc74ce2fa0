"""A file: received, hashed, checked, and sent only by the view of the object that owns it."""

import uuid

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.common.sealed_fields import SealedCharField, SealedJSONField


def private_storage():  # a function, so that migrations hold no address
    return storages["private"]


class Document(models.Model):
    """One stored file. Its bytes never change; a better file is another document."""

    class State(models.TextChoices):
        PENDING = "pending", _("being checked")
        CLEAN = "clean", _("checked")
        REFUSED = "refused", _("refused")

    file = models.FileField(_("file"), storage=private_storage, max_length=200)
    name = SealedCharField(_("file name"), max_length=255, help_text=_("As the person named it, made safe."))
    size = models.PositiveBigIntegerField(_("size"), help_text=_("bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    content_type = models.CharField(_("type"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    refused_reason = models.CharField(_("why refused"), max_length=300, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), db_default=Now())
    checks = models.PositiveSmallIntegerField(_("times asked"), default=0, db_default=0)
    next_check_at = models.DateTimeField(_("asked again at"), null=True, blank=True)
    emptied_at = models.DateTimeField(
        _("deleted at"),
        null=True,
        editable=False,
        help_text=_("After the time of keeping: size and hash stay."),
    )

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
        indexes = [
            models.Index(
                fields=["next_check_at"], condition=models.Q(state="pending"), name="documents_to_be_checked"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Upload(models.Model):
    """A file on its way, piece by piece (tus 1.0). It is no document until the last piece is there and checked.

    A row that is complete or refused stays until it expires, so that a client whose connection broke at the last
    piece learns what became of it.
    """

    class State(models.TextChoices):
        RECEIVING = "receiving", _("being received")
        COMPLETE = "complete", _("complete")
        REFUSED = "refused", _("refused")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    name = SealedCharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField(_("size"), help_text=_("bytes, as announced"))
    received = models.PositiveBigIntegerField(_("received"), default=0, help_text=_("bytes"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RECEIVING)
    refused_reason = models.TextField(_("why refused"), blank=True)
    begun_at = models.DateTimeField(_("begun at"), db_default=Now())
    expires_at = models.DateTimeField(_("expires at"))

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(size__gt=0, received__lte=models.F("size")),
                name="upload_receives_at_most_its_size",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="complete") | models.Q(received=models.F("size")),
                name="complete_upload_has_every_byte",
            ),
        ]
        indexes = [
            models.Index(fields=["by", "state"], name="uploads_of_a_person"),
            models.Index(fields=["expires_at"], name="uploads_by_expiry"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class Piece(models.Model):
    """Bytes of an upload from ``offset`` on, in the private store under a name that says nothing."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="pieces")
    offset = models.PositiveBigIntegerField()
    size = models.PositiveIntegerField()
    path = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("piece of an upload")
        verbose_name_plural = _("pieces of uploads")
        constraints = [models.UniqueConstraint(fields=["upload", "offset"], name="one_piece_at_an_offset")]

    def __str__(self) -> str:
        return f"{self.upload_id}@{self.offset}"


class Reading(models.Model):
    """That a document's pages are shown on the screen: wanted, made, or impossible. ``pages.want`` makes it.

    One for a document, whose bytes never change: its SHA-256 is the key of what is made from it. ``tries`` counts
    how often a worker took it; ``problem`` is a code of ``pages.PROBLEMS``, never a word of the file.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("being prepared")
        READY = "ready", _("ready")
        FAILED = "failed", _("cannot be shown")

    document = models.OneToOneField(
        Document, on_delete=models.CASCADE, related_name="reading", verbose_name=_("document")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    problem = models.CharField(_("problem"), max_length=20, blank=True)
    page_count = models.PositiveSmallIntegerField(_("pages"), default=0)
    wanted_at = models.DateTimeField(_("wanted at"), db_default=Now())
    tries = models.PositiveSmallIntegerField(_("tries"), default=0, db_default=0)
    next_try_at = models.DateTimeField(_("tried again at"), null=True, blank=True)

    class Meta:
        verbose_name = _("pages for the screen")
        verbose_name_plural = _("pages for the screen")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="waiting", page_count=0, problem="")
                | models.Q(state="ready", page_count__gt=0, problem="")
                | models.Q(state="failed", page_count=0, problem__gt=""),
                name="reading_is_whole_or_says_why",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=models.Q(state="waiting"), name="readings_to_be_made"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id}"


class Page(models.Model):
    """One page: its image (WebP) in the private store, sealed; its lines sealed in the row.

    ``lines`` is a list of [x, y, width, height, text] in pixels of the image, in reading order.
    """

    reading = models.ForeignKey(Reading, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveSmallIntegerField(_("page"))
    path = models.CharField(max_length=200)
    size = models.PositiveIntegerField(_("size"), help_text=_("bytes"))
    width = models.PositiveSmallIntegerField(_("width"), help_text=_("pixels"))
    height = models.PositiveSmallIntegerField(_("height"), help_text=_("pixels"))
    lines = SealedJSONField(_("text"))

    class Meta:
        verbose_name = _("page for the screen")
        verbose_name_plural = _("pages for the screen")
        ordering = ["reading", "number"]
        constraints = [
            models.UniqueConstraint(fields=["reading", "number"], name="one_page_of_a_number"),
            models.CheckConstraint(
                condition=models.Q(number__gt=0, size__gt=0, width__gt=0, height__gt=0),
                name="page_has_a_size",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reading_id}/{self.number}"


class Rendition(models.Model):
    """A smaller copy of a picture (WebP) without what its camera wrote into it, sealed in the private store.

    Made when the picture is received (``pictures.prepare``); its SHA-256 is that of its own bytes.
    """

    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="renditions", verbose_name=_("document")
    )
    path = models.CharField(max_length=200)
    size = models.PositiveIntegerField(_("size"), help_text=_("bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    width = models.PositiveSmallIntegerField(_("width"), help_text=_("pixels"))
    height = models.PositiveSmallIntegerField(_("height"), help_text=_("pixels"))

    class Meta:
        verbose_name = _("smaller copy of a picture")
        verbose_name_plural = _("smaller copies of pictures")
        ordering = ["document", "width"]
        constraints = [
            models.UniqueConstraint(fields=["document", "width"], name="one_rendition_of_a_width"),
            models.CheckConstraint(
                condition=models.Q(size__gt=0, width__gt=0, height__gt=0), name="rendition_has_a_size"
            ),
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="rendition_has_a_sha256"
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="renditions_by_sha256")]

    def __str__(self) -> str:
        return f"{self.document_id}@{self.width}"
