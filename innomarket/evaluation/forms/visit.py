"""The record of a survey or interview."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from ..models import Entry, Round
from .fields import FilesField, SeveralFiles


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
