"""Input of evaluators, institutions and staff. What an answer means, the services decide."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.accounts.reads import person_with_address
from innomarket.common.views import ReasonForm
from innomarket.submissions.models import Call
from innomarket.submissions.words import titled

from . import reads
from .models import Assignment, Entry, FitOpinion, Panelist, Round, Sheet
from .services.opinion import REASON_MAX as OPINION_MAX
from .services.round import REASON_MAX
from .sheet_forms import NeededToSubmit
from .states import ObjectionOutcome, SheetState

KNOWN_PEOPLE = 60


class DeclarationForm(forms.Form):
    """A line for each entry: empty where there is no conflict of interest."""

    read = forms.BooleanField(
        label=gettext_lazy(
            "I have read the whole list. Where I left a line empty I have no conflict of interest."
        ),
        error_messages={"required": gettext_lazy("Confirm that you have read the whole list.")},
    )

    def __init__(self, *args: Any, assignments: list[Assignment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.assignments = assignments
        for assignment in assignments:
            if assignment.recusal_id is None:
                self.fields[f"reason_{assignment.entry_id}"] = forms.CharField(
                    label=_("Conflict of interest with %(title)s")
                    % {"title": assignment.entry.revision.title},
                    required=False,
                    max_length=REASON_MAX,
                )
        self.order_fields([name for name in self.fields if name != "read"])

    def conflicts(self) -> dict[int, str]:
        """Entry's key → reason, of the lines that were filled in."""
        lines = {
            one.entry_id: self.cleaned_data.get(f"reason_{one.entry_id}", "") for one in self.assignments
        }
        return {entry: reason for entry, reason in lines.items() if reason}

    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "assignment": assignment,
                "bound": self[f"reason_{assignment.entry_id}"] if assignment.recusal_id is None else None,
            }
            for assignment in self.assignments
        ]


class BlindDeclarationForm(forms.Form):
    """Of a blind stage: the portal searched its records; what the evaluator recognises is declared at the sheet."""

    read = forms.BooleanField(
        label=gettext_lazy(
            "I will declare a conflict of interest as soon as I recognise whose entry it is and have one, and I will "
            "not try to find out who applied."
        ),
        error_messages={"required": gettext_lazy("Confirm this first.")},
    )

    def __init__(self, *args: Any, assignments: list[Assignment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = len(assignments)

    def conflicts(self) -> dict[int, str]:
        """None yet: nothing has been read."""
        return {}


class ConflictForm(ReasonForm):
    reason = forms.CharField(
        label=gettext_lazy("What is the conflict?"),
        help_text=gettext_lazy("In a few words. Agency staff read it; the applicant does not."),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OpinionForm(forms.Form):
    verdict = forms.ChoiceField(
        label=gettext_lazy("How does it fit your need?"),
        choices=FitOpinion.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the answers.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reasons"),
        help_text=gettext_lazy("What fits, what does not, what must be looked at more closely."),
        max_length=OPINION_MAX,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


# ── staff ──


class OptionalReasonForm(ReasonForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It is kept in the record of this step."),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FinishForm(ReasonForm):
    """A reason where an entry stays without a result: shown as needed then, and asked for by the service."""

    reason = NeededToSubmit(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It is kept in the record of this step."),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PanelForm(forms.Form):
    """People for a panel: those who have sat on one before, and others by their address."""

    known = forms.ModelMultipleChoiceField(
        label=gettext_lazy("People who have evaluated before"),
        queryset=get_user_model().objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    addresses = forms.CharField(
        label=gettext_lazy("Others, by e-mail address"),
        help_text=gettext_lazy("One address a line. They must have registered and confirmed the address."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reason = NeededToSubmit(
        label=gettext_lazy("Why appointed instead of drawn"),
        help_text=gettext_lazy("It is shown wherever the panel is shown."),
        required=False,
        max_length=REASON_MAX,
    )
    least = 1

    def __init__(self, *args: Any, round: Round | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = get_user_model().objects.filter(is_active=True, pk__in=_latest_panelists())
        if round is not None:
            people = people.exclude(pk__in=round.panelists.filter(left_at=None).values("user"))
        field = self.fields["known"]
        field.queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]
        field.label_from_instance = lambda user: f"{user.name} ({user.email})"  # type: ignore[attr-defined]
        if not people.exists():
            del self.fields["known"]

    def clean_addresses(self) -> list[Any]:
        found, unknown = [], []
        for line in self.cleaned_data["addresses"].split():
            address = line.strip(",;")
            try:
                validate_email(address)
            except ValidationError:
                unknown.append(address)
                continue
            person = person_with_address(address)
            found.append(person) if person else unknown.append(address)
        if unknown:
            raise ValidationError(
                ngettext(
                    "Nobody here has confirmed this address: %(which)s",
                    "Nobody here has confirmed these addresses: %(which)s",
                    len(unknown),
                )
                % {"which": ", ".join(unknown)}
            )
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "addresses" in cleaned:
            people = {person.pk: person for person in [*cleaned.get("known", []), *cleaned["addresses"]]}
            if len(people) < self.least:
                raise ValidationError(_("Choose somebody."))
            cleaned["people"] = list(people.values())
        return cleaned


def calls_without_rounds() -> QuerySet[Call]:
    """Announced and closed calls with a lot that has no round under way; the earliest closing first."""
    lots = reads.lots_without_a_round().filter(call=OuterRef("pk"))
    calls = Call.objects.filter(Exists(lots), state__in=["announced", "closed"])
    return calls.order_by("closes_at", "pk")


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


class UnseatForm(ReasonForm):
    panelist = forms.ModelChoiceField(
        label=gettext_lazy("Member of the panel"),
        queryset=Panelist.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["panelist"]
        field.queryset = round.panelists.filter(left_at=None).select_related("user")  # type: ignore[attr-defined]
        field.label_from_instance = lambda seat: f"{seat} {seat.user.name} ({seat.user.email})"  # type: ignore[attr-defined]
        self.order_fields(["panelist", "reason"])


class ReturnForm(ReasonForm):
    sheet = forms.ModelChoiceField(
        label=gettext_lazy("Sheet"), queryset=Sheet.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("The evaluator reads it. It is kept with the version.")
        field = self.fields["sheet"]
        field.queryset = _submitted_sheets(round)  # type: ignore[attr-defined]
        field.label_from_instance = _sheet_label  # type: ignore[attr-defined]
        self.order_fields(["sheet", "reason"])


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """No file, one or several."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in given]


class VisitForm(forms.Form):
    entry = forms.ModelChoiceField(
        label=gettext_lazy("Entry"), queryset=Entry.objects.none(), empty_label=None
    )
    held_at = forms.DateTimeField(
        label=gettext_lazy("Held at (KST)"), help_text=gettext_lazy("Korean time (KST).")
    )
    place = forms.CharField(label=gettext_lazy("Place"), max_length=200)
    took_part = forms.CharField(label=gettext_lazy("Who took part"), widget=forms.Textarea(attrs={"rows": 3}))
    findings = forms.CharField(label=gettext_lazy("What was found"), widget=forms.Textarea(attrs={"rows": 6}))
    papers = FilesField(
        label=gettext_lazy("Photographs and papers"),
        help_text=gettext_lazy("PDF, images, HWP, HWPX, DOCX or XLSX; added to those that are kept."),
        required=False,
        widget=SeveralFiles,
    )

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["entry"]
        field.queryset = round.entries.select_related("submission", "revision").order_by("order")  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: f"{one.submission.number} {one.revision.title}"  # type: ignore[attr-defined]


class SetAsideForm(ReasonForm):
    sheet = forms.ModelChoiceField(
        label=gettext_lazy("Sheet"), queryset=Sheet.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sheet"]
        field.queryset = _submitted_sheets(round)  # type: ignore[attr-defined]
        field.label_from_instance = _sheet_label  # type: ignore[attr-defined]
        self.order_fields(["sheet", "reason"])


class SelectForm(OptionalReasonForm):
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


class ObjectionForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What you object to, and why"),
        help_text=gettext_lazy(
            "Name the criterion or the step, and what you think is wrong. Write no names of other people."
        ),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    papers = FilesField(label=gettext_lazy("Files"), required=False, widget=SeveralFiles)

    def __init__(self, *args: Any, most: int, limit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["papers"].help_text = _(
            "PDF, JPG or PNG, up to %(limit)s each, at most %(most)s files (our default)."
        ) % {"limit": limit, "most": most}


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), choices=ObjectionOutcome.choices, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The applicant reads it. Write no names of evaluators."),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 10}),
    )


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


def _latest_panelists() -> list[int]:
    """Those who sat last, not more than a page can show."""
    seats = Panelist.objects.order_by("-pk").values_list("user", flat=True)[: KNOWN_PEOPLE * 10]
    return list(dict.fromkeys(seats))[:KNOWN_PEOPLE]


def _submitted_sheets(round: Round) -> QuerySet[Sheet]:
    sheets = Sheet.objects.filter(assignment__entry__round=round, state=SheetState.SUBMITTED)
    return sheets.select_related("assignment__panelist__user", "assignment__entry__submission").order_by(
        "assignment__entry__order", "assignment__panelist__place"
    )


def _sheet_label(sheet: Sheet) -> str:
    seat, entry = sheet.assignment.panelist, sheet.assignment.entry
    return f"{entry.submission.number} – {seat} {seat.user.name}"
