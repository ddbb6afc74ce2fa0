"""What a listing holds beside its own row: models with specifications, certificates, patents, pictures, documents."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .category import ProfileAttribute
from .product import Product


class ProductModel(models.Model):
    """A model of the product; 물품식별번호 (8 digits) is one item: maker, model and specification."""

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="models", verbose_name=_("product")
    )
    order = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("model"), max_length=80)
    identification_number = models.CharField(_("identification number"), max_length=8, blank=True)
    price_won = models.BigIntegerField(_("price of one unit"), null=True, blank=True)

    class Meta:
        verbose_name = _("model of a product")
        verbose_name_plural = _("models of products")
        ordering = ["product", "order"]
        constraints = [
            models.UniqueConstraint(fields=["product", "order"], name="one_model_in_a_place"),
            models.UniqueConstraint(
                fields=["product", "name"],
                name="one_model_of_a_name",
                violation_error_message=_("Two models have the same name."),
            ),
            models.UniqueConstraint(
                fields=["identification_number"],
                condition=Q(identification_number__gt=""),
                name="one_model_of_an_identification_number",
                violation_error_message=_("Another model already has this identification number."),
            ),
            models.CheckConstraint(
                condition=Q(identification_number="") | Q(identification_number__regex=r"^[0-9]{8}$"),
                name="identification_number_has_8_digits",
                violation_error_message=_("An identification number has 8 digits."),
            ),
            models.CheckConstraint(
                condition=Q(price_won=None) | Q(price_won__gt=0),
                name="model_price_is_positive",
                violation_error_message=_("The price must be more than 0 won."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Specification(models.Model):
    """One named value of a model: by the category's profile (``attribute``), or named by the supplier."""

    model = models.ForeignKey(
        ProductModel, on_delete=models.CASCADE, related_name="specifications", verbose_name=_("model")
    )
    attribute = models.ForeignKey(
        ProfileAttribute,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("attribute"),
    )
    order = models.PositiveSmallIntegerField(_("order"))
    name_ko = models.CharField(_("name in Korean"), max_length=80, blank=True)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    value = models.CharField(_("value"), max_length=200)
    number = models.DecimalField(
        _("value as a number"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("specification")
        verbose_name_plural = _("specifications")
        ordering = ["model", "order"]
        constraints = [
            models.UniqueConstraint(fields=["model", "order"], name="one_specification_in_a_place"),
            models.UniqueConstraint(
                fields=["model", "attribute"],
                condition=Q(attribute__isnull=False),
                name="one_value_of_an_attribute",
                violation_error_message=_("A model has this value already: say it once."),
            ),
            models.CheckConstraint(
                condition=Q(attribute__isnull=False) | Q(name_ko__gt=""),
                name="specification_has_a_name",
                violation_error_message=_("Say in Korean what the value is."),
            ),
            models.CheckConstraint(condition=Q(value__gt=""), name="specification_has_a_value"),
        ]

    def __str__(self) -> str:
        return f"{self.model_id}/{self.order}"


class Certificate(models.Model):
    """A certificate of the product or its maker, with its days: what holds today is asked from them."""

    class Kind(models.TextChoices):
        NEP = "nep", _("new excellent product (NEP)")
        NET = "net", _("new excellent technology (NET)")
        GS = "gs", _("good software (GS)")
        GREEN = "green", _("green technology certificate")
        PERFORMANCE = "performance", _("performance certificate")
        DIRECT_PRODUCTION = "direct_production", _("direct-production confirmation")
        KC = "kc", _("KC safety certificate")
        EXCELLENT = "excellent", _("excellent procurement product")
        TEST_REPORT = "test_report", _("accredited test report")
        ISO = "iso", _("management system (ISO)")
        OTHER = "other", _("other certificate")

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="certificates", verbose_name=_("product")
    )
    order = models.PositiveSmallIntegerField(_("order"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    number = models.CharField(_("number"), max_length=60)
    issuer = models.CharField(_("issued by"), max_length=120)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True, help_text=_("the last day"))

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["product", "order"]
        constraints = [
            models.UniqueConstraint(fields=["product", "order"], name="one_certificate_in_a_place"),
            models.CheckConstraint(
                condition=Q(issued_on=None) | Q(valid_until=None) | Q(valid_until__gte=F("issued_on")),
                name="certificate_ends_after_it_begins",
                violation_error_message=_("A certificate cannot end before it was issued."),
            ),
        ]
        indexes = [models.Index(fields=["kind", "product"], name="certificates_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Patent(models.Model):
    """A right that the product applies (domain.md §2.2): patent, utility model, design."""

    class Kind(models.TextChoices):
        PATENT = "patent", _("patent")
        UTILITY_MODEL = "utility_model", _("utility model")
        DESIGN = "design", _("registered design")
        APPLICATION = "application", _("patent application")

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="patents", verbose_name=_("product")
    )
    order = models.PositiveSmallIntegerField(_("order"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.PATENT)
    number = models.CharField(_("number"), max_length=60)
    title = models.CharField(_("title"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("patent")
        verbose_name_plural = _("patents")
        ordering = ["product", "order"]
        constraints = [
            models.UniqueConstraint(fields=["product", "order"], name="one_patent_in_a_place"),
            models.UniqueConstraint(
                fields=["product", "kind", "number"],
                name="one_patent_of_a_number",
                violation_error_message=_("The same patent stands twice."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


def _received_for_the_product(name: str, condition: str) -> pgtrigger.Trigger:
    """No number of a file that somebody writes, by whatever way, makes another product's file public."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF NOT EXISTS (SELECT 1 FROM catalog_listingfile
                           WHERE product_id = NEW.product_id AND document_id = NEW.document_id AND {condition}) THEN
                RAISE EXCEPTION 'The file was not received for this product.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
            END IF;
            RETURN NEW;
        """,  # noqa: S608 — names of our own
    )


class ProductImage(models.Model):
    """A picture with the words that say what it shows, in both languages: without them it is not shown."""

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="images", verbose_name=_("product")
    )
    order = models.PositiveSmallIntegerField(_("order"))
    document = models.ForeignKey(
        "documents.Document", on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )
    alt_ko = models.CharField(_("what it shows, in Korean"), max_length=200)
    alt_en = models.CharField(_("what it shows, in English"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("picture of a product")
        verbose_name_plural = _("pictures of products")
        ordering = ["product", "order"]
        constraints = [
            models.UniqueConstraint(fields=["product", "order"], name="one_picture_in_a_place"),
            models.CheckConstraint(
                condition=Q(alt_ko__gt=""),
                name="picture_says_what_it_shows",
                violation_error_message=_("Say what the picture shows: people who cannot see it read this."),
            ),
        ]
        triggers = [_received_for_the_product("picture_was_received_for_its_product", "is_picture")]

    def __str__(self) -> str:
        return f"{self.product_id}/{self.order}"


class ProductDocument(models.Model):
    """A document that anyone may read: specification, manual, test report."""

    class Kind(models.TextChoices):
        SPECIFICATION = "specification", _("specification")
        MANUAL = "manual", _("manual")
        TEST_REPORT = "test_report", _("test report")
        CATALOGUE = "catalogue", _("brochure")
        OTHER = "other", _("other document")

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="documents", verbose_name=_("product")
    )
    order = models.PositiveSmallIntegerField(_("order"))
    document = models.ForeignKey(
        "documents.Document", on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=120)

    class Meta:
        verbose_name = _("document of a product")
        verbose_name_plural = _("documents of products")
        ordering = ["product", "order"]
        constraints = [models.UniqueConstraint(fields=["product", "order"], name="one_document_in_a_place")]
        triggers = [_received_for_the_product("document_was_received_for_its_product", "NOT is_picture")]

    def __str__(self) -> str:
        return f"{self.product_id}/{self.order}"


DETAILS: tuple[type[models.Model], ...] = (ProductModel, Certificate, Patent, ProductImage, ProductDocument)


def drop_details(product: Any) -> None:
    """A listing is written whole: what stood goes first (specifications go with their model)."""
    for detail in DETAILS:
        detail._default_manager.filter(product=product).delete()
