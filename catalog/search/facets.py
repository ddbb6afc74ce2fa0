"""How many products each choice of each facet would leave, all counted in one statement."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.expressions import RawSQL

from innomarket.common.clock import today

from ..models import SearchDocument
from .finding import Answer

PRICE_MAX = 9_000_000_000_000_000  # won; what the column holds
# Won; from and up to, both included.
PRICE_STEPS = ((0, 5_000_000), (5_000_000, 20_000_000), (20_000_000, 100_000_000), (100_000_000, None))
COUNTRYWIDE = "*"
"""The region of what is supplied in the whole country: it counts in every region."""


@dataclass(frozen=True)
class Facet:
    """What is counted: a column, and the choices that a value of it counts for."""

    name: str
    column: str
    choices: Callable[[Any], Iterable[str]]


def _said(value: str) -> list[str]:
    return [value] if value else []


def _true(value: bool) -> list[str]:
    return ["true"] if value else []


def _steps(value: int | None) -> list[str]:
    """The places whose bit is set."""
    return [str(place) for place in range(len(PRICE_STEPS)) if (value or 0) >> place & 1]


def _either(value: Any) -> list[str]:
    return ["true" if value else "false"]


def _each(values: Iterable[Any]) -> list[str]:
    return [str(value) for value in values if value is not None]


def _regions(values: list[str]) -> list[str]:
    return values or [COUNTRYWIDE]


FACETS = (
    Facet("in_force", "day_in_force", _either),
    Facet("category", "categories", _each),
    Facet("type", "type", _said),
    Facet("pilot_verdict", "verdict", _said),
    Facet("has_pilot_result", "verdict", _either),
    Facet("certificate", "certificates", _each),
    Facet("size", "size", _said),
    Facet("women", "women", _true),
    Facet("youth", "youth", _true),
    Facet("region", "regions", _regions),
    Facet("price", "price_steps", _steps),
    Facet("sdg", "sdgs", _each),
)
# Columns of few values are grouped together, the others each alone: few different ones are left, for Python to part.
_PLAIN = {
    "day_in_force": "boolean",
    "type": "text",
    "verdict": "text",
    "size": "text",
    "women": "boolean",
    "youth": "boolean",
}
_ALONE = {
    "categories": "text[]",
    "certificates": "text[]",
    "regions": "text[]",
    "sdgs": "int[]",
    "price_steps": "int",
}
_COLUMNS = _PLAIN | _ALONE
MOST_COUNTED = 5_000
"""Documents that are looked at for one facet; of more the counts say "at least"."""


@dataclass(frozen=True)
class Counts:
    """``of``: facet → value → products. Of the facets ``at_least`` there are more than were counted."""

    of: dict[str, dict[str, int]]
    at_least: frozenset[str] = frozenset()

    def shown(self, facet: str, value: str) -> int | str:
        """The number as the page writes it: "1,204+" where there may be more."""
        n = self.of[facet].get(value, 0)
        return f"{n:,}+" if facet in self.at_least else n


def conditions(chosen: Mapping[str, Any], day: date | None = None) -> dict[str, Q]:
    """Of search documents: what each facet that is on lets through, by the cleaned values of ``ProductFilter``.

    ``day`` is needed for ``in_force`` alone.
    """
    found: dict[str, Q] = {}
    for name in ("type", "size"):
        if chosen.get(name):
            found[name] = Q(**{f"{name}__in": list(chosen[name])})
    if chosen.get("pilot_verdict"):
        found["pilot_verdict"] = Q(verdict__in=list(chosen["pilot_verdict"]))
    if chosen.get("category"):
        found["category"] = Q(categories__overlap=[getattr(one, "code", one) for one in chosen["category"]])
    for name, column in (("certificate", "certificates"), ("sdg", "sdgs")):
        if chosen.get(name):
            kind = int if name == "sdg" else str
            found[name] = Q(**{f"{column}__overlap": [kind(one) for one in chosen[name]]})
    if chosen.get("region"):
        found["region"] = Q(regions__overlap=list(chosen["region"])) | Q(regions=[])
    for name in ("women", "youth"):
        if chosen.get(name) is not None:
            found[name] = Q(**{name: chosen[name]})
    if chosen.get("has_pilot_result") is not None:
        found["has_pilot_result"] = ~Q(verdict="") if chosen["has_pilot_result"] else Q(verdict="")
    if chosen.get("in_force") is not None:
        in_force = Q(valid__contains=day)
        found["in_force"] = in_force if chosen["in_force"] else ~in_force
    price = Q()
    if chosen.get("price_min") is not None:
        price &= Q(price_won__gte=int(chosen["price_min"]))
    if chosen.get("price_max") is not None:
        price &= Q(price_won__lte=int(chosen["price_max"]))
    return found | ({"price": price} if price else {})


def counts(answer: Answer, chosen: Mapping[str, Any], day: date | None) -> Counts:
    """Facet → value → how many of the products that answer, under every facet that is on except this one itself.

    One statement, which looks at MOST_COUNTED documents for the facets that are off, and for each that is on.
    """
    if answer.scope == "none":
        return Counts({facet.name: {} for facet in FACETS})
    day = day or today()
    on = conditions(chosen, day)
    parts: list[str] = []
    values: list[Any] = []
    for name in ("", *on):
        sql, given = _documents(answer, [q for other, q in on.items() if other != name], day)
        parts.append(_grouped(sql, [facet for facet in FACETS if facet.name == name]))
        values += given
    with connection.cursor() as cursor:
        # Expressions and names are those of this module; what people chose goes as parameters.
        cursor.execute(" UNION ALL ".join(parts), values)
        return _summed(cursor.fetchall(), set(on))


def _grouped(documents: str, only: list[Facet]) -> str:
    """SQL of: the facet that is counted alone or "", how the row was grouped, how many, and a value of each column."""
    if not only:
        sets = ", ".join(f"({names})" for names in (", ".join(_PLAIN), *_ALONE))
        grouped = f"GROUPING({', '.join(_COLUMNS)})"
        wanted = ", ".join(f"{column}::{kind}" for column, kind in _COLUMNS.items())
        by = f"GROUPING SETS ({sets})"
        return f"SELECT '', {grouped}, count(*), {wanted} FROM ({documents}) hits GROUP BY {by}"  # noqa: S608 — names
    (facet,) = only
    wanted = ", ".join(
        f"{column if column == facet.column else 'NULL'}::{kind}" for column, kind in _COLUMNS.items()
    )
    return f"SELECT '{facet.name}', 0, count(*), {wanted} FROM ({documents}) hits GROUP BY {facet.column}"  # noqa: S608 — names


def _summed(rows: list[tuple[Any, ...]], on: set[str]) -> Counts:
    found: dict[str, dict[str, int]] = {facet.name: {} for facet in FACETS}
    looked_at: dict[str, int] = {}
    places = {column: place for place, column in enumerate(_COLUMNS)}
    for alone, grouping, n, *row in rows:
        absent = f"{grouping:0{len(places)}b}"  # a bit for each column: 1 where it is not grouped by
        if alone or absent[0] == "0":
            looked_at[alone] = looked_at.get(alone, 0) + n
        for facet in FACETS:
            place = places[facet.column]
            if facet.name == alone or (not alone and facet.name not in on and absent[place] == "0"):
                for choice in facet.choices(row[place]):
                    found[facet.name][choice] = found[facet.name].get(choice, 0) + n
    everywhere = found["region"].pop(COUNTRYWIDE, 0)
    found["region"] = {region: n + everywhere for region, n in found["region"].items()}
    cut = {name for name, n in looked_at.items() if n > MOST_COUNTED}
    if "" in cut:
        cut |= {facet.name for facet in FACETS if facet.name not in on}
    return Counts(found, frozenset(cut - {""}))


def _documents(answer: Answer, under: list[Q], day: date) -> tuple[str, tuple[Any, ...]]:
    """SQL of the documents that answer under these conditions, one more than are counted."""
    documents = SearchDocument.objects.filter(answer.condition(), *under).annotate(
        day_in_force=ExpressionWrapper(Q(valid__contains=day), output_field=BooleanField()),
        price_steps=RawSQL(_price_steps(), ()),  # noqa: S611 — numbers of this module
    )
    return documents.values(*_COLUMNS)[: MOST_COUNTED + 1].query.sql_with_params()


def _price_steps() -> str:
    """A bit for each step that the price lies in: on an edge it is in both."""
    bits = " + ".join(
        f"((price_won BETWEEN {low} AND {high or PRICE_MAX})::int << {place})"
        for place, (low, high) in enumerate(PRICE_STEPS)
    )
    return f"({bits})"
