"""The forms of an announced call: what moves its times, changes its words, or is noted beside it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.accounts.models import Organisation
from innomarket.accounts.reads import organisation_with_number, person_with_address
from innomarket.common.views import ReasonForm

from .call_forms import WordsForm


class ExtendForm(ReasonForm):
    """A later closing and opening, with the reason that everyone who takes part is told."""

    closes_at = forms.DateTimeField(label=gettext_lazy("Closes (KST)"), widget=forms.DateTimeInput)
    opening_at = forms.DateTimeField(
        label=gettext_lazy("Opening of the submissions, from (KST)"), widget=forms.DateTimeInput
    )
    organisations = forms.CharField(
        label=gettext_lazy("Only for these organisations"),
        required=False,
        help_text=gettext_lazy(
            "Business numbers or institution codes, separated by commas. Empty: for all. For the others the call "
            "closes as before; the opening waits for the last closing."
        ),
    )
    people = forms.CharField(
        label=gettext_lazy("Only for these people"),
        required=False,
        help_text=gettext_lazy("For a call that people answer: their e-mail addresses, separated by commas."),
    )
    field_order = ["closes_at", "opening_at", "organisations", "people", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _(
            "Those who are told of it read this, and it is kept for good: write no names and no contact data."
        )

    def clean_people(self) -> list[Any]:
        given = self.cleaned_data["people"].replace("\n", ",").split(",")
        found = []
        for address in (part.strip() for part in given if part.strip()):
            person = person_with_address(address)
            if person is None:
                raise ValidationError(_("Nobody here has the address %(address)s.") % {"address": address})
            found.append(person)
        return found

    def clean_organisations(self) -> list[Organisation]:
        given = self.cleaned_data["organisations"].replace("\n", ",").split(",")
        found = []
        for code in (part.strip() for part in given if part.strip()):
            named = organisation_with_number(code)
            if named is None:
                raise ValidationError(
                    _("There is no organisation with the number %(code)s.") % {"code": code}
                )
            found.append(named)
        return found


class AmendForm(WordsForm):
    """The words of an announced call, and what is different in them."""

    what_ko = forms.CharField(
        label=gettext_lazy("What changes, in Korean"), widget=forms.Textarea(attrs={"rows": 3})
    )
    what_en = forms.CharField(
        label=gettext_lazy("What changes, in English"), widget=forms.Textarea(attrs={"rows": 3})
    )


class OutageForm(forms.Form):
    """An outage that is over, as people in Korea write it."""

    starts_at = forms.DateTimeField(label=gettext_lazy("Failed from (KST)"), widget=forms.DateTimeInput)
    ends_at = forms.DateTimeField(label=gettext_lazy("Recovered at (KST)"), widget=forms.DateTimeInput)
    noticed_at = forms.DateTimeField(
        label=gettext_lazy("Recovery announced at (KST)"),
        widget=forms.DateTimeInput,
        help_text=gettext_lazy("New closings are counted from this instant."),
    )
    what = forms.CharField(
        label=gettext_lazy("What failed"),
        max_length=300,
        help_text=gettext_lazy("Everyone who takes part reads this as the reason."),
    )


class NoteForm(forms.Form):
    """A step that needs no reason; one may be given for the record."""

    reason = forms.CharField(
        label=gettext_lazy("Note for the record"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
