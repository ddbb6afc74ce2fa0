"""What a product is found by: one row for each listed product, and the words that the catalogue knows."""

from typing import Any

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Lookup
from django.utils.translation import gettext_lazy as _

from .product import Product


@SearchVectorField.register_lookup
class Asked(Lookup):
    """``vector__asked="'누수' & '감지'"``: the lexemes as they are, not taken apart by a parser again.

    In a subquery: a planner that knows them reads the whole table where it expects many rows, instead of the index.
    """

    lookup_name = "asked"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        vector, left = self.process_lhs(compiler, connection)
        return f"{vector} @@ (SELECT %s::tsquery)", (*left, self.rhs)


class SearchDocument(models.Model):
    """Written by ``services/search.py`` in the transaction that changes the product; ``reindex_search`` rebuilds it.

    ``vector`` holds the lexemes of ``catalog.search.document``, ``head`` those that are not of the description alone:
    the database ranks by them, and unpacks no long text for it (null: not written since there is such a column).
    ``texts`` are the folded texts that ranking compares, in the order of its FIELDS, and stay in the row; ``body``, the
    long one, is apart from them and read where they have not every word. ``version`` is the one of
    ``catalog.search.document`` that made all of these (null: before there were any). The other columns are what facets
    count, so that counting joins nothing; they hold days and never "in force today".
    """

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="search", verbose_name=_("product")
    )
    vector = SearchVectorField(_("lexemes"))
    head = SearchVectorField(_("lexemes that rank"), null=True)
    texts = ArrayField(models.TextField(), verbose_name=_("texts"))
    body = models.TextField(_("long text"), default="", db_default="")
    version = models.PositiveSmallIntegerField(_("version of the search"), null=True)
    categories = ArrayField(models.CharField(max_length=40), verbose_name=_("category and large category"))
    type = models.CharField(_("type of designation"), max_length=10)
    valid = DateRangeField(_("valid"))
    size = models.CharField(_("size"), max_length=10, blank=True)
    women = models.BooleanField(_("women-owned enterprise"))
    youth = models.BooleanField(_("youth-led enterprise"))
    regions = ArrayField(models.CharField(max_length=40), verbose_name=_("regions of supply"))
    price_won = models.BigIntegerField(_("price of one unit"), null=True)
    verdict = models.CharField(_("verdict of the pilot"), max_length=20, blank=True)
    certificates = ArrayField(models.CharField(max_length=20), verbose_name=_("certificates"))
    sdgs = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("sustainable development goals"))

    class Meta:
        default_permissions = ()
        verbose_name = _("search document")
        verbose_name_plural = _("search documents")
        # No pending list: a search after a large load must not read through it.
        indexes = [GinIndex(name="products_by_lexeme", fields=["vector"], fastupdate=False)]

    def __str__(self) -> str:
        return str(self.product_id)


class SearchWord(models.Model):
    """A word of names, sentences and companies, to find the one that a mistyped word meant.

    Words are only added; ``reindex_search`` takes away what no product says any more.
    """

    word = models.CharField(_("word"), max_length=40, primary_key=True)
    letters = models.CharField(_("letters"), max_length=160)

    class Meta:
        default_permissions = ()
        verbose_name = _("known word")
        verbose_name_plural = _("known words")
        indexes = [
            GinIndex(name="words_by_letters", fields=["letters"], opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.word
