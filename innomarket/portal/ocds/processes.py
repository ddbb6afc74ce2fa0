"""Every process in one order: first the tasks, then the lots that are no task's first call; and one by its number."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from challenges.models import Challenge
from innomarket.submissions.models import Lot

from . import reading
from .facts import Process
from .since import Span, lots_in, tasks_in

BATCH = 50


@dataclass(frozen=True)
class Place:
    """Behind which task, or (when the tasks are through) behind which lot, to go on."""

    lots: bool = False
    key: int = 0


@reading.one_view()
def batch(place: Place, span: Span, size: int = BATCH) -> tuple[list[Process], Place | None]:
    """The processes behind a place that had an event in the span, and the place of the next ones."""
    found: list[Process] = []
    if not place.lots:
        keys = _keys(tasks_in(span, reading.public_tasks()), place.key, size + 1)
        found = reading.of_tasks(reading.public_tasks().filter(pk__in=keys[:size]))
        if len(keys) > size:
            return found, Place(key=keys[size - 1])
        place = Place(lots=True)
    room = size - len(found)
    keys = _keys(lots_in(span, _own_lots()), place.key, room + 1)
    found += reading.of_lots(reading.public_lots().filter(pk__in=keys[:room]))
    if len(keys) <= room:
        return found, None
    return found, Place(lots=True, key=keys[room - 1] if room else place.key)


def walk(span: Span, size: int = BATCH) -> Iterator[Process]:
    """All of them, a batch in memory at a time."""
    place: Place | None = Place()
    while place is not None:
        found, place = batch(place, span, size)
        yield from found


def _keys(rows: QuerySet[Any], after: int, size: int) -> list[int]:
    return list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:size])


def _own_lots() -> QuerySet[Lot]:
    """Without the lots that are the first call for a public task."""
    before = Q(call__announced_at__lt=OuterRef("call__announced_at")) | Q(
        call__announced_at=OuterRef("call__announced_at"), pk__lt=OuterRef("pk")
    )
    earlier = reading.public_lots().filter(before, story=OuterRef("story"))
    task = Challenge.objects.public().filter(submission__story=OuterRef("story"))
    return reading.public_lots().filter(~Exists(task) | Exists(earlier))


# ── one of them ──


@reading.one_view()
def by_ocid(ocid: str) -> Process | None:
    """The process of an ocid of ours, or nothing."""
    prefix = f"{settings.OCDS_PREFIX}-"
    if not ocid.startswith(prefix):
        return None
    local = ocid.removeprefix(prefix)
    head, _dash, place = local.rpartition("-")
    found = _of(Q(submission__number=local), Q(pk=None))
    if place.isascii() and place.isdigit() and len(place) < 6:
        own = Q(call__number=head, order=int(place))
        stories = reading.public_tasks().filter(submission__number=head).order_by()
        found += _of(Q(pk=None), own | Q(story__in=stories.values("submission__story")))
    return next((process for process in found if process.local == local), None)


@reading.one_view()
def of_number(number: str) -> list[Process]:
    """The processes that a number of a task, call, product, designation or pilot purchase belongs to."""
    stories = reading.public_tasks().filter(submission__number=number).order_by().values("submission__story")
    lots = (
        Q(call__number=number)
        | Q(story__in=stories)
        | Q(submissions__designation__number=number)
        | Q(submissions__designation__product__number=number)
        | Q(submissions__designation__product__pilots__number=number)
    )
    found = reading.public_lots().filter(lots).order_by().values("pk")
    return _of(Q(submission__number=number) | _first_call(found), Q(pk__in=found))


def _first_call(lots: QuerySet[Any]) -> Q:
    """Tasks to which one of these lots belongs; of_lots leaves out the first call, which is the task's own."""
    stories = Lot.objects.filter(pk__in=lots).order_by().values("story")
    return Q(submission__story__in=stories)


def _of(tasks: Q, lots: Q) -> list[Process]:
    found = reading.of_tasks(reading.public_tasks().filter(tasks))
    return found + reading.of_lots(reading.public_lots().filter(lots))
