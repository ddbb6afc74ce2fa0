"""A file with changes of many listings: checked first, then applied as a whole."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from ..states import BulkState


class BulkImport(models.Model):
    """What a checked file would do. ``rows``: one for each product, with its fate and the parts before and after.

    Nothing of it is written to a listing before it is applied; then all of it is, in one transaction.
    """

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    by_staff = models.BooleanField(_("by agency staff"))
    table = models.CharField(_("table"), max_length=20)
    sha256 = models.CharField("SHA-256", max_length=64)
    rows = models.JSONField(_("rows"))
    state = models.CharField(_("state"), max_length=10, choices=BulkState.choices, default=BulkState.CHECKED)
    checked_at = models.DateTimeField(_("checked at"), db_default=Now())
    applied_at = models.DateTimeField(_("applied at"), null=True)

    class Meta:
        verbose_name = _("bulk import")
        verbose_name_plural = _("bulk imports")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["by"], condition=Q(state="checked"), name="one_checked_bulk_import_of_a_person"
            ),
            models.CheckConstraint(
                condition=Q(state="checked", applied_at=None) | Q(state="applied", applied_at__isnull=False),
                name="applied_bulk_import_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.pk}"

    @property
    def changing(self) -> int:
        """How many listings it changes."""
        return sum(row["fate"] == "change" for row in self.rows)
