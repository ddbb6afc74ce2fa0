"""Find products: one search box, facets with counts, an order; all of it in the address."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Prefetch, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from challenges.sdgs import GOALS
from innomarket.common import formats
from innomarket.common.lists import COUNT_LIMIT, KeysetListView, Page
from innomarket.common.refusals import in_words
from innomarket.common.shown import language, name_of

from .. import words
from ..filters import PRICE_MAX, SORTS, ProductFilter
from ..models import Product, ProductImage
from ..search import finding
from ..search.highlight import highlight
from ..search.ranking import Rank
from ..shown import pictures_of
from .facets import FORCE, RESULT, groups

BEST = "best"
TYPED = ("price_min", "price_max", "on")
"""Filters that are typed and not chosen."""
FEW = 10
"""With fewer answers than these, what has some of the words is shown below."""


class ProductList(KeysetListView):
    """Every product that was designated, with the counts of each filter beside it."""

    template_name = "catalog/list.html"
    filterset_class = ProductFilter
    filterset: ProductFilter

    def get_queryset(self) -> QuerySet[Product]:
        return (
            Product.objects.visible_to(self.request.user)
            .select_related("supplier", "category", "designation")
            .prefetch_related(
                Prefetch("images", ProductImage.objects.filter(order=0).select_related("document")),
                "images__document__renditions",
            )
            .annotate(
                price_low=Coalesce(F("price_won"), Value(PRICE_MAX + 1)),
                price_high=Coalesce(F("price_won"), Value(-1)),
            )
        )

    @property
    def answer(self) -> finding.Answer:
        return self.filterset.answer

    def sort(self) -> str:
        """Best match first where words are looked for, else the newest, unless another order is asked for."""
        asked = self.request.GET.get("sort", "")
        return asked if asked in SORTS else BEST if self.answer.lexemes else "newest"

    def get_order(self) -> tuple[str, ...]:
        return SORTS[self.sort()]

    def get_page(self, queryset: QuerySet) -> Page:
        if self.sort() != BEST:
            return super().get_page(queryset)
        number = self._page_number()
        total = finding.counted(self._all_but_words(), self.answer, COUNT_LIMIT)
        start, ranks = (number - 1) * self.page_size, self.ranked.ranks
        keys = list(ranks)[start : start + self.page_size]
        more = len(ranks) > start + self.page_size
        return Page(
            rows=self._in_order(keys),
            previous_url=self.address({"page": number - 1 if number > 2 else None}) if number > 1 else "",
            next_url=self.address({"page": number + 1}) if more else "",
            total=min(total, COUNT_LIMIT),
            total_is_capped=total > COUNT_LIMIT,
        )

    @cached_property
    def ranked(self) -> finding.Ranked:
        """The best matches under the filters that are on."""
        return finding.ranked(self._all_but_words(), self.answer)

    def address(self, change: dict[str, Any] | None = None, *, clear: bool = False) -> str:
        """Another choice begins at its first page."""
        return super().address({"page": None} | (change or {}), clear=clear)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        sort, given = self.sort(), self.answer
        for product in context["rows"]:
            self._dress(product, self.ranked.ranks.get(product.pk) if sort == BEST else None)
        return context | {
            "answer": given,
            "as_typed_url": self.address({"as": "typed"}) if given.instead else "",
            "nearby": self._nearby(context["page"]),
            "is_cut": sort == BEST and self.ranked.is_cut and not context["page"].next_url,
            "facets": groups(self, self.filterset),
            "sort": sort,
            "sorts": [
                *([(BEST, _("Best match first"))] if given.lexemes else []),
                ("newest", _("Newly listed first")),
                ("cheapest", _("Lowest price first")),
                ("dearest", _("Highest price first")),
            ],
            "keep": self._kept("q", "as", "sort"),
            "keep_on_sort": self._kept("sort"),
            "keep_on_typing": self._kept(*TYPED),
            "typed": [self.filterset.form[name] for name in TYPED],
            "typed_open": any(self.request.GET.get(name) for name in TYPED),
            "wrong": self._wrong(),
            "longest": self.filterset.form.fields["q"].max_length,
        }

    def chip_label(self, name: str, field: Any, value: str) -> str:
        """As the page names the choice elsewhere; "" for what was not understood, which is said apart."""
        if name in self.filterset.form.errors:
            return ""
        cleaned = self.filterset.form.cleaned_data[name]
        if name == "category":
            return next((name_of(one) for one in cleaned if one.code == value), "")
        if name == "sdg":
            return next((goal.name(language()) for goal in GOALS if str(goal.number) == value), "")
        if name == "in_force" and not cleaned:
            return str(FORCE["false"])
        if name == "has_pilot_result":
            return str(RESULT[value])
        if name in TYPED:
            on_day = name == "on"
            said = formats.kst_date(cleaned, language()) if on_day else formats.eok(int(cleaned), language())
            return _("%(filter)s: %(value)s") % {"filter": field.label, "value": said}
        return super().chip_label(name, field, value)

    # ── rows ──

    def _nearby(self, page: Page) -> list[Product]:
        """What has only some of the words, where the first page has few that have all."""
        if page.total >= FEW or self._page_number() > 1 or not self.answer.lexemes:
            return []
        found = finding.nearby(self._all_but_words(), self.answer, FEW - page.total)
        rows = self._in_order(list(found.ranks))
        for product in rows:
            self._dress(product, found.ranks[product.pk])
        return rows

    def _all_but_words(self) -> QuerySet[Product]:
        products = Product.objects.visible_to(self.request.user).order_by()
        return self.filterset.all_but(("q",), products)

    def _in_order(self, keys: Sequence[int]) -> list[Product]:
        rows = {product.pk: product for product in self.get_queryset().filter(pk__in=keys)} if keys else {}
        return [rows[key] for key in keys if key in rows]

    def _dress(self, product: Any, rank: Rank | None) -> None:
        """What the page shows of a product beside its row."""
        product.state_words, product.state_tone = words.designation_state(
            product.designation, self.filterset.day
        )
        product.pilot_words = words.pilot_words(product)
        product.picture = next(iter(pictures_of(product)), None)
        name = (get_language() == "en" and product.name_en) or product.name_ko
        product.shown_name = highlight(name, self.answer.reading)
        product.shown_summary = highlight(product.summary, self.answer.reading)
        product.found_in = words.found_in(rank) if rank else ""

    def _kept(self, *but: str) -> list[tuple[str, str]]:
        """What a form of this page sends along: all that is asked for except what it asks for itself."""
        return [
            (name, value)
            for name in (*self.filterset.filters, "as", "sort")
            if name not in but
            for value in self.request.GET.getlist(name)
            if value
        ]

    def _wrong(self) -> list[dict[str, Any]]:
        """Each filter that was not understood: what it is called, what is wrong, and the list without it."""
        return [
            {
                "label": self.filterset.form.fields[name].label,
                "text": in_words(errors),
                "url": self.address({name: None}),
            }
            for name, errors in self.filterset.form.errors.items()
        ]

    def _page_number(self) -> int:
        asked = self.request.GET.get("page", "")
        return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
