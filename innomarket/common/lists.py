"""Lists that page by key: page 500 costs what page 1 costs, and a new row does not shift the others.

`KeysetListView` orders by declared columns that together are unique and not null, shows 20 rows, knows
"previous" and "next", counts no further than 1,001, and says which filters are on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

PAGE_SIZE = 20
COUNT_LIMIT = 1_000
CURSOR = "cursor"
_SALT = "innomarket.common.lists"


@dataclass(frozen=True)
class Page:
    """One page of rows with its neighbours; `total` is exact up to 1,000."""

    rows: list[Any]
    previous_url: str
    next_url: str
    total: int
    total_is_capped: bool


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address without it."""

    label: str
    url: str


class KeysetListView(TemplateView):
    """A list page. Give `queryset` (or get_queryset), `order` and a template.

    Context: `page` (rows, previous_url, next_url, total), `rows`, `filterset`, `chips`, `clear_url`, `q`.
    """

    queryset: QuerySet | None = None
    order: tuple[str, ...] = ("-pk",)
    filterset_class: Any = None
    page_size = PAGE_SIZE
    search_parameter = "q"

    def get_queryset(self) -> QuerySet:
        assert self.queryset is not None, f"{type(self).__name__} needs a queryset"
        return self.queryset.all()

    def get_order(self) -> tuple[str, ...]:
        """The columns that order the list; the last one is unique. Override for a sort chosen by people."""
        return self.order

    def filtered(self) -> QuerySet:
        queryset = self.get_queryset()
        if self.filterset_class is None:
            self.filterset = None
            return queryset
        self.filterset = self.filterset_class(self.request.GET, queryset=queryset, request=self.request)
        return self.filterset.qs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.get_page(self.filtered())
        context = {
            "page": page,
            "rows": page.rows,
            "filterset": self.filterset,
            "chips": self.chips(),
            "clear_url": self.address(clear=True),
            "q": self.request.GET.get(self.search_parameter, ""),
        }
        return super().get_context_data(**{**context, **kwargs})

    # ── pages ──

    def get_page(self, queryset: QuerySet) -> Page:
        order = self.get_order()
        backward, values = self._cursor(order)
        count = queryset.order_by()[: COUNT_LIMIT + 1].count()
        wanted = [_reversed(name) for name in order] if backward else list(order)
        rows_query = queryset.order_by(*wanted)
        if values is not None:
            rows_query = rows_query.filter(_after(wanted, values))
        rows = list(rows_query[: self.page_size + 1])
        more = len(rows) > self.page_size
        rows = rows[: self.page_size]
        if backward:
            rows.reverse()
        has_previous = more if backward else values is not None
        has_next = True if backward else more
        return Page(
            rows=rows,
            previous_url=self._neighbour("p", order, rows[0]) if has_previous and rows else "",
            next_url=self._neighbour("n", order, rows[-1]) if has_next and rows else "",
            total=min(count, COUNT_LIMIT),
            total_is_capped=count > COUNT_LIMIT,
        )

    def _cursor(self, order: tuple[str, ...]) -> tuple[bool, list[Any] | None]:
        """Direction and values of the cursor; a broken or foreign one is the first page."""
        try:
            columns, direction, values = signing.loads(self.request.GET.get(CURSOR, ""), salt=_SALT)
        except (signing.BadSignature, ValueError, TypeError):
            return False, None
        return (direction == "p", values) if columns == list(order) else (False, None)

    def _neighbour(self, direction: str, order: tuple[str, ...], row: Any) -> str:
        values = [_plain(_value(row, name.lstrip("-"))) for name in order]
        return self.address({CURSOR: signing.dumps([list(order), direction, values], salt=_SALT)})

    # ── addresses, chips, facets ──

    def address(self, change: dict[str, Any] | None = None, *, clear: bool = False) -> str:
        """This list with some parameters changed (None takes one away), from its first page."""
        query = QueryDict(mutable=True) if clear else self.request.GET.copy()
        query.pop(CURSOR, None)
        for name, value in (change or {}).items():
            query.pop(name, None)
            values = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
            if values:
                query.setlist(name, [str(item) for item in values])
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    def toggled(self, name: str, value: Any) -> str:
        """This list with one value of a filter switched on or off."""
        values = self.request.GET.getlist(name)
        text = str(value)
        return self.address({name: [v for v in values if v != text] if text in values else [*values, text]})

    def chips(self) -> list[Chip]:
        if self.filterset is None or not self.filterset.is_bound:
            return []
        return [
            Chip(label, self.toggled(name, value))
            for name, field in self.filterset.form.fields.items()
            for value in filter(None, self.request.GET.getlist(name))
            if (label := self.chip_label(name, field, value))
        ]

    def chip_label(self, name: str, field: Any, value: str) -> str:
        """What a filter that is on is called; "" where the value is none of the filter's: it filters nothing."""
        labels = {str(key): str(text) for key, text in getattr(field, "choices", ())}
        if labels and value not in labels:
            return ""
        if value.lower() == "true":
            return str(field.label)
        if labels:
            return labels[value]
        shown = _("No") if value.lower() == "false" else value
        return _("%(filter)s: %(value)s") % {"filter": field.label, "value": shown}

    def facet(self, name: str, title: Any, options: Any, *, is_open: bool = True) -> dict[str, Any]:
        """One group for components/facets.html; options are (value, label, count or None)."""
        chosen = self.request.GET.getlist(name)
        return {
            "title": title,
            "open": is_open or bool(chosen),
            "options": [
                {"label": label, "n": n, "on": str(value) in chosen, "url": self.toggled(name, value)}
                for value, label, n in options
            ],
        }


def _reversed(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _after(order: list[str], values: list[Any]) -> Q:
    """Rows behind the one with these values: (a > x) or (a = x and b > y) or …"""
    found, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        column = name.lstrip("-")
        found |= equal & Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{column: value})
    return found


def _value(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = row[part] if isinstance(row, dict) else getattr(row, part)
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, (Decimal, UUID)) else value
