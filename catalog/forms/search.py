"""A search that a person keeps."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ..filters import SORTS, ProductFilter


class ChangeSearchForm(forms.Form):
    """Whether to be told of what is new in a saved search; or to forget it."""

    tell = forms.BooleanField(label=_("Tell me about new products, once a day"), required=False)
    delete = forms.BooleanField(label=_("Delete this search"), required=False)


class SaveSearchForm(forms.Form):
    """A name for a search of the list."""

    name = forms.CharField(label=_("Name of the search"), max_length=80)
    tell = forms.BooleanField(label=_("Tell me about new products, once a day"), required=False)
    query = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_query(self) -> str:
        """As it is kept. A filter that the list would leave out is no search to be told of."""
        query = self.known(self.cleaned_data["query"])
        wrong = ProductFilter(query).form.errors
        if wrong:
            labels = ", ".join(str(ProductFilter.base_filters[name].label) for name in wrong)
            raise forms.ValidationError(
                _("This search cannot be saved: correct or take away %(filters)s."),
                code="invalid",
                params={"filters": labels},
            )
        return query.urlencode()

    @staticmethod
    def known(query: str) -> QueryDict:
        """Of an address's parameters those that the list knows and that say something, in one order."""
        given, kept = QueryDict(query.replace("\0", "")), QueryDict(mutable=True)
        orders = [value for value in given.getlist("sort")[-1:] if value in SORTS]
        exactly: list[Any] = ["typed"] if given.get("as") == "typed" and given.get("q") else []
        rest = {name: given.getlist(name) for name in ProductFilter.base_filters}
        for name, values in sorted((rest | {"sort": orders, "as": exactly}).items()):
            told = [value for value in dict.fromkeys(values) if value]
            if told:
                kept.setlist(name, told)
        return kept
