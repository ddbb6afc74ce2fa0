"""Input about pilot purchases: money as people write it, with commas or 원."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from catalog.states import UseAfter
from innomarket.accounts.models import Organisation
from innomarket.accounts.reads import verified_institution
from innomarket.common.views import ReasonForm

from .services.limits import MOST_WON
from .services.trial import MOST_TEXT, TEXTS
from .states import Verdict

_SIGNS = re.compile(r"[\s,_원]|won|krw|₩", re.IGNORECASE)


class WonField(forms.IntegerField):
    """Whole won, typed with or without commas: ``3,300,000,000`` or ``3300000000원``."""

    unit = _("won")

    def __init__(self, **options: Any) -> None:
        options.setdefault("min_value", 1)
        super().__init__(max_value=MOST_WON, **options)
        self.error_messages["invalid"] = _("Enter whole won in figures, for example 99,000,000.")
        self.size = "medium"

    def to_python(self, value: Any) -> int | None:
        return super().to_python(_SIGNS.sub("", value) if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,}" if isinstance(value, int) else value


class UnitsField(forms.IntegerField):
    """A quantity of the product."""

    unit = _("units")

    def __init__(self, **options: Any) -> None:
        options.setdefault("min_value", 1)
        super().__init__(max_value=1_000_000, **options)


def _day(**options: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput, **options)


class LedgerReasonForm(ReasonForm):
    """The ledger keeps the reason in one line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].max_length = 300
        self.fields["reason"].validators = [forms.CharField(max_length=300).validators[0]]
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])


class PublicReasonForm(LedgerReasonForm):
    """For steps whose reason is told to both sides."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _(
            "The institution and the company read it, and it stays in the record."
        )


class OpenLineForm(LedgerReasonForm):
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("Short, in Latin letters: demand-driven. Unique in its year."),
    )
    name_ko = forms.CharField(label=_("Name in Korean"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    amount = WonField(label=_("First appropriation"))


class AmountForm(LedgerReasonForm):
    amount = WonField(label=_("Amount"))


class MatchForm(forms.Form):
    """The product and the institution by the numbers that people quote."""

    product = forms.CharField(label=_("Number of the product"), max_length=20)
    institution = forms.CharField(
        label=_("Code of the institution"),
        max_length=9,
        help_text=_("The 7 digits of the demand institution."),
    )
    quantity = UnitsField(label=_("Quantity"))
    amount_won = WonField(label=_("Amount to reserve"), help_text=_("VAT included."))

    def clean_product(self) -> Product:
        product = Product.objects.filter(number__iexact=self.cleaned_data["product"].strip()).first()
        if product is None:
            raise ValidationError(_("No product has this number. Copy it from the catalogue."))
        return product

    def clean_institution(self) -> Organisation:
        found = verified_institution(self.cleaned_data["institution"])
        if found is None:
            raise ValidationError(_("No verified institution has this code."))
        return found


class CommitForm(forms.Form):
    amount_won = WonField(label=_("Amount to commit"), help_text=_("VAT included, within what is reserved."))


class ContractForm(forms.Form):
    supply_won = WonField(label=_("Supply price"), help_text=_("Without VAT."))
    vat_won = WonField(label=_("Value added tax"), min_value=0)
    quantity = UnitsField(label=_("Quantity"))
    signed_on = _day(label=_("Signed on"))
    due_on = _day(label=_("Delivery due on"))


class InspectionForm(forms.Form):
    delivered_on = _day(label=_("Delivered on"))
    inspected_on = _day(label=_("Inspected on"))
    accepted = UnitsField(label=_("Accepted units"), min_value=0)
    refused = UnitsField(label=_("Refused units"), min_value=0)
    reason = forms.CharField(
        label=_("Why a part was refused"),
        help_text=_("Only where something was refused. The company reads it."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(label=_("Verdict"), choices=Verdict.choices, widget=forms.RadioSelect)
    summary = forms.CharField(
        label=_("What the trial showed"),
        help_text=_("Published as it is, with the measures: what worked, what did not, and why."),
        max_length=3_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"].cards = True  # type: ignore[attr-defined]


class UseForm(forms.Form):
    use = forms.ChoiceField(
        label=_("Do you go on using the product?"), choices=UseAfter.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("How, or why not"),
        help_text=_("Published as it is, on the pages of the pilot purchase and of the product."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class PayForm(forms.Form):
    amount_won = WonField(label=_("Amount to pay"))
    reason = forms.CharField(label=_("Note"), max_length=300, required=False)


class MeasuresForm(forms.Form):
    """Some places for measures; a place left empty counts for nothing."""

    FEWEST, MOST = 3, 10

    def __init__(self, *args: Any, places: int = FEWEST, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = max(self.FEWEST, min(places, self.MOST))
        for place in range(1, self.places + 1):
            self._add(place)

    def _add(self, place: int) -> None:
        labels = {
            "name": _("What was measured"),
            "target": _("Target"),
            "method": _("How it was measured"),
            "found": _("What was found"),
        }
        for name, label in labels.items():
            self.fields[f"{name}_{place}"] = forms.CharField(
                label=label, max_length=MOST_TEXT[name], required=place == 1
            )
        reached = forms.TypedChoiceField(
            label=_("Was the target reached?"),
            choices=[("yes", _("reached")), ("no", _("not reached"))],
            coerce=lambda value: value == "yes",
            empty_value=None,
            widget=forms.RadioSelect,
            required=place == 1,
        )
        reached.inline = True  # type: ignore[attr-defined]
        self.fields[f"reached_{place}"] = reached

    def groups(self) -> list[dict[str, Any]]:
        """The fields of each place, for the template."""
        return [
            {"place": place, "fields": [self[f"{name}_{place}"] for name in (*TEXTS, "reached")]}
            for place in range(1, self.places + 1)
        ]

    def clean(self) -> dict[str, Any]:
        for place in self._begun():
            for name in (*TEXTS, "reached"):
                field = f"{name}_{place}"
                if field not in self.errors and self.cleaned_data.get(field) in ("", None):
                    self.add_error(field, _("Measure %(place)s: this is still missing.") % {"place": place})
        return self.cleaned_data

    def _begun(self) -> list[int]:
        given = self.cleaned_data
        return [
            place
            for place in range(1, self.places + 1)
            if any(given.get(f"{name}_{place}") not in ("", None) for name in (*TEXTS, "reached"))
        ]

    def measures(self) -> list[dict[str, Any]]:
        """The filled places in their order, as the service takes them."""
        return [
            {name: self.cleaned_data[f"{name}_{place}"] for name in (*TEXTS, "reached")}
            for place in self._begun()
        ]

    @staticmethod
    def initial_of(measures: Any) -> dict[str, Any]:
        """What was recorded, as the form's initial values."""
        initial: dict[str, Any] = {}
        for place, measure in enumerate(measures, start=1):
            initial.update({f"{name}_{place}": getattr(measure, name) for name in TEXTS})
            initial[f"reached_{place}"] = "yes" if measure.reached else "no"
        return initial

    @classmethod
    def typed(cls, data: Any, places: int) -> dict[str, Any]:
        """What was typed, kept for a page with one more place."""
        names = [f"{name}_{place}" for place in range(1, places + 1) for name in (*TEXTS, "reached")]
        return {name: data.get(name, "") for name in names}
