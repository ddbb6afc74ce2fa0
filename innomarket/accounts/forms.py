"""What people enter about themselves, their organisation and its members.

`SignupForm` is given to allauth by name: nothing here may import allauth's forms.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innomarket.common.views import ReasonForm

from .models import ApiToken, InstitutionClass, Membership, Organisation, OrganisationKind, Scope, User
from .numbers import clean_business_number, clean_institution_code
from .regions import REGIONS


class SignupForm(forms.Form):
    """What sign-up asks beside address and password. The adapter stores it."""

    field_order = ("name", "email", "password1", "password2")
    name = forms.CharField(
        label=_("Name"),
        max_length=User._meta.get_field("name").max_length,
        help_text=_("Your name as colleagues know it. You can change it later."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name:
            raise ValidationError(_("Give your name."), code="required")
        return name

    def signup(self, request: Any, user: User) -> None:
        """Asked for by allauth; the adapter has stored everything already."""


class NamedChoiceField(forms.ModelChoiceField):
    """Rows with a name in two languages, shown in that of the page."""

    def label_from_instance(self, obj: Any) -> str:
        return obj.name_en if get_language() == "en" else obj.name_ko


class OrganisationForm(forms.Form):
    """An application for one kind of organisation: it asks for what that kind has."""

    name_ko = forms.CharField(
        label=_("Name in Korean"),
        help_text=_("As it stands in the registration."),
        max_length=Organisation._meta.get_field("name_ko").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    name_en = forms.CharField(
        label=_("Name in English"),
        max_length=Organisation._meta.get_field("name_en").max_length,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    institution_code = forms.CharField(
        label=_("Demand-institution code"),
        help_text=_("Seven digits, as in the national procurement system."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    institution_class = NamedChoiceField(
        label=_("Class of institution"),
        queryset=InstitutionClass.objects.none(),
        to_field_name="code",
        empty_label="–",
    )
    business_number = forms.CharField(
        label=_("Business registration number"),
        help_text=_("Ten digits; hyphens do not matter. For example 123-45-67891."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    size_class = forms.ChoiceField(
        label=_("Size of the enterprise"), choices=[("", "–"), *Organisation.Size.choices]
    )
    is_women_owned = forms.BooleanField(label=_("Women-owned enterprise"), required=False)
    is_youth_led = forms.BooleanField(label=_("Youth-led enterprise"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False, choices=[("", "–"), *REGIONS.items()])

    def __init__(self, *args: Any, kind: OrganisationKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not kind.has_institution_code:
            del self.fields["institution_code"], self.fields["institution_class"]
        if not kind.has_business_number:
            for name in ("business_number", "size_class", "is_women_owned", "is_youth_led"):
                del self.fields[name]
        if "institution_class" in self.fields:
            self.fields["institution_class"].queryset = InstitutionClass.objects.all()  # type: ignore[attr-defined]
        for name in ("institution_code", "business_number", "institution_class", "size_class", "region"):
            if name in self.fields:
                self.fields[name].size = "medium"  # type: ignore[attr-defined]

    def clean_institution_code(self) -> str:
        return clean_institution_code(self.cleaned_data["institution_code"])

    def clean_business_number(self) -> str:
        return clean_business_number(self.cleaned_data["business_number"])


class MemberForm(forms.Form):
    """The right to act: a role, and whether the person may bind the organisation by submitting."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=Membership.Role.choices,
        initial=Membership.Role.EDITOR,
        widget=forms.RadioSelect,
    )
    may_submit = forms.BooleanField(
        label=_("May submit and withdraw for the organisation"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choice_hints = {  # type: ignore[attr-defined]
            "owner": _("manages the members and writes drafts"),
            "editor": _("writes drafts"),
            "viewer": _("reads drafts and submissions"),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("role") == Membership.Role.VIEWER and data.get("may_submit"):
            self.add_error("may_submit", _("A viewer cannot submit: make the person an editor first."))
        return data


class InviteForm(MemberForm):
    """Whom to invite: any address, registered here or not."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The invitation is mailed there. The person need not be registered yet."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("email", "role", "may_submit")


class PersonForm(forms.Form):
    """One's own name and the language of one's messages."""

    name = forms.CharField(
        label=_("Name"),
        max_length=User._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Language of messages"),
        help_text=_("In this language mails and messages are written to you."),
        choices=[("ko", "한국어"), ("en", "English")],
        widget=forms.RadioSelect,
    )


class RefuseForm(ReasonForm):
    """The reason that the organisation's people read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.help_text = _("The organisation's people read it: say what they must correct.")
        field.max_length = 300  # type: ignore[attr-defined]
        field.validators = [forms.fields.validators.MaxLengthValidator(300)]


class OptionalReasonForm(forms.Form):
    """A note for the record where a reason may help and is not needed."""

    reason = forms.CharField(
        label=_("Note for the record"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


GROUP_LABELS = {
    "Rounds": _("Calls and evaluation rounds"),
    "Committee": _("Committee's secretary"),
    "Budget": _("Budget, matching and contracts"),
    "Catalogue": _("Catalogue"),
    "Verification": _("Verification of organisations"),
    "Audit": _("Audit"),
}


class StaffGroupsForm(ReasonForm):
    """Which desks a person of the agency works at; none ends their work as staff."""

    groups = forms.MultipleChoiceField(
        label=_("Groups of staff"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=list(GROUP_LABELS.items()),
    )
    field_order = ("groups", "reason")


class TokenForm(forms.Form):
    """A token for the API: what it is for, what it may do, how long."""

    label = forms.CharField(
        label=_("What it is for"),
        help_text=_(
            "The program or the system that will use it. It is kept with the token: write no names of people."
        ),
        max_length=ApiToken._meta.get_field("label").max_length,
    )
    scopes = forms.MultipleChoiceField(
        label=_("Allowed"),
        choices=Scope.choices,
        initial=[Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what the token is for.")},
    )
    days = forms.ChoiceField(
        label=_("Valid for"),
        choices=[("30", _("30 days")), ("90", _("90 days")), ("365", _("365 days"))],
        initial="90",
    )
