"""Who sits on a panel, and who leaves it."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.accounts.reads import person_with_address
from innomarket.common.views import ReasonForm

from ..models import Panelist, Round
from ..services.seating import REASON_MAX
from .fields import NeededToSubmit

KNOWN_PEOPLE = 60


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


def _latest_panelists() -> list[int]:
    """Those who sat last, not more than a page can show."""
    seats = Panelist.objects.order_by("-pk").values_list("user", flat=True)[: KNOWN_PEOPLE * 10]
    return list(dict.fromkeys(seats))[:KNOWN_PEOPLE]
