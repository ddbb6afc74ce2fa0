"""How one wants to be told: at once, once a day, or in the inbox only."""

from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common.views import ServiceFormView

from .. import preferences
from ..forms import WaysForm


class Preferences(LoginRequiredMixin, ServiceFormView):
    form_class = WaysForm
    title = gettext_lazy("How we tell you")
    lead = gettext_lazy(
        "Everything stands in your inbox. Receipts, results and moved deadlines are always mailed at once."
    )
    success_message = gettext_lazy("Saved.")

    def get_initial(self) -> dict[str, Any]:
        return dict(preferences.chosen_by(self.request.user))

    def perform(self, form: forms.BaseForm) -> Any:
        return preferences.choose_ways(person=self.request.user, by=self.request.user, ways=form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("notifications:inbox")

    def back_url(self) -> str:
        return reverse("notifications:inbox")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("My workspace"), "/workspace/"), (_("Inbox"), reverse("notifications:inbox"))]
