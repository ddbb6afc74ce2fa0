"""A product: the listing of a designation."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from designation.models import Designation
from innomarket.common.clock import Now, today

from ..states import PilotVerdict, UseAfter
from .category import Category
from .classification import ItemClass


class ProductQuerySet(models.QuerySet["Product"]):
    def visible_to(self, user) -> "ProductQuerySet":
        """Every listed product is public, also when its designation has ended: the page says so."""
        return self

    def in_force(self, day=None) -> "ProductQuerySet":
        return self.filter(designation__valid__contains=day or today())


class Product(models.Model):
    """Number, dates and company of the designation are read from it, live; the rest is the listing."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    designation = models.OneToOneField(
        Designation, on_delete=models.PROTECT, related_name="product", verbose_name=_("designation")
    )
    supplier = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="products", verbose_name=_("supplier")
    )
    name_ko = models.CharField(_("name in Korean"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=160)
    summary = models.CharField(_("in one sentence"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("category"),
    )
    item_class = models.ForeignKey(
        ItemClass,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("class of goods"),
    )
    price_won = models.BigIntegerField(
        _("price of one unit"), null=True, blank=True, help_text=_("whole won, as the supplier offers it")
    )
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    price_includes_vat = models.BooleanField(_("VAT is included"), default=True, db_default=True)
    price_basis = models.CharField(
        _("what the price includes"),
        max_length=200,
        blank=True,
        db_default="",
        help_text=_("For example installation, training, one year of maintenance."),
    )
    delivery_days = models.PositiveSmallIntegerField(
        _("delivery time"), null=True, blank=True, help_text=_("days")
    )
    trl = models.PositiveSmallIntegerField(_("technology readiness level"), null=True, blank=True)
    regions = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("regions of supply"),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("None named: the whole country."),
    )
    origin = models.CharField(
        _("country of origin"), max_length=2, default="KR", db_default="KR", help_text=_("ISO 3166 code")
    )
    manufacturer = models.CharField(_("manufacturer"), max_length=120, blank=True, db_default="")
    # Up to three may make it for a company without a factory (domain.md §2.2); the limit is a dated rule.
    collaborators = ArrayField(
        models.CharField(max_length=120),
        verbose_name=_("collaborating manufacturers"),
        default=list,
        db_default=[],
        blank=True,
    )
    sdgs = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("sustainable development goals"),
        default=list,
        db_default=[],
        blank=True,
    )
    video_url = models.URLField(_("video"), max_length=300, blank=True, db_default="")
    story = models.ForeignKey(
        "timeline.Story",
        on_delete=models.PROTECT,
        null=True,
        related_name="products",
        verbose_name=_("story"),
    )
    # Written downwards by pilots: what the trial found, with the pilot's address.
    pilot_count = models.PositiveIntegerField(_("pilot purchases"), default=0)
    pilot_verdict = models.CharField(
        _("verdict of the pilot"), max_length=20, blank=True, choices=PilotVerdict.choices
    )
    # One for each concluded trial, the newest first: number, institution, verdict, day, what it showed, its measures.
    pilot_results = models.JSONField(
        _("results of the trials"), default=list, db_default=Value([], models.JSONField()), blank=True
    )
    use_after = models.CharField(
        _("use after the trial"), max_length=10, blank=True, db_default="", choices=UseAfter.choices
    )
    ordinal = models.PositiveIntegerField(_("version of the listing"), default=0, db_default=0)
    listed_at = models.DateTimeField(_("listed at"), db_default=Now())
    changed_at = models.DateTimeField(_("changed at"), db_default=Now())

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("innovation product")
        verbose_name_plural = _("innovation products")
        ordering = ["-listed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(price_won=None) | Q(price_won__gt=0),
                name="product_price_is_positive",
                violation_error_message=_("The price must be more than 0 won."),
            ),
            models.CheckConstraint(
                condition=Q(pilot_verdict__in=["", *PilotVerdict.values]), name="product_verdict_is_known"
            ),
            models.CheckConstraint(
                condition=Q(name_ko__gt="", name_en__gt=""), name="product_is_named_in_both_languages"
            ),
            models.CheckConstraint(
                condition=Q(sdgs__contained_by=list(range(1, 18))),
                name="product_goals_1_to_17",
                violation_error_message=_("There are 17 goals."),
            ),
            models.CheckConstraint(
                condition=Q(origin__regex=r"^[A-Z]{2}$"),
                name="product_origin_is_a_country",
                violation_error_message=_("Name the country by its code of two letters."),
            ),
            models.CheckConstraint(
                condition=Q(video_url="") | Q(video_url__startswith="https://"),
                name="product_video_is_https",
                violation_error_message=_("The address of the video must begin with https://."),
            ),
            models.CheckConstraint(
                condition=Q(use_after__in=["", *UseAfter.values]), name="product_use_after_is_known"
            ),
            models.CheckConstraint(
                condition=Q(changed_at__gte=F("listed_at")), name="product_changed_after_it_was_listed"
            ),
        ]
        indexes = [
            models.Index(fields=["-listed_at", "-id"], name="products_newest_first"),
            GinIndex(
                name="products_by_trigram",
                fields=["name_ko", "name_en", "summary"],
                opclasses=["gin_trgm_ops", "gin_trgm_ops", "gin_trgm_ops"],
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="deleted_product_leaves_a_tombstone",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                func="""
                    UPDATE catalog_publiclisting SET document_ko = '', document_en = '', position = NULL,
                        removed_at = innomarket_now() WHERE product_id = OLD.id AND removed_at IS NULL;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name_ko}"

    def get_absolute_url(self) -> str:
        return reverse("catalog:product", args=[self.number])
