"""Forms of the console for rounds beside the published one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from ..models import Objection


class DueForm(forms.Form):
    """When the sheets of a round are due, if a day is set."""

    due_at = forms.DateTimeField(
        label=gettext_lazy("Sheets are due"),
        help_text=gettext_lazy("Korean time (KST)."),
        required=False,
        widget=forms.DateTimeInput,
    )


class OpenAnewForm(DueForm):
    """An evaluation anew; others of the same round may be judged together with it."""

    together = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Judge these together with it"),
        queryset=Objection.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, objection: Objection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        former = objection.result.entry.round
        others = (
            Objection.objects.to_open()
            .filter(result__entry__round__lot=former.lot_id, result__entry__round__stage=former.stage_id)
            .exclude(pk=objection.pk)
            .select_related("result__entry__submission")
        )
        field = self.fields["together"]
        field.queryset = others  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: f"{one.number} ({one.result.entry.submission.number})"  # type: ignore[attr-defined]
        if not others.exists():
            del self.fields["together"]
