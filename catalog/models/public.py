"""The read model: what the public reads of each listed product, ready as text (docs/decisions, "The read model")."""

from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.contrib.postgres.fields.ranges import RangeEndsWith, RangeStartsWith
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .product import Product

UNPRICED = -1

# Runs when everything else of the transaction has been checked. The first firing only queues the second one behind
# the other deferred checks, so that nothing is waited for once the lock is held. No other advisory lock has its number.
TAKE_POSITION = """
    IF NEW.position IS NULL THEN
        UPDATE catalog_publiclisting SET position = -NEW.product_id
            WHERE product_id = NEW.product_id AND position IS NULL;
    ELSE
        PERFORM pg_advisory_xact_lock(7201400001);
        UPDATE catalog_publiclisting SET position = nextval('catalog_position'), written_at = clock_timestamp()
            WHERE product_id = NEW.product_id AND position < 0;
    END IF;
    RETURN NULL;
"""


class PublicListingQuerySet(models.QuerySet["PublicListing"]):
    def standing(self) -> "PublicListingQuerySet":
        """What is listed; without what only a tombstone is left of."""
        return self.filter(removed_at=None)

    def state(self) -> tuple[int, datetime | None]:
        """The catalogue's version, which every committed change raises, and when that change was committed."""
        row = self.filter(position__gt=0).order_by("-position").values_list("position", "written_at").first()
        return row or (0, None)


class PublicListing(models.Model):
    """One row for each product that is or was listed: its public document in both languages, and what lists need.

    Written by ``services/public_listing.py`` in the transaction that changes the product. The row outlives its
    product as a tombstone. ``position`` is its last change's place in the order of commits: given by a deferred
    trigger under a lock that is held until the commit is visible, so that no change ever appears behind a place
    that somebody has read already. The documents hold dates and never "today".
    """

    product = models.OneToOneField(
        Product,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="public",
        verbose_name=_("product"),
    )
    number = models.CharField(_("number"), max_length=20, unique=True)
    document_ko = models.TextField(_("document in Korean"))
    document_en = models.TextField(_("document in English"))
    format = models.PositiveSmallIntegerField(_("format of the documents"), db_default=1)
    removed_at = models.DateTimeField(_("removed at"), null=True)
    position = models.BigIntegerField(_("place in the feed of changes"), null=True)
    written_at = models.DateTimeField(_("written at"), null=True)
    # What lists are filtered and ordered by.
    listed_at = models.DateTimeField(_("listed at"))
    changed_at = models.DateTimeField(_("changed at"))
    designated_on = models.DateField(_("designated on"))
    valid = DateRangeField(_("valid"))
    designation_type = models.CharField(_("type of designation"), max_length=10)
    price_won = models.BigIntegerField(_("price of one unit"), default=UNPRICED)
    category = models.CharField(_("category"), max_length=40, blank=True)
    large_category = models.CharField(_("large category"), max_length=40, blank=True)
    item_class = models.CharField(_("class of goods"), max_length=10, blank=True)
    supplier = models.BigIntegerField(_("supplier"))
    size_class = models.CharField(_("size"), max_length=10, blank=True)
    is_women_owned = models.BooleanField(_("women-owned enterprise"))
    is_youth_led = models.BooleanField(_("youth-led enterprise"))
    regions = ArrayField(models.CharField(max_length=40), verbose_name=_("regions of supply"), default=list)
    certificates = ArrayField(models.CharField(max_length=20), verbose_name=_("certificates"), default=list)
    sdgs = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("goals"), default=list)
    pilot_verdict = models.CharField(_("verdict of the pilot"), max_length=20, blank=True)

    objects = PublicListingQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("public listing")
        verbose_name_plural = _("public listings")
        constraints = [
            models.UniqueConstraint(fields=["position"], name="one_change_in_a_place"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=False, document_ko="", document_en="")
                | (Q(removed_at=None) & Q(document_ko__gt="", document_en__gt="")),
                name="public_listing_has_documents_or_is_gone",
            ),
        ]
        indexes = [
            *(
                models.Index(fields=[name, "product"], name=f"public_by_{name}", condition=Q(removed_at=None))
                for name in ("listed_at", "changed_at", "designated_on", "price_won")
            ),
            *(
                models.Index(
                    fields=[name, "listed_at", "product"],
                    name=f"public_of_{name}",
                    condition=Q(removed_at=None),
                )
                for name in ("category", "large_category", "size_class", "pilot_verdict", "supplier")
            ),
            # Of a day, or of a state, in the order of listing (public_pages.NEAREST).
            GistIndex(
                RangeStartsWith("valid"),
                RangeEndsWith("valid"),
                "listed_at",
                name="public_by_dates",
                condition=Q(removed_at=None),
            ),
            models.Index(
                fields=["item_class"], name="public_by_item_class", opclasses=["varchar_pattern_ops"]
            ),
            *(
                GinIndex(fields=[name], name=f"public_by_{name}", fastupdate=False)
                for name in ("regions", "certificates", "sdgs")
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="public_listing_takes_its_place",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("NEW.position IS NULL OR NEW.position < 0"),
                func=TAKE_POSITION,
            ),
            pgtrigger.Protect(name="public_listing_outlives_its_product", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number
