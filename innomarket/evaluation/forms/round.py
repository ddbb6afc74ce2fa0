"""The steps of rounds: opened, started, finished, selected, published, one by one or for a whole call."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.views import ReasonForm
from innomarket.submissions.models import Call
from innomarket.submissions.words import titled

from .. import reads
from ..models import Round
from ..services.seating import REASON_MAX
from ..states import RoundState
from .fields import NeededToSubmit
from .panel import PanelForm


class FinishForm(ReasonForm):
    """A reason where an entry stays without a result: shown as needed then, and asked for by the service."""

    reason = NeededToSubmit(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It is kept in the record of this step."),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SelectForm(ReasonForm):
    entries = forms.TypedMultipleChoiceField(coerce=int, required=False, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "Only where your choice leaves the order of places or decides among the tied. "
            "The applicants whom it concerns read it with their result."
        ),
        required=False,
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        passed = round.entries.filter(result__passed=True).select_related("submission")
        self.fields["entries"].choices = [(entry.pk, entry.submission.number) for entry in passed]  # type: ignore[attr-defined]
        self.fields["entries"].label = _("Selected")


class CreateRoundsForm(PanelForm):
    """A round for each lot of a call that has none under way, all with the same panel."""

    least = 0
    call = forms.ModelChoiceField(label=gettext_lazy("Call"), queryset=Call.objects.none(), empty_label=None)
    lots = forms.CharField(
        label=gettext_lazy("Only these lots"),
        help_text=gettext_lazy(
            "Their places in the call, such as 1, 3, 4. Empty: all that have no round yet."
        ),
        required=False,
    )
    due_at = forms.DateTimeField(
        label=gettext_lazy("Sheets are due"),
        help_text=gettext_lazy("Korean time (KST)."),
        required=False,
        widget=forms.DateTimeInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["call"]
        field.queryset = calls_without_rounds()  # type: ignore[attr-defined]
        field.label_from_instance = lambda call: f"{call.number} {titled(call, 'title')}"  # type: ignore[attr-defined]
        self.order_fields(["call", "lots", "due_at", "known", "addresses", "reason"])

    def clean_lots(self) -> list[int]:
        words = self.cleaned_data["lots"].replace(",", " ").split()
        if not all(word.isdecimal() and len(word) < 7 for word in words):
            raise ValidationError(_("Write the places as numbers, such as 1, 3, 4."))
        return [int(word) for word in words]


class PublishCallForm(forms.Form):
    call = forms.ModelChoiceField(
        label=gettext_lazy("Call"),
        help_text=gettext_lazy("All of its scored rounds are published at once."),
        queryset=Call.objects.none(),
        empty_label=None,
    )
    state = "finished"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["call"]
        calls = Call.objects.filter(lots__rounds__state=self.state).distinct()
        field.queryset = calls  # type: ignore[attr-defined]
        field.label_from_instance = lambda call: f"{call.number} {titled(call, 'title')}"  # type: ignore[attr-defined]


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


def calls_without_rounds() -> QuerySet[Call]:
    """Announced and closed calls with a lot that has no round under way; the earliest closing first."""
    lots = reads.lots_without_a_round().filter(call=OuterRef("pk"))
    calls = Call.objects.filter(Exists(lots), state__in=["announced", "closed"])
    return calls.order_by("closes_at", "pk")


def being_formed() -> Any:
    """Rounds that can be started: their panel is being formed. ``members``: how many sit in it."""
    members = Count("panelists", filter=Q(panelists__left_at=None))
    rounds = Round.objects.filter(state=RoundState.PREPARING).annotate(members=members)
    return rounds.select_related("lot__call", "stage").order_by("lot__call", "lot__order", "pk")


def _round_label(round: Any) -> str:
    said = ngettext("%(n)s evaluator", "%(n)s evaluators", round.members) % {"n": round.members}
    return f"{round.number} – {titled(round.lot, 'title')} ({said})"
