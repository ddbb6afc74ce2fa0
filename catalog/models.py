"""The catalogue: categories, and one row for each designated product."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from designation.models import Designation
from innomarket.common.clock import Now, today

from .states import PilotVerdict


class Category(models.Model):
    """A large category of innovation products (혁신대분류카테고리, domain.md §5.1)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name_ko


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
    price_won = models.BigIntegerField(
        _("price of one unit"), null=True, blank=True, help_text=_("won, VAT included")
    )
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    delivery_days = models.PositiveSmallIntegerField(
        _("delivery time"), null=True, blank=True, help_text=_("days")
    )
    trl = models.PositiveSmallIntegerField(_("technology readiness level"), null=True, blank=True)
    patent_number = models.CharField(_("patent or utility model"), max_length=60, blank=True)
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
    listed_at = models.DateTimeField(_("listed at"), db_default=Now())
    changed_at = models.DateTimeField(_("changed at"), db_default=Now())

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("innovation product")
        verbose_name_plural = _("innovation products")
        ordering = ["-listed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(price_won=None) | Q(price_won__gt=0), name="product_price_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(pilot_verdict__in=["", *PilotVerdict.values]), name="product_verdict_is_known"
            ),
            models.CheckConstraint(
                condition=Q(name_ko__gt="", name_en__gt=""), name="product_is_named_in_both_languages"
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

    def __str__(self) -> str:
        return f"{self.number} {self.name_ko}"

    def get_absolute_url(self) -> str:
        return reverse("catalog:product", args=[self.number])
