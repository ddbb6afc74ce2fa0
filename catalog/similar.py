"""Products like another one: by class of goods, category, certificates and goals. Plain scores, said in words."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Least
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from innomarket.common import formats
from innomarket.common.clock import today

from . import words
from .models import Certificate, Product

MOST = 4
POOL = 200
"""Candidates of one kind that are scored: the newest ones, so that the cost does not grow with the catalogue."""
# Our default: the same goods first, then the same use, then the same proofs.
SAME_ITEM, SAME_CLASS, SAME_CATEGORY, EACH_CERTIFICATE, MOST_CERTIFICATES = 8, 5, 3, 1, 3


def similar_to(product: Product, user: Any, *, most: int = MOST) -> list[Product]:
    """Up to ``most`` products with ``score``, ``same_item``, ``same_class`` and ``shared``; at most three queries."""
    others = Product.objects.visible_to(user).exclude(pk=product.pk)
    keys: set[int] = set()
    if product.item_class_id:
        keys |= _newest(others.filter(item_class__code__startswith=product.item_class_id[:8]))
    if product.category_id:
        keys |= _newest(others.filter(category_id=product.category_id))
    if not keys:
        return []
    return list(_scored(others.filter(pk__in=keys), product)[:most])


def rows(found: list[Product]) -> list[dict[str, Any]]:
    """For components/rows.html, each with why it is here."""
    language = "en" if get_language() == "en" else "ko"
    day = today()
    shown = []
    for product in found:
        state, tone = words.designation_state(product.designation, day)
        price = formats.won(product.price_won, language) if product.price_won else _("No price given")
        shown.append(
            {
                "title": product.name_en if language == "en" else product.name_ko,
                "url": product.get_absolute_url(),
                "meta": [product.supplier.name, words.pilot_words(product)],
                "text": ", ".join(_reasons(product)),
                "state": state,
                "tone": tone,
                "end": price,
            }
        )
    return shown


def _newest(products: QuerySet[Product]) -> set[int]:
    return set(products.order_by("-pk").values_list("pk", flat=True)[:POOL])


def _scored(products: QuerySet[Product], product: Product) -> QuerySet[Product]:
    code = product.item_class_id or "-"
    kinds = {certificate.kind for certificate in product.certificates.all()}
    shared = (
        Certificate.objects.filter(product=OuterRef("pk"), kind__in=kinds)
        .order_by()
        .values("product")
        .annotate(n=Count("kind", distinct=True))
        .values("n")
    )
    return (
        products.select_related("supplier", "designation")
        .annotate(
            same_item=_points(SAME_ITEM, item_class_id=code),
            same_class=_points(SAME_CLASS, item_class__code__startswith=code[:8]),
            same_category=_points(SAME_CATEGORY, category_id=product.category_id or 0),
            shared=Coalesce(Subquery(shared, output_field=IntegerField()), 0),
        )
        .annotate(
            score=F("same_item")
            + F("same_class")
            + F("same_category")
            + Least(F("shared"), MOST_CERTIFICATES) * EACH_CERTIFICATE
        )
        .order_by("-score", "-pk")
    )


def _points(points: int, **condition: Any) -> Case:
    return Case(When(**condition, then=Value(points)), default=Value(0), output_field=IntegerField())


def _reasons(product: Any) -> list[str]:
    found = []
    if product.same_item:
        found.append(_("same item"))
    elif product.same_class:
        found.append(_("same class of goods"))
    if product.same_category:
        found.append(_("same category"))
    if product.shared:
        text = ngettext(
            "%(n)s certificate of the same kind", "%(n)s certificates of the same kind", product.shared
        )
        found.append(text % {"n": product.shared})
    return found
