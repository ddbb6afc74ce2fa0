"""How many products each choice of each facet would leave, all counted in one statement."""

from collections.abc import Mapping
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
    """What is counted: an SQL expression over the columns of a search document; an array counts once for each value."""

    name: str
    value: str


FACETS = (
    Facet("in_force", "CASE WHEN day_in_force THEN 'true' ELSE 'false' END"),
    Facet("category", "unnest(categories)"),
    Facet("type", "type"),
    Facet("pilot_verdict", "NULLIF(verdict, '')"),
    Facet("has_pilot_result", "CASE WHEN verdict <> '' THEN 'true' ELSE 'false' END"),
    Facet("certificate", "unnest(certificates)"),
    Facet("size", "NULLIF(size, '')"),
    Facet("women", "CASE WHEN women THEN 'true' END"),
    Facet("youth", "CASE WHEN youth THEN 'true' END"),
    Facet("region", f"unnest(CASE WHEN regions = '{{}}' THEN ARRAY['{COUNTRYWIDE}'] ELSE regions END)"),
    Facet("price", "unnest(price_steps)"),
    Facet("sdg", "unnest(sdgs)::text"),
)
_COLUMNS = (
    *("categories", "type", "verdict", "certificates", "size", "women", "youth", "regions"),
    *("price_steps", "sdgs", "day_in_force"),
)
Counts = dict[str, dict[str, int]]


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
    """Facet → value → how many of the products that answer, under every facet that is on except this one itself."""
    if answer.scope == "none":
        return {facet.name: {} for facet in FACETS}
    day = day or today()
    on = conditions(chosen, day)
    documents = SearchDocument.objects.filter(answer.condition()).annotate(
        day_in_force=ExpressionWrapper(Q(valid__contains=day), output_field=BooleanField()),
        price_steps=RawSQL(_price_steps(), ()),  # noqa: S611 — numbers of this module
        **{f"on_{name}": ExpressionWrapper(q, output_field=BooleanField()) for name, q in on.items()},
    )
    inner, values = documents.values(*_COLUMNS, *(f"on_{name}" for name in on)).query.sql_with_params()
    parts = [
        f"SELECT '{facet.name}', value, count(*)"  # noqa: S608 — names and expressions of this module
        f" FROM (SELECT {facet.value} AS value FROM hits{_under(on, facet)}) v WHERE value IS NOT NULL GROUP BY 2"
        for facet in FACETS
    ]
    with connection.cursor() as cursor:
        # Expressions and names are those of this module; what people chose goes as parameters.
        cursor.execute(f"WITH hits AS MATERIALIZED ({inner}) {' UNION ALL '.join(parts)}", values)
        found: Counts = {facet.name: {} for facet in FACETS}
        for name, value, n in cursor.fetchall():
            found[name][value] = n
    everywhere = found["region"].pop(COUNTRYWIDE, 0)
    found["region"] = {region: n + everywhere for region, n in found["region"].items()}
    return found


def _under(on: Mapping[str, Q], facet: Facet) -> str:
    others = [f"on_{name}" for name in on if name != facet.name]
    return f" WHERE {' AND '.join(others)}" if others else ""


def _price_steps() -> str:
    """The places of the steps that the price lies in: on an edge it is in both."""
    cases = ", ".join(
        f"CASE WHEN price_won >= {low} AND price_won <= {high or PRICE_MAX} THEN '{place}' END"
        for place, (low, high) in enumerate(PRICE_STEPS)
    )
    return f"ARRAY[{cases}]"
