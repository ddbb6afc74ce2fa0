"""Forms of steps that do the same to several at once, and of the vocabulary of expertise."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.views import ReasonForm
from innomarket.submissions.models import Call
from innomarket.submissions.words import titled

from . import sheet_reads
from .forms import PublishCallForm
from .models import Round, Sheet
from .states import RoundState, SheetState

MOST_SHOWN = 100


class StartCallForm(PublishCallForm):
    """The rounds of a call that are being formed: those that are ticked, or all of them."""

    call = forms.ModelChoiceField(
        label=gettext_lazy("Call"),
        help_text=gettext_lazy("All of its rounds whose panel is being formed are started at once."),
        queryset=Call.objects.none(),
        empty_label=None,
    )
    rounds = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Only these rounds"),
        help_text=gettext_lazy("Of the call above. None ticked: all of them."),
        queryset=Round.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    state = "preparing"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rounds"]
        field.queryset = being_formed()  # type: ignore[attr-defined]
        field.label_from_instance = _round_label  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        call, rounds = cleaned.get("call"), cleaned.get("rounds")
        if call and rounds and any(round_.lot.call_id != call.pk for round_ in rounds):
            self.add_error("rounds", _("A round that you ticked is one of another call."))
        return cleaned


class ReturnSeveralForm(ReasonForm):
    """The sheets that stand out, to be given back with one reason."""

    sheets = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Sheets that stand out"),
        queryset=Sheet.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one sheet.")},
    )

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("The evaluators read it. It is kept with each version.")
        rows = standing_out(round)
        field = self.fields["sheets"]
        field.queryset = Sheet.objects.filter(pk__in=[out.sheet.pk for out in rows])  # type: ignore[attr-defined]
        labels = {out.sheet.pk: out.label for out in rows}
        field.label_from_instance = lambda sheet: labels[sheet.pk]  # type: ignore[attr-defined]
        self.order_fields(["sheets", "reason"])


class ExpertiseForm(forms.Form):
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy(
            "Latin letters, digits and hyphens. It stands in published files and is never changed."
        ),
        max_length=40,
    )
    name_ko = forms.CharField(label=gettext_lazy("Name in Korean"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80)
    order = forms.IntegerField(
        label=gettext_lazy("Place in the list"), min_value=0, max_value=9_999, initial=0, required=False
    )
    begins_on = forms.DateField(label=gettext_lazy("May be chosen from"), widget=forms.DateInput)


class ChangeExpertiseForm(ExpertiseForm):
    """What may become another: not the code, not the first day."""

    code = None  # type: ignore[assignment]
    begins_on = None  # type: ignore[assignment]
    ends_on = forms.DateField(
        label=gettext_lazy("May be chosen until"),
        help_text=gettext_lazy("The first day without it; empty: without end. Who has it keeps it."),
        required=False,
        widget=forms.DateInput,
    )


def being_formed() -> Any:
    """Rounds that can be started: their panel is being formed. ``members``: how many sit in it."""
    members = Count("panelists", filter=Q(panelists__left_at=None))
    rounds = Round.objects.filter(state=RoundState.PREPARING).annotate(members=members)
    return rounds.select_related("lot__call", "stage").order_by("lot__call", "lot__order", "pk")


@dataclass(frozen=True)
class Out:
    """A sheet that stands out, with its total and its distance from the median of its entry."""

    sheet: Sheet
    total: Decimal
    distance: Decimal

    @property
    def label(self) -> str:
        seat, entry = self.sheet.assignment.panelist, self.sheet.assignment.entry
        return f"{entry.submission.number} – {seat} {seat.user.name}: {self.total} ({self.distance:+})"


def standing_out(round: Round) -> list[Out]:
    """The sheets that lie farthest from the median of their entry and whose evaluators still judge; asked once."""
    if not hasattr(round, "_out"):
        round._out = _standing_out(round)  # type: ignore[attr-defined]
    return round._out  # type: ignore[attr-defined]


def _standing_out(round: Round) -> list[Out]:
    found = sheet_reads.outliers(round, MOST_SHOWN)
    rows = Sheet.objects.filter(
        assignment__entry__in={entry for entry, *_more in found},
        state=SheetState.SUBMITTED,
        assignment__recusal=None,
        assignment__panelist__left_at=None,
    ).select_related("assignment__panelist__user", "assignment__entry__submission")
    sheets = {(one.assignment.entry_id, one.assignment.panelist.place): one for one in rows}
    return [
        Out(sheets[entry, place], total, distance)
        for entry, place, total, distance in found
        if (entry, place) in sheets
    ]


def _round_label(round: Any) -> str:
    said = ngettext("%(n)s evaluator", "%(n)s evaluators", round.members) % {"n": round.members}
    return f"{round.number} – {titled(round.lot, 'title')} ({said})"
