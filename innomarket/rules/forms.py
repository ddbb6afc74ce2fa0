"""The form of a new rule, made from the rule's own fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innomarket.common.dated import DatedRule
from innomarket.common.views import REASON_MAX

from .services import first_day, value_fields


class RuleForm(forms.ModelForm):
    """Begins with the values of the rule in force, so that what is not changed stays as it is."""

    begins = forms.DateField(
        label=_("In force from"),
        help_text=_("From 00:00 in Seoul on this day, tomorrow at the earliest."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_(
            "It is kept for good in the record of this step and read by auditors: write no names and no contact data."
        ),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["begins"].widget.attrs["min"] = first_day().isoformat()
        self.fields["source"].help_text = _("The decision, notice or law that this rule follows.")
        self.order_fields(["begins", *value_fields(self._meta.model), "source", "reason"])


def form_for(model: type[DatedRule]) -> type[RuleForm]:
    """The form of one kind of rule: all of its values and the source."""
    return forms.modelform_factory(model, form=RuleForm, fields=[*value_fields(model), "source"])
