"""Objections and their answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..states import ObjectionOutcome
from .fields import FilesField, SeveralFiles


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
