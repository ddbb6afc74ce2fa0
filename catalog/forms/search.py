"""A search that a person keeps."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _


class ChangeSearchForm(forms.Form):
    """Whether to be told of what is new in a saved search; or to forget it."""

    tell = forms.BooleanField(label=_("Tell me about new products, once a day"), required=False)
    delete = forms.BooleanField(label=_("Delete this search"), required=False)


class SaveSearchForm(forms.Form):
    """A name for a search of the list."""

    name = forms.CharField(label=_("Name of the search"), max_length=80)
    tell = forms.BooleanField(label=_("Tell me about new products, once a day"), required=False)
    query = forms.CharField(widget=forms.HiddenInput, max_length=1000, required=False)

    @staticmethod
    def known(query: str, names: list[str]) -> QueryDict:
        """Of an address's parameters those that the list knows and that say something, in one order."""
        given, kept = QueryDict(query[:1000].replace("\0", "")), QueryDict(mutable=True)
        for name in sorted([*names, "sort"]):
            values = [value for value in dict.fromkeys(given.getlist(name)) if value]
            if values:
                kept.setlist(name, values)
        return kept
