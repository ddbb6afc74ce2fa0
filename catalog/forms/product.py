"""What staff say of their correction of a listing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from innomarket.common.views import ReasonForm


class CorrectionForm(ReasonForm):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It stands in the public history of the listing."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
