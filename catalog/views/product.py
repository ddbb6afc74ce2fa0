"""The catalogue for people: find a product, read one."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from innomarket.accounts.models import Organisation
from innomarket.common import formats
from innomarket.common.clock import KST, today
from innomarket.common.lists import Chip, KeysetListView
from innomarket.timeline.models import Milestone

from .. import differing, words
from ..filters import PRICE_MAX, ProductFilter
from ..models import Category, Product, ProductQuerySet
from ..states import PilotVerdict

HISTORY_SHOWN = 50
# A listing without a price stands behind all others, whichever way prices run.
SORTS = {
    "newest": ("-listed_at", "-pk"),
    "cheapest": ("price_low", "-pk"),
    "dearest": ("-price_high", "-pk"),
}
# Won; from and up to, both included. Neighbours share their edge, which no price is likely to meet.
PRICE_STEPS = ((0, 5_000_000), (5_000_000, 20_000_000), (20_000_000, 100_000_000), (100_000_000, None))


class ProductList(KeysetListView):
    """Every product that was designated, with the counts of each filter beside it."""

    template_name = "catalog/list.html"
    filterset_class = ProductFilter

    def get_queryset(self) -> QuerySet[Product]:
        return (
            Product.objects.visible_to(self.request.user)
            .select_related("supplier", "category", "designation")
            .annotate(
                price_low=Coalesce(F("price_won"), Value(PRICE_MAX + 1)),
                price_high=Coalesce(F("price_won"), Value(-1)),
            )
        )

    def sort(self) -> str:
        asked = self.request.GET.get("sort", "")
        return asked if asked in SORTS else "newest"

    def get_order(self) -> tuple[str, ...]:
        return SORTS[self.sort()]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["facets"] = self.facets()
        for product in context["rows"]:
            product.state_words, product.state_tone = words.designation_state(
                product.designation,
                self.filterset.day,  # type: ignore[union-attr]
            )
            product.pilot_words = words.pilot_words(product)
        context["sort"] = self.sort()
        context["sorts"] = [
            ("newest", _("Newly listed first")),
            ("cheapest", _("Lowest price first")),
            ("dearest", _("Highest price first")),
        ]
        context["keep"] = [
            (name, value)
            for name in self.filterset.filters  # type: ignore[union-attr]
            if name != "q"
            for value in self.request.GET.getlist(name)
        ]
        return context

    def chips(self) -> list[Chip]:
        """Prices in the chips are written as everywhere else."""
        language = "en" if get_language() == "en" else "ko"
        found = super().chips()
        for name in ("price_min", "price_max"):
            value = self.request.GET.get(name, "")
            if value.isascii() and value.isdigit():
                ending, amount = f": {value}", f": {formats.eok(int(value), language)}"
                found = [replace(chip, label=chip.label.replace(ending, amount)) for chip in found]
        return found

    # ── facets: each group is counted under all the other filters ──

    def facets(self) -> list[dict[str, Any]]:
        return [
            self._in_force(),
            self.facet("category", _("Category"), self._categories()),
            self.facet(
                "pilot_verdict", _("Pilot result"), self._counted("pilot_verdict", PilotVerdict.choices)
            ),
            self.facet(
                "size",
                _("Size of the supplier"),
                self._counted("size", Organisation.Size.choices, "supplier__size_class"),
                is_open=False,
            ),
            self._prices(),
        ]

    def _without(self, *names: str) -> ProductQuerySet:
        products = Product.objects.visible_to(self.request.user).order_by()
        return self.filterset.all_but(names, products)  # type: ignore[union-attr]

    def _counted(self, name: str, choices: Iterable[Any], column: str = "") -> list[tuple[str, str, int]]:
        counts = dict(self._without(name).values_list(column or name).annotate(n=Count("pk")))
        chosen = self.request.GET.getlist(name)
        return [
            (value, str(label), counts.get(value, 0))
            for value, label in choices
            if counts.get(value) or value in chosen
        ]

    def _categories(self) -> list[tuple[str, str, int]]:
        name = "name_en" if get_language() == "en" else "name_ko"
        return self._counted("category", Category.objects.values_list("code", name), "category__code")

    def _in_force(self) -> dict[str, Any]:
        """One value at a time, unlike the other groups."""
        products, on = self._without("in_force"), self.request.GET.get("in_force", "")
        every = products.count()
        valid = products.in_force(self.filterset.day).count()  # type: ignore[union-attr,attr-defined]
        options = [("true", _("In force"), valid), ("false", _("Ended"), every - valid)]
        return self._one_of(
            _("Designation"), [(label, n, value == on, {"in_force": value}) for value, label, n in options]
        )

    def _prices(self) -> dict[str, Any]:
        """Steps that buyers think in; any other range can stand in the address."""
        asked = {name: self.request.GET.get(name, "") for name in ("price_min", "price_max")}
        steps = [{"price_min": str(low or ""), "price_max": str(high or "")} for low, high in PRICE_STEPS]
        counts = self._without("price_min", "price_max").aggregate(
            **{
                f"step_{place}": Count("pk", filter=Q(price_won__gte=low, price_won__lte=high or PRICE_MAX))
                for place, (low, high) in enumerate(PRICE_STEPS)
            }
        )
        return self._one_of(
            _("Price"),
            [
                (_price_words(low, high), counts[f"step_{place}"], steps[place] == asked, steps[place])
                for place, (low, high) in enumerate(PRICE_STEPS)
            ],
            is_open=any(asked.values()),
        )

    def _one_of(self, title: str, options: list[tuple[Any, ...]], *, is_open: bool = True) -> dict[str, Any]:
        """A group of (label, count, on, parameters) of which one is chosen; choosing it again takes it away."""
        return {
            "title": title,
            "open": is_open,
            "options": [
                {
                    "label": label,
                    "n": n,
                    "on": on,
                    "url": self.address(
                        {name: None if on else value or None for name, value in chosen.items()}
                    ),
                }
                for label, n, on, chosen in options
            ],
        }


def _price_words(low: int, high: int | None) -> str:
    language = "en" if get_language() == "en" else "ko"
    if not low:
        return _("Up to %(amount)s") % {"amount": formats.eok(high or 0, language)}
    if high is None:
        return _("From %(amount)s") % {"amount": formats.eok(low, language)}
    return f"{formats.eok(low, language)} – {formats.eok(high, language)}"


def product_page(request: HttpRequest, number: str) -> HttpResponse:
    """One product: its designation live, price, models, papers, what pilots found, and the story since the need."""
    products = Product.objects.visible_to(request.user)
    product = get_object_or_404(
        products.select_related("supplier", "category__parent", "item_class", "designation").prefetch_related(
            "models__specifications__attribute", "certificates", "patents"
        ),
        number=number,
    )
    day = today()
    state, tone = words.designation_state(product.designation, day)
    milestones = list(Milestone.objects.public().filter(story=product.story_id)) if product.story_id else []
    # The pilot's address is in the story: the catalogue knows no pilots.
    found = [news.url for news in milestones if news.kind.startswith("pilots.") and news.url]
    return render(
        request,
        "catalog/product.html",
        {
            "product": product,
            "designation": product.designation,
            "state": state,
            "tone": tone,
            "in_force": day in product.designation.valid,
            "changed_later": product.changed_at.astimezone(KST).date()
            > product.listed_at.astimezone(KST).date(),
            "checks": words.private_contract_checks(product.designation, day),
            "pilot_words": words.pilot_words(product),
            "pilot_url": found[-1] if found else "",
            "milestones": milestones,
            "models": [words.model_shown(model) for model in product.models.all()],
            "certificates": words.certificates_shown(product, day),
            "regions": words.regions_shown(product),
        },
    )


def product_history(request: HttpRequest, number: str) -> HttpResponse:
    """Every version of a listing with what it changed: public, like the listing."""
    product = get_object_or_404(
        Product.objects.visible_to(request.user).select_related("designation"), number=number
    )
    versions = list(product.versions.all()[: HISTORY_SHOWN + 1])
    steps = [
        {"version": version, "lines": differing.lines(before.content, version.content)}
        for version, before in pairwise(versions)
    ]
    return render(
        request,
        "catalog/history.html",
        {"product": product, "steps": steps[:HISTORY_SHOWN], "whole": len(versions) <= HISTORY_SHOWN},
    )
