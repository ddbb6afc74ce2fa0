"""The opinion of an institution on what was submitted to its need."""

from django import forms
from django.utils.translation import gettext_lazy

from ..models import FitOpinion
from ..services.opinion import REASON_MAX


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
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
