"""What a listing said and says: its public versions, and the changes that suppliers propose."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from ..states import ChangeState
from .product import Product


class ListingChange(models.Model):
    """A change of a listing: written as a draft by the supplier, proposed, then taken or refused by staff.

    With ``by_staff`` it is a correction: written by staff in the same way, and live when they say so.

    ``base`` is the content on which it was begun and ``content`` what it shall become
    (``services/content.py``): what differs between the two is the change, so that a correction by staff in
    between is not undone.
    """

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="changes", verbose_name=_("product")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ChangeState.choices, default=ChangeState.DRAFT
    )
    by_staff = models.BooleanField(_("correction by agency staff"), default=False, db_default=False)
    base = models.JSONField(_("content before"))
    content = models.JSONField(_("content after"))
    version = models.PositiveIntegerField(_("version"), default=1)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("begun by")
    )
    begun_at = models.DateTimeField(_("begun at"), db_default=Now())
    saved_at = models.DateTimeField(_("saved at"), db_default=Now())
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    proposed_at = models.DateTimeField(_("proposed at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    answer = models.CharField(_("reason of the refusal"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("change of a listing")
        verbose_name_plural = _("changes of listings")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "by_staff"],
                condition=Q(state__in=["draft", "proposed"]),
                name="one_open_change_of_a_listing_and_side",
                violation_error_message=_("A change of this listing has already been begun. Open that one."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(proposed_by__isnull=False, proposed_at__isnull=False),
                name="proposed_change_has_its_time",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=["taken", "refused"]) & Q(decided_by__isnull=False, decided_at__isnull=False)
                )
                | (~Q(state__in=["taken", "refused"]) & Q(decided_by=None, decided_at=None)),
                name="decided_change_has_its_decision",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | Q(answer__gt=""),
                name="refused_change_says_why",
                violation_error_message=_("Say why: the supplier reads it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}/{self.pk}"

    @property
    def mark(self) -> str:
        """A page that shows the change hands this back: every other content has another mark."""
        return f"{self.pk}-{self.version}"


class ListingFile(models.Model):
    """A file that was received for a product's listing: a content may hold these files and no others."""

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="files", verbose_name=_("product")
    )
    document = models.OneToOneField(
        "documents.Document", on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )
    is_picture = models.BooleanField(_("is a picture"))

    class Meta:
        verbose_name = _("file of a listing")
        verbose_name_plural = _("files of listings")

    def __str__(self) -> str:
        return f"{self.product_id}/{self.document_id}"


class ListingVersion(models.Model):
    """The content of a listing from one instant on. Public, and never changed."""

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="versions", verbose_name=_("product")
    )
    ordinal = models.PositiveIntegerField(_("ordinal"))
    content = models.JSONField(_("content"))
    since = models.DateTimeField(_("since"), db_default=Now())
    by_supplier = models.BooleanField(_("proposed by the supplier"), default=False)
    note = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("version of a listing")
        verbose_name_plural = _("versions of listings")
        ordering = ["product", "-ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["product", "ordinal"], name="one_version_of_an_ordinal"),
        ]
        triggers = [
            pgtrigger.Protect(name="listing_version_stands", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.product_id}-{self.ordinal:02d}"
