"""What the console of one round shows and hands out: its panel, the table evaluator × entry, the places.

A round may hold thousands of entries. The figures are counted in the database, and the tables come in pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from innomarket.common.clock import KST
from innomarket.submissions.words import titled

from . import reads
from .models import Assignment, Objection, Panelist, Recusal, Round
from .states import Outcome, RoundState, SheetState

ON_A_PAGE = 100
SUBMITTED, RECUSED, NOT_BEGUN = "submitted", "recused", "none"


@dataclass(frozen=True)
class Member:
    """One seat: sheets that are submitted and left, entries recused from, and whether the sheets are overdue.

    ``judges``: has entries, or may still get them; who left before has none.
    """

    seat: Panelist
    done: int
    left: int
    recused: int
    is_late: bool
    judges: bool


def panel(round: Round, at: datetime) -> list[Member]:
    """Who sits or sat, with what each has done and has left."""
    own = Q(assignments__recusal=None)
    seats = (
        round.panelists.select_related("user")
        .annotate(
            given=Count("assignments"),
            done=Count("assignments", filter=own & Q(assignments__sheet__state=SheetState.SUBMITTED)),
            waiting=Count(
                "assignments",
                filter=own
                & (
                    Q(assignments__sheet=None)
                    | Q(assignments__sheet__state__in=(SheetState.DRAFT, SheetState.RETURNED))
                ),
            ),
            refused=Count("assignments", filter=Q(assignments__recusal__isnull=False)),
        )
        .order_by("place")  # what is grouped has no order of its own
    )
    overdue = round.state == RoundState.SCORING and round.due_at is not None and round.due_at <= at
    members = []
    for seat in seats:
        left = 0 if seat.left_at else seat.waiting
        judges = seat.left_at is None or seat.given > 0
        members.append(Member(seat, seat.done, left, seat.refused, bool(overdue and left), judges))
    return members


def objections(round: Round) -> QuerySet[Objection]:
    """What was filed against the published results of a round, the latest first; at most a page."""
    filed = Objection.objects.filter(result__entry__round=round, filed_at__isnull=False)
    return (
        filed.select_related("result__entry__submission").defer("text", "answer").order_by("-pk")[:ON_A_PAGE]
    )


def page_of(rows: Any, number: str | None) -> Page[Any]:
    """A page of a table; an address that names none, or a wrong one, gives the first or the last."""
    return Paginator(rows, ON_A_PAGE).get_page(number)


def heat(round: Round, members: list[Member], number: str | None = None) -> Page[Any]:
    """A page of the entries, each with what every member of the panel has done with it."""
    page = page_of(_entries(round), number)
    entries = list(page.object_list)
    kinds = _kinds(round, Q(entry__in=[entry.pk for entry in entries]))
    rows: Any = [
        {"entry": one, "cells": [(m.seat, kinds.get((one.pk, m.seat.pk), "")) for m in members]}
        for one in entries
    ]
    page.object_list = rows
    return page


def _entries(round: Round) -> QuerySet[Any]:
    found = reads.entries_with_sheets(round).select_related("submission", "revision")
    return found.defer("submission__title", "revision__sections")


def _kinds(round: Round, which: Q) -> dict[tuple[int, int], str]:
    """(Entry, panelist) → recused, or the state of the sheet, or that it is not begun."""
    rows = Assignment.objects.filter(which, entry__round=round).values_list(
        "entry", "panelist", "recusal", "sheet__state"
    )
    return {(entry, seat): RECUSED if recusal else state or NOT_BEGUN for entry, seat, recusal, state in rows}


@dataclass(frozen=True)
class Conflicted:
    """A member of the panel who does not judge an entry: why, and who was called to judge it instead."""

    recusal: Recusal
    instead: Panelist | None

    @property
    def sheet_set_aside(self) -> bool:
        """Whether they had written a sheet: it is kept and does not count."""
        return hasattr(self.recusal.assignment, "sheet")


def conflicts(round: Round, number: str | None = None) -> Page[Any]:
    """A page of the conflicts of interest, declared and found."""
    page = page_of(_recusals(round), number)
    rows: Any = _conflicted(list(page.object_list))
    page.object_list = rows
    return page


def _recusals(round: Round) -> QuerySet[Recusal]:
    found = Recusal.objects.filter(entry__round=round).select_related(
        "panelist__user", "entry__submission", "assignment__sheet"
    )
    return found.defer("entry__submission__title").order_by("entry__order", "panelist__place")


def _conflicted(recusals: list[Recusal]) -> list[Conflicted]:
    substitutes = Assignment.objects.filter(
        entry__in=[one.entry_id for one in recusals],
        panelist__in_place_of__in=[one.panelist_id for one in recusals],
    )
    instead = {
        (one.entry_id, one.panelist.in_place_of_id): one.panelist
        for one in substitutes.select_related("panelist__user")
    }
    return [Conflicted(one, instead.get((one.entry_id, one.panelist_id))) for one in recusals]


# ── files ──


def sheet_rows(round: Round, at: datetime) -> tuple[list[str], Iterator[list[Any]]]:
    """Titles and rows of the table evaluator × entry, in words, for a spreadsheet."""
    members = [member for member in panel(round, at) if member.judges]
    kinds = _kinds(round, Q())
    words = {
        SUBMITTED: _("submitted"),
        RECUSED: _("recused"),
        NOT_BEGUN: _("not begun"),
        **{str(state): str(state.label) for state in SheetState if state != SheetState.SUBMITTED},
    }
    titles = [_("No."), _("Submission"), _("Entry"), *(f"{m.seat} {m.seat.user}" for m in members)]

    def rows() -> Iterator[list[Any]]:
        for entry in _entries(round).iterator(chunk_size=500):
            found = (kinds.get((entry.pk, m.seat.pk), "") for m in members)
            cells = [words.get(kind, "") for kind in found]
            yield [
                entry.order, entry.submission.number, entry.revision.title, *cells, entry.counted, entry.expected,
            ]  # fmt: skip

    return [*titles, _("Counting"), _("Expected")], rows()


def conflict_rows(round: Round) -> tuple[list[str], Iterator[list[Any]]]:
    """Titles and rows of the conflicts of interest, for a spreadsheet."""
    titles = [
        _("No."), _("Submission"), _("Evaluator"), _("Conflict"), _("Reason"), _("Judges instead"), _("Since"),
    ]  # fmt: skip

    def rows() -> Iterator[list[Any]]:
        for row in _conflicted(list(_recusals(round))):
            one = row.recusal
            instead = f"{row.instead} {row.instead.user}" if row.instead else ""
            yield [
                one.entry.order, one.entry.submission.number, f"{one.panelist} {one.panelist.user}",
                one.get_ground_display(), one.reason,
                instead, one.at.astimezone(KST).isoformat(timespec="minutes"),
            ]  # fmt: skip

    return titles, rows()


def place_rows(round: Round) -> tuple[list[str], Iterator[list[Any]]]:
    """Titles and rows of the ranking as it stands, for a spreadsheet."""
    groups = [str(titled(group, "name")) for group in round.stage.groups.all()]
    titles = [_("Place"), _("Submission"), _("Entry"), *groups, _("Score"), _("Sheets"), _("Outcome")]

    def rows() -> Iterator[list[Any]]:
        for row in reads.ranking(round):
            yield [
                row.rank, row.entry.submission.number, row.entry.revision.title, *row.group_means, row.total,
                row.sheets, str(Outcome(row.outcome).label),
            ]  # fmt: skip

    return titles, rows()
