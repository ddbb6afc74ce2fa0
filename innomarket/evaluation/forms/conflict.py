"""Conflicts of interest, declared by evaluators."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common.views import ReasonForm

from ..models import Assignment
from ..services.seating import REASON_MAX


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
