"""The catalogue for people: find a product, read one."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from innomarket.accounts.models import Organisation
from innomarket.common.clock import today
from innomarket.common.lists import KeysetListView
from innomarket.timeline.models import Milestone

from .. import words
from ..filters import PRICE_MAX, ProductFilter
from ..models import Category, Product, ProductQuerySet
from ..states import PilotVerdict

# A listing without a price stands behind all others, whichever way prices run.
SORTS = {
    "newest": ("-listed_at", "-pk"),
    "cheapest": ("price_low", "-pk"),
    "dearest": ("-price_high", "-pk"),
}


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
        ]

    def _without(self, name: str) -> ProductQuerySet:
        products = Product.objects.visible_to(self.request.user).order_by()
        return self.filterset.all_but(name, products)  # type: ignore[union-attr]

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
        return {
            "title": _("Designation"),
            "open": True,
            "options": [
                {
                    "label": label,
                    "n": n,
                    "on": value == on,
                    "url": self.address({"in_force": None if value == on else value}),
                }
                for value, label, n in options
            ],
        }


def product_page(request: HttpRequest, number: str) -> HttpResponse:
    """One product: its designation live, price, what pilots found, and the story since the need."""
    products = Product.objects.visible_to(request.user)
    product = get_object_or_404(products.select_related("supplier", "category", "designation"), number=number)
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
            "checks": words.private_contract_checks(product.designation, day),
            "pilot_words": words.pilot_words(product),
            "pilot_url": found[-1] if found else "",
            "milestones": milestones,
        },
    )
