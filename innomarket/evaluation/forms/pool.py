"""Input of evaluators about themselves, and of staff about draws and the pool."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.accounts.models import Organisation
from innomarket.accounts.reads import person_with_address
from innomarket.common.clock import today
from innomarket.common.views import ReasonForm
from innomarket.submissions.words import titled

from ..models import DrawRule, Expertise, ExpertKind, Tie
from ..services.seating import REASON_MAX


class FieldsMixin(forms.Form):
    """Fields of expertise in the language of the page, those in use today."""

    def offer_fields(self, name: str) -> None:
        field: Any = self.fields[name]
        field.queryset = Expertise.objects.in_use(today())
        field.label_from_instance = lambda one: str(titled(one, "name"))


class ProfileForm(FieldsMixin):
    kind = forms.ChoiceField(
        label=gettext_lazy("Which kind of expert are you?"),
        choices=ExpertKind.choices,
        widget=forms.RadioSelect,
    )
    known = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Fields of expertise"),
        queryset=Expertise.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one field.")},
    )
    most_panels = forms.IntegerField(
        label=gettext_lazy("Most panels a year"),
        help_text=gettext_lazy("Empty: as many as the rule allows."),
        required=False,
        min_value=1,
        max_value=99,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_fields("known")


class TieForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of tie"), choices=Tie.Kind.choices, widget=forms.RadioSelect
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the organisation"),
        help_text=gettext_lazy(
            "As it is written in its registration. Where it is registered here, it is found by it."
        ),
        max_length=120,
    )
    from_on = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    to_on = forms.DateField(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("Empty: it holds today."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def organisation(self) -> Organisation | None:
        """The verified organisation of this very name, where there is exactly one."""
        found = list(
            Organisation.objects.filter(state="verified", name_ko=self.cleaned_data["name"].strip())[:2]
        )
        return found[0] if len(found) == 1 else None


class EndTieForm(forms.Form):
    to_on = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))


class AbsenceForm(forms.Form):
    from_on = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    to_on = forms.DateField(
        label=gettext_lazy("Until and including"), widget=forms.DateInput(attrs={"type": "date"})
    )


class DeclineForm(ReasonForm):
    reason = forms.CharField(
        label=gettext_lazy("Why can you not sit?"),
        help_text=gettext_lazy("Agency staff read it; it is not published."),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PledgeForm(forms.Form):
    read = forms.BooleanField(
        label=gettext_lazy("I have read the pledge and sign it for this round."),
        error_messages={"required": gettext_lazy("Confirm that you have read the pledge.")},
    )


# ── staff ──


class InviteForm(forms.Form):
    address = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("They must have registered and confirmed the address."),
    )

    def clean_address(self) -> Any:
        person = person_with_address(self.cleaned_data["address"])
        if person is None:
            raise ValidationError(_("Nobody here has confirmed this address."))
        return person


class CommitForm(FieldsMixin):
    known = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Eligible fields"),
        help_text=gettext_lazy("Who knows one of them takes part. None chosen: everybody in the pool."),
        queryset=Expertise.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    source_text = forms.CharField(
        label=gettext_lazy("Another public value"),
        help_text=gettext_lazy(
            "Empty: the hashes of the call's receipts. Else: which value, and where it will be published."
        ),
        required=False,
        max_length=300,
    )
    source_from = forms.DateTimeField(
        label=gettext_lazy("Published from"),
        help_text=gettext_lazy("Korean time (KST). Only with another value."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_fields("known")
        rule = DrawRule.objects.at()
        for kind in ExpertKind:
            self.fields[f"seats_{kind.value}"] = forms.IntegerField(
                label=_("Seats: %(kind)s") % {"kind": kind.label},
                initial=getattr(rule, f"{kind.value}_seats"),
                min_value=0,
                max_value=50,
            )
        self.order_fields(
            [*(f"seats_{kind.value}" for kind in ExpertKind), "known", "source_text", "source_from"]
        )

    def seats_by_kind(self) -> dict[str, int]:
        return {kind.value: self.cleaned_data[f"seats_{kind.value}"] for kind in ExpertKind}


class ValueForm(forms.Form):
    value = forms.CharField(
        label=gettext_lazy("The value as published"),
        help_text=gettext_lazy("Character by character; spaces at both ends are dropped."),
        max_length=REASON_MAX,
    )
