"""The steps of a proposal. In a draft every field may stay empty; the checklist says what is missing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.forms import DraftForm
from innomarket.common.fields import WonField

from .models import Proposal

TEXT_MAX = 3_000


def _text(label: Any, help_text: Any, rows: int = 8) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class ProductForm(DraftForm):
    class Meta:
        model = Proposal
        fields = ["product_name_ko", "product_name_en", "summary", "trl", "patent_number"]
        labels = {
            "product_name_ko": _("Product name in Korean"),
            "product_name_en": _("Product name in English"),
            "summary": _("The product in one sentence"),
            "trl": _("Technology readiness level"),
            "patent_number": _("Patent or utility model"),
        }
        help_texts = {
            "product_name_ko": _(
                "As it will stand in the designation and in the catalogue, up to 120 characters."
            ),
            "product_name_en": _("Up to 160 characters."),
            "summary": _("What it does and for whom, up to 300 characters. It stands in the catalogue."),
            "trl": _(
                "A number from 1 to 9. A prototype must have reached 7, 8 or 9: shown in its real surroundings"
                " and not yet on the market."
            ),
            "patent_number": _(
                "The number of the registered right, or of the application, that covers the core technology."
                " Your company owns it, or will before the designation."
            ),
        }


class SolutionForm(DraftForm):
    solution = _text(
        _("How it solves the problem"),
        _("Answer the task point by point: what changes for those who suffer from the problem."),
    )
    novelty = _text(
        _("What is new"),
        _("What differs from what can be bought today, and which part of it is your own."),
    )
    performance = _text(
        _("Performance and evidence"),
        _("Each needed figure beside the one that you reach, and who measured it, when and how."),
    )

    class Meta:
        model = Proposal
        fields = ["solution", "novelty", "performance"]


class OfferForm(DraftForm):
    unit_price_won = WonField(
        label=_("Price of one unit"),
        help_text=_("VAT, delivery and training included, in whole won, for example 48,000,000."),
        required=False,
    )

    class Meta:
        model = Proposal
        fields = ["trial_months", "unit_price_won", "unit", "delivery_days"]
        labels = {
            "trial_months": _("Length of the trial"),
            "unit": _("Unit"),
            "delivery_days": _("Delivery time"),
        }
        help_texts = {
            "trial_months": _("From 1 to 12 months: what is needed to show the performance on site."),
            "unit": _("What one price buys: one device, one set, one licence for a year."),
            "delivery_days": _("Days from the contract to the delivery on site."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["trial_months"].unit = _("months")
        self.fields["delivery_days"].unit = _("days")
        self.fields["unit"].size = "short"
