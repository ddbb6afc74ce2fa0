"""Up to four products side by side, at an address that can be shared: /catalog/compare/?p=…&p=…"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenges import sdgs
from innomarket.common import formats
from innomarket.common.clock import today
from innomarket.common.countries import country_name
from innomarket.common.templatetags.innomarket import yes_no

from .. import words
from ..models import Product

MOST = 4


@dataclass(frozen=True)
class Row:
    """A line of the comparison: a value for each product, "" where it says none."""

    label: str
    values: list[str]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """The named products in the order of the address; unknown numbers and further ones are left out, and said."""
    asked = list(dict.fromkeys(number for number in request.GET.getlist("p") if "\0" not in number))
    rows = {
        product.number: product
        for product in Product.objects.visible_to(request.user)
        .filter(number__in=asked[: MOST * 4])
        .select_related("supplier", "category__parent", "designation")
        .prefetch_related("models__specifications__attribute", "certificates")
    }
    known = [rows[number] for number in asked if number in rows]
    products = known[:MOST]
    lines = _lines(products, today()) if products else []
    only = request.GET.get("only") == "different"
    return render(
        request,
        "catalog/compare.html",
        {
            "products": products,
            "taken_away": [(product, _address(request, products, product, only)) for product in products],
            "lines": [line for line in lines if line.differs] if only else lines,
            "different": sum(line.differs for line in lines),
            "only": only,
            "switch_url": _address(request, products, None, not only),
            "left_out": len(asked) - len(products),
        },
    )


def _address(request: HttpRequest, products: list[Product], without: Product | None, only: bool) -> str:
    parts = [f"p={product.number}" for product in products if product != without]
    return f"{request.path}?{'&'.join([*parts, *(['only=different'] if only else [])])}"


def _lines(products: list[Product], day: date) -> list[Row]:
    """What every listing says, then the specifications by their names, in the order in which they first occur."""
    lines = [Row(label, [str(value(product)) for product in products]) for label, value in _common(day)]
    named: dict[str, list[list[str]]] = {}
    for place, product in enumerate(products):
        for model in product.models.all():
            for line in words.model_shown(model)["rows"]:
                values = named.setdefault(line["label"], [[] for _product in products])[place]
                text = f"{line['value']} {line['unit']}".strip()
                if text not in values:
                    values.append(text)
    lines += [Row(label, [", ".join(one) for one in values]) for label, values in named.items()]
    return [line for line in lines if any(line.values)]


def _common(day: date) -> list[tuple[str, Callable[[Product], Any]]]:
    language = "en" if get_language() == "en" else "ko"
    return [
        (_("Designation"), lambda one: words.designation_state(one.designation, day)[0]),
        (_("Valid until"), lambda one: formats.kst_date(one.designation.last_day, language)),
        (_("Pilot result"), words.pilot_words),
        (_("Price of one unit"), lambda one: formats.won(one.price_won, language) if one.price_won else ""),
        (_("Unit"), lambda one: one.unit),
        (_("VAT included"), lambda one: yes_no(one.price_includes_vat) if one.price_won else ""),
        (_("What the price includes"), lambda one: one.price_basis),
        (_("Delivery time in days"), lambda one: one.delivery_days or ""),
        (_("Regions of supply"), words.regions_shown),
        (_("Category"), _category),
        (_("Supplier"), lambda one: _named(one.supplier)),
        (_("Size of the supplier"), lambda one: one.supplier.get_size_class_display()),
        (_("Country of origin"), lambda one: country_name(one.origin)),
        (_("Technology readiness level"), lambda one: one.trl or ""),
        (_("Certificates valid today"), lambda one: _certificates(one, day)),
        (_("Sustainable development goals"), lambda one: ", ".join(sdgs.names_of(one.sdgs, language))),
    ]


def _category(product: Product) -> str:
    """The large one before the middle one."""
    category = product.category
    return " › ".join(_named(one) for one in (category and category.parent, category) if one)


def _named(thing: Any) -> str:
    return (get_language() == "en" and thing.name_en) or thing.name_ko


def _certificates(product: Product, day: date) -> str:
    shown = words.certificates_shown(product, day)
    return ", ".join(
        dict.fromkeys(str(one["certificate"].get_kind_display()) for one in shown if one["tone"] == "success")
    )
