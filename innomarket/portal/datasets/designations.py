"""15154028, 혁신장터 지정 및 특허 관련 정보: every designation as a record, and the conditions that narrow it down."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from designation.models import Designation
from innomarket.common.clock import today

from .published import TYPES, flag, joined

COMPARED = {"EQ": "exact", "GT": "gt", "GTE": "gte", "LT": "lt", "LTE": "lte"}
SOUGHT = {"EQ": "exact", "LIKE": "contains"}
FLAGS = {"Y": True, "N": False}
MARK = "cond["
BATCH = 1000

Condition = Callable[[str, str], Q]


class BadCondition(Exception):
    """A condition that cannot be asked; its text says why, in the reader's language."""


class Field(NamedTuple):
    """A published field: what stands in it here (for people), how it is read, and how it is asked for."""

    what: Any
    cell: Callable[[Designation, date], Any]
    condition: Condition


def records() -> QuerySet[Designation]:
    """What everybody may know, the oldest first: what comes later shifts no page."""
    return Designation.objects.visible_to(AnonymousUser()).order_by("pk")


def with_parts(found: QuerySet[Designation]) -> QuerySet[Designation]:
    """Everything that a record is made of, in a fixed number of queries."""
    return found.select_related(
        "organisation", "product", "decision__motion__meeting__committee"
    ).prefetch_related("product__models")


def record(row: Designation, day: date) -> dict[str, Any]:
    """The record on a day (KST): what is in force is asked from dates."""
    return {name: field.cell(row, day) for name, field in FIELDS.items()}


def page(found: QuerySet[Designation], day: date, *, first: int, size: int) -> list[dict[str, Any]]:
    """The records from a place on, ``size`` at most. A long page is read in batches: what one is made of is much."""
    told: list[dict[str, Any]] = []
    for at in range(first, first + size, BATCH):
        until = min(at + BATCH, first + size)
        told += [record(row, day) for row in with_parts(found)[at:until]]
        if len(told) < until - first:
            break
    return told


def rows(day: date, *, size: int = BATCH) -> Iterator[list[Any]]:
    """The cells of each record, by key, some at a time."""
    after = 0
    while True:
        found = list(with_parts(records().filter(pk__gt=after))[:size])
        for row in found:
            yield list(record(row, day).values())
        if len(found) < size:
            return
        after = found[-1].pk


def condition(name: str, value: str) -> Q:
    """``cond[FIELD::OPERATION]`` as a filter. Raises BadCondition for what is none."""
    field, _colons, operation = name.removeprefix(MARK).removesuffix("]").partition("::")
    if not name.endswith("]") or field not in FIELDS:
        raise BadCondition(_("There is no such field. There are: %(names)s.") % {"names": ", ".join(FIELDS)})
    return FIELDS[field].condition(operation, value)


def _of(operation: str, known: dict[str, str]) -> str:
    if operation not in known:
        raise BadCondition(_("Choose one of: %(names)s.") % {"names": ", ".join(known)})
    return known[operation]


def _text(path: str) -> Condition:
    return lambda operation, value: Q(**{f"{path}__{_of(operation, SOUGHT)}": value})


def _day(path: str, later: int = 0) -> Condition:
    def asked(operation: str, value: str) -> Q:
        lookup = _of(operation, COMPARED)
        try:
            day = parse_date(value)
            if day is not None:
                return Q(**{f"{path}__{lookup}": day + timedelta(days=later)})
        except (ValueError, OverflowError):
            pass
        raise BadCondition(_("Write the day as 2020-07-20."))

    return asked


def _yes_no(value: str) -> bool:
    if value not in FLAGS:
        raise BadCondition(_("Choose one of: %(names)s.") % {"names": ", ".join(FLAGS)})
    return FLAGS[value]


def _flag(path: str) -> Condition:
    def asked(operation: str, value: str) -> Q:
        _of(operation, {"EQ": "exact"})
        return Q(**{path: _yes_no(value)})

    return asked


def _in_force(operation: str, value: str) -> Q:
    _of(operation, {"EQ": "exact"})
    holds = Q(valid__contains=today())
    return holds if _yes_no(value) else ~holds


def _type(operation: str, value: str) -> Q:
    exact = _of(operation, SOUGHT) == "exact"
    return Q(type__in=[code for code, name in TYPES.items() if (name == value if exact else value in name)])


def _identification(operation: str, value: str) -> Q:
    lookup = f"product__models__identification_number__{_of(operation, SOUGHT)}"
    return Q(pk__in=Designation.objects.filter(**{lookup: value}).order_by().values("pk"))


def _first_day(row: Designation, day: date) -> str:
    assert row.valid.lower is not None  # a designation always begins
    return row.valid.lower.isoformat()


def _numbers(row: Designation, day: date) -> str | None:
    product = getattr(row, "product", None)
    found = product.models.all() if product else ()
    return joined(model.identification_number for model in found) or None


FIELDS: dict[str, Field] = {
    "혁신제품지정생성번호": Field(
        _lazy("number of the designation"), lambda row, day: row.number, _text("number")
    ),
    "혁신상품구분명": Field(_lazy("type of designation"), lambda row, day: TYPES[row.type], _type),
    "항목명": Field(_lazy("product"), lambda row, day: row.product_name_ko, _text("product_name_ko")),
    "지정기관명": Field(
        _lazy("body that designated"),
        lambda row, day: row.decision.motion.meeting.committee.name_ko,
        _text("decision__motion__meeting__committee__name_ko"),
    ),
    "지정일자": Field(
        _lazy("day of the designation"),
        lambda row, day: row.designated_on.isoformat(),
        _day("designated_on"),
    ),
    "유효시작일자": Field(
        _lazy("first day of validity"),
        _first_day,
        _day("valid__startswith"),
    ),
    # The range is half-open: it ends on the day after the last one.
    "유효종료일자": Field(
        _lazy("last day of validity"),
        lambda row, day: row.last_day.isoformat(),
        _day("valid__endswith", later=1),
    ),
    "사용여부": Field(_lazy("Y while it is in force"), lambda row, day: flag(day in row.valid), _in_force),
    "여성기업여부": Field(
        _lazy("Y for a women-owned enterprise"),
        lambda row, day: flag(row.organisation.is_women_owned),
        _flag("organisation__is_women_owned"),
    ),
    "청년기업여부": Field(
        _lazy("Y for a youth-led enterprise"),
        lambda row, day: flag(row.organisation.is_youth_led),
        _flag("organisation__is_youth_led"),
    ),
    "상품식별번호": Field(
        _lazy("identification numbers of its models, 8 digits each"), _numbers, _identification
    ),
}
"""In the published order."""
