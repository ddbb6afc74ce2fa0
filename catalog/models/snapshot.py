"""Nightly files: of the whole catalogue, and of the procurement data that the portal makes of everything."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

FOLDER = "snapshots"
NAME = re.compile(
    r"(?P<what>products|ocds)-(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})-(?P<language>ko|en)"
    r"\.(?P<format>ndjson|csv|xlsx|json|jsonl)(?:\.gz)?"
)


def place_of(snapshot: Any, _filename: str) -> str:
    return f"{FOLDER}/{snapshot.name}"


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def of(self, what: str) -> "SnapshotQuerySet":
        return self.filter(what=what)

    def named(self, name: str) -> "Snapshot | None":
        """The file of this name: by kind, night, language and format, wherever the store has put it."""
        said = NAME.fullmatch(name)
        try:
            found = self.filter(**said.groupdict()).first() if said else None
        except ValidationError:  # a day that is none
            return None
        return found if found and found.name == name else None


class Snapshot(models.Model):
    """The data of one night in one format and language, with what proves that the file is whole."""

    class What(models.TextChoices):
        PRODUCTS = "products", _("products")
        OCDS = "ocds", _("procurement data (OCDS)")

    class Format(models.TextChoices):
        NDJSON = "ndjson", "NDJSON"
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"
        JSON = "json", "JSON"
        JSONL = "jsonl", "JSON Lines"

    class Language(models.TextChoices):
        KOREAN = "ko", _("Korean")
        ENGLISH = "en", _("English")

    what = models.CharField(
        _("what it holds"),
        max_length=10,
        choices=What.choices,
        default=What.PRODUCTS,
        db_default=What.PRODUCTS.value,
    )
    day = models.DateField(_("day"))
    format = models.CharField(_("format"), max_length=10, choices=Format.choices)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    file = models.FileField(_("file"), upload_to=place_of, max_length=120)
    size = models.BigIntegerField(_("size"), help_text=_("bytes"))
    rows = models.PositiveIntegerField(_("rows"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    since = models.BigIntegerField(_("place in the feed of changes"))
    made_at = models.DateTimeField(_("made at"), db_default=Now())

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("nightly file")
        verbose_name_plural = _("nightly files")
        ordering = ["-day", "what", "format", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["what", "day", "format", "language"], name="one_snapshot_of_a_night_and_kind"
            ),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="snapshot_has_a_hash"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name of the file: XLSX is compressed by itself."""
        packed = "" if self.format == self.Format.XLSX else ".gz"
        return f"{self.what}-{self.day:%Y-%m-%d}-{self.language}.{self.format}{packed}"
