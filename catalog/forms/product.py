"""What staff enter about a listing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innomarket.common.fields import WonField
from innomarket.common.views import ReasonForm

from ..models import Product


class ProductForm(forms.ModelForm):
    """The listing's own fields and a reason; the designation's number, dates and company are not here."""

    price_won = WonField(label=_("Price of one unit"), help_text=_("Whole won."), required=False)
    reason = ReasonForm.base_fields["reason"]

    class Meta:
        model = Product
        fields = [
            "name_ko",
            "name_en",
            "summary",
            "description",
            "category",
            "price_won",
            "unit",
            "delivery_days",
            "trl",
        ]
        widgets = {"description": forms.Textarea(attrs={"rows": 8})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category: Any = self.fields["category"]
        category.label_from_instance = lambda row: f"{row.name_ko} / {row.name_en}"

    def clean(self) -> dict[str, Any]:
        """The service writes the content under its lock; here the instance only lends its values."""
        category = self.cleaned_data.get("category")
        return self.cleaned_data | {"category": category.code if category else ""}

    def _post_clean(self) -> None:
        """Nothing is written to the instance: the service asks the model's rules itself."""
