"""The searches that somebody keeps: look again, be told, delete."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView

from innomarket.common.views import PrivateMixin, ServiceFormView

from ..forms.search import ChangeSearchForm, SaveSearchForm
from ..models import SavedSearch
from ..services import saved as services


class SavedSearches(LoginRequiredMixin, PrivateMixin, ListView):
    """One's own, the newest first."""

    template_name = "catalog/saved.html"
    context_object_name = "searches"

    def get_queryset(self) -> QuerySet[SavedSearch]:
        return SavedSearch.objects.visible_to(self.request.user)


class _SavedForm(LoginRequiredMixin, ServiceFormView):
    def get_success_url(self) -> str:
        return reverse("catalog:saved_searches")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [
            (_("Innovation products"), reverse("catalog:list")),
            (_("Saved searches"), self.get_success_url()),
        ]


class SaveSearch(_SavedForm):
    """From the list: ``?query=`` is what stands in its address."""

    form_class = SaveSearchForm
    title = gettext_lazy("Save this search")
    lead = gettext_lazy(
        "You find it again in your saved searches, and may be told of new products once a day."
    )
    success_message = gettext_lazy("The search is saved.")

    def get_initial(self) -> dict[str, Any]:
        query = SaveSearchForm.known(self.request.GET.get("query", ""))
        return {"query": query.urlencode(), "name": query.get("q", "")[:80], "tell": True}

    def perform(self, form: Any) -> SavedSearch:
        given = form.cleaned_data
        return services.save_search(
            by=self.request.user, name=given["name"], query=given["query"], tell_me=given["tell"]
        )


class ChangeSearch(_SavedForm):
    """Whether to be told, or to delete it."""

    form_class = ChangeSearchForm
    success_message = gettext_lazy("Saved.")

    @property
    def search(self) -> SavedSearch:
        return get_object_or_404(SavedSearch.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        return {"tell": self.search.tell}

    def perform(self, form: Any) -> None:
        search = self.search
        if form.cleaned_data["delete"]:
            services.delete_search(search=search, by=self.request.user)
        else:
            services.tell_search(search=search, by=self.request.user, tell_me=form.cleaned_data["tell"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=self.search.name, **kwargs)
