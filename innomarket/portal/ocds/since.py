"""Which processes had an event in a span of time, asked of the database: a reader who comes back reads little."""

from datetime import datetime
from typing import Any

from django.db.models import CharField, Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.dateparse import parse_date, parse_datetime

from catalog.public_documents import instant
from challenges.models import Challenge
from designation.models import Decision, Designation
from innomarket.audit.models import Entry as History
from innomarket.common.clock import KST
from innomarket.evaluation.models import Result, Round
from innomarket.submissions.models import Amendment, DeadlineMove, Lot
from pilots.models import Contract, LedgerEntry, Pilot, TestResult, UseNote

# What belongs to a lot, the way to the lot, and the columns that hold the instant of an event.
OF_A_LOT: tuple[tuple[type[Model], str, tuple[str, ...]], ...] = (
    (Round, "lot", ("published_at",)),
    (Result, "entry__round__lot", ("published_at", "superseded_at")),
    (Decision, "motion__submission__lot", ("decided_at",)),
    (Designation, "submission__lot", ("designated_at",)),
)
OF_A_PILOT: tuple[tuple[type[Model], str, tuple[str, ...]], ...] = (
    (Pilot, "", ("matched_at", "committed_at")),
    (Contract, "pilot__", ("recorded_at",)),
    (TestResult, "pilot__", ("given_at",)),
    (UseNote, "pilot__", ("said_at",)),
    (LedgerEntry, "pilot__", ("at",)),
)
LOT_OF_PILOT = "product__designation__submission__lot"


def moment_of(text: str) -> datetime:
    """A day means its beginning in Seoul, and so does an instant without an offset. Raises ValueError for neither."""
    at = parse_datetime(text)
    if at is None:
        day = parse_date(text)
        if day is None:
            raise ValueError(text)
        at = datetime(day.year, day.month, day.day, tzinfo=KST)
    if not 1900 < at.year < 9000:
        raise ValueError(text)
    return at if at.tzinfo else at.replace(tzinfo=KST)


class Span:
    """[since, until), either of them open."""

    def __init__(self, since: datetime | None = None, until: datetime | None = None) -> None:
        self.since, self.until = since, until

    def __bool__(self) -> bool:
        return self.since is not None or self.until is not None

    def holds_text(self, date: str) -> bool:
        """Of the date of a release: all are written alike, so texts compare as instants do."""
        since, until = (instant(at) if at else "" for at in (self.since, self.until))
        return since <= date and (not until or date < until)

    def condition(self, column: str) -> Q:
        found = Q(**{f"{column}__isnull": False})
        if self.since is not None:
            found &= Q(**{f"{column}__gte": self.since})
        if self.until is not None:
            found &= Q(**{f"{column}__lt": self.until})
        return found

    def any_of(self, columns: tuple[str, ...]) -> Q:
        found = Q()
        for column in columns:
            found |= self.condition(column)
        return found


def lots_in(span: Span, lots: QuerySet[Lot]) -> QuerySet[Lot]:
    """Those at which something happened in the span."""
    return lots.filter(_of_call(span) | _of_lot(span) | _of_pilots(span)) if span else lots


def tasks_in(span: Span, tasks: QuerySet[Challenge]) -> QuerySet[Challenge]:
    """Those that were made public in the span, or at one of whose calls something happened."""
    if not span:
        return tasks
    called = lots_in(span, Lot.objects.filter(story=OuterRef("submission__story")))
    return tasks.filter(span.condition("published_at") | Q(Exists(called)))


def _of_call(span: Span) -> Q:
    moved = DeadlineMove.objects.filter(span.condition("decided_at"), call=OuterRef("call"), for_all=True)
    amended = Amendment.objects.filter(span.condition("made_at"), call=OuterRef("call"))
    cancelled = _history(span, "submissions.call", "submissions.cancel_call").filter(
        subject_id=Cast(OuterRef("call"), CharField())
    )
    return span.condition("call__announced_at") | _exists(moved, amended, cancelled)


def _of_lot(span: Span) -> Q:
    return _exists(
        *(
            model._default_manager.filter(span.any_of(columns), **{way: OuterRef("pk")}).order_by()
            for model, way, columns in OF_A_LOT
        )
    )


def _of_pilots(span: Span) -> Q:
    found = [
        model._default_manager.filter(
            span.any_of(columns), **{f"{way}{LOT_OF_PILOT}": OuterRef("pk")}
        ).order_by()
        for model, way, columns in OF_A_PILOT
    ]
    written = _history(span, "pilots.pilot", "pilots.inspect", "pilots.cancel")
    recorded = Pilot.objects.filter(
        Exists(written.filter(subject_id=Cast(OuterRef("pk"), CharField()))), **{LOT_OF_PILOT: OuterRef("pk")}
    ).order_by()
    return _exists(*found, recorded)


def _history(span: Span, subject: str, *verbs: str) -> QuerySet[History]:
    return History.objects.filter(span.condition("at"), subject_type=subject, verb__in=verbs).order_by()


def _exists(*querysets: Any) -> Q:
    found = Q()
    for queryset in querysets:
        found |= Q(Exists(queryset))
    return found
