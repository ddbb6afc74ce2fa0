"""Sheets given back or set aside by staff, one by one or those that stand out."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common.views import ReasonForm

from .. import reads
from ..models import Round, Sheet
from ..states import SheetState

MOST_SHOWN = 100
MOST_LISTED = 50
"""Sheets in one list to choose from: a round of 5,000 entries has 35,000."""
PLACE = re.compile(r"[Ee]?([0-9]{1,4})")


class OneSheetForm(ReasonForm):
    """One of the round's submitted sheets. Only some are listed: those that ``q`` finds, and the chosen one.

    Any submitted sheet of the round can be sent, listed or not: the list is a help to find it, not a rule.
    """

    sheet = forms.ModelChoiceField(
        label=gettext_lazy("Sheet"), queryset=Sheet.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, round: Round, q: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["sheet"]
        field.queryset = sheets = _submitted_sheets(round)
        found = _searched(sheets, q)
        self.found, listed = found.count(), list(found[:MOST_LISTED])
        chosen = str(self["sheet"].value() or "")
        if chosen.isdecimal() and int(chosen) not in {one.pk for one in listed}:
            listed += sheets.filter(pk=int(chosen))
        field.choices = [(one.pk, _sheet_label(one)) for one in listed]
        self.more = max(0, self.found - MOST_LISTED)
        self.order_fields(["sheet", "reason"])


class ReturnForm(OneSheetForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("The evaluator reads it. It is kept with the version.")


class SetAsideForm(OneSheetForm):
    pass


class ReturnSeveralForm(ReasonForm):
    """The sheets that stand out, to be given back with one reason."""

    sheets = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Sheets that stand out"),
        help_text=gettext_lazy(
            "Its total, and how far it lies from the median of its entry; the farthest first."
        ),
        queryset=Sheet.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one sheet.")},
    )

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("The evaluators read it. It is kept with each version.")
        rows = standing_out(round)
        field: Any = self.fields["sheets"]
        field.queryset = Sheet.objects.filter(pk__in=[out.sheet.pk for out in rows])
        field.choices = [(out.sheet.pk, out.label) for out in rows]  # the farthest first
        self.order_fields(["sheets", "reason"])


@dataclass(frozen=True)
class Out:
    """A sheet that stands out, with its total and its distance from the median of its entry."""

    sheet: Sheet
    total: Decimal
    distance: Decimal

    @property
    def label(self) -> str:
        seat, entry = self.sheet.assignment.panelist, self.sheet.assignment.entry
        title = f"{entry.submission.number} {entry.revision.title}"
        return f"{title} – {seat} {seat.user.name}: {self.total} ({self.distance:+})"


def standing_out(round: Round) -> list[Out]:
    """The sheets that lie farthest from the median of their entry and whose evaluators still judge; asked once."""
    if not hasattr(round, "_out"):
        round._out = _standing_out(round)  # type: ignore[attr-defined]
    return round._out  # type: ignore[attr-defined]


def _standing_out(round: Round) -> list[Out]:
    found = reads.outliers(round, MOST_SHOWN)
    rows = Sheet.objects.filter(
        assignment__entry__in={entry for entry, *_more in found},
        state=SheetState.SUBMITTED,
        assignment__recusal=None,
        assignment__panelist__left_at=None,
    ).select_related(
        "assignment__panelist__user", "assignment__entry__submission", "assignment__entry__revision"
    )
    rows = rows.defer("assignment__entry__submission__title", "assignment__entry__revision__sections")
    sheets = {(one.assignment.entry_id, one.assignment.panelist.place): one for one in rows}
    return [
        Out(sheets[entry, place], total, distance)
        for entry, place, total, distance in found
        if (entry, place) in sheets
    ]


def _submitted_sheets(round: Round) -> QuerySet[Sheet]:
    sheets = Sheet.objects.filter(assignment__entry__round=round, state=SheetState.SUBMITTED)
    return sheets.select_related("assignment__panelist__user", "assignment__entry__submission").order_by(
        "assignment__entry__order", "assignment__panelist__place"
    )


def _searched(sheets: QuerySet[Sheet], q: str) -> QuerySet[Sheet]:
    """Each word is part of the submission's number or of the evaluator's name, or the place in the panel (E3)."""
    for word in q.split()[:5]:
        asked = Q(assignment__entry__submission__number__icontains=word) | Q(
            assignment__panelist__user__name__icontains=word
        )
        place = PLACE.fullmatch(word)
        if place:
            asked |= Q(assignment__panelist__place=int(place[1]))
        sheets = sheets.filter(asked)
    return sheets


def _sheet_label(sheet: Sheet) -> str:
    seat, entry = sheet.assignment.panelist, sheet.assignment.entry
    return f"{entry.submission.number} – {seat} {seat.user.name}"
