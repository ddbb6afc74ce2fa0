"""A file with many listings, and the reason that staff give for it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from innomarket.common.views import ReasonForm

from ..bulk_tables import TABLES


class BulkForm(forms.Form):
    table = forms.ChoiceField(
        label=_("What the file holds"),
        choices=[(table.code, table.title) for table in TABLES.values()],
        widget=forms.RadioSelect,
        initial="products",
    )
    file = forms.FileField(label=_("File"), allow_empty_file=True)


class ApplyForm(forms.Form):
    """A supplier's changes are compared by staff: no reason is asked."""


class StaffApplyForm(ReasonForm):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It stands in the public history of each listing."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
