"""The vocabulary of expertise."""

from django import forms
from django.utils.translation import gettext_lazy


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
