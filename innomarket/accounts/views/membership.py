"""Members of an organisation: owners change and remove them; everybody may leave."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from innomarket.common.refusals import ask
from innomarket.common.views import ConfirmView, ServiceFormView

from .. import permissions
from ..forms import MemberForm
from ..models import Membership, Organisation
from ..services import membership as services


class OfOrganisation(LoginRequiredMixin, ServiceFormView):
    """A page below an organisation's page; what the person may not know of is not found."""

    organisation: Organisation

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.membership: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.organisation = get_object_or_404(
                Organisation.objects.visible_to(request.user), pk=kwargs["pk"]
            )
            if "membership" in kwargs:
                self.membership = self._membership(kwargs["membership"])
        return super().dispatch(request, *args, **kwargs)

    def _membership(self, pk: int) -> Membership:
        ask_members = permissions.may_read_members(self.request.user, self.organisation)
        rows = Membership.objects.active() if ask_members is None else Membership.objects.none()
        return get_object_or_404(
            rows.select_related("user", "organisation"), pk=pk, organisation=self.organisation
        )

    def get_success_url(self) -> str:
        return self.organisation.get_absolute_url()

    def back_url(self) -> str:
        return self.organisation.get_absolute_url()

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(self.organisation.name, self.organisation.get_absolute_url())]


class ChangeMemberView(OfOrganisation):
    form_class = MemberForm
    submit_label = gettext_lazy("Save")
    success_message = gettext_lazy("Saved.")

    def get_initial(self) -> dict[str, Any]:
        return {"role": self.membership.role, "may_submit": self.membership.may_submit}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ask(permissions.may_manage_members(request.user, self.organisation))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Who may not even see the form gets no answer to what they sent.
        ask(permissions.may_manage_members(request.user, self.organisation))
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Rights of %(person)s") % {"person": self.membership.user}, **kwargs
        )

    def perform(self, form: forms.BaseForm) -> Any:
        return services.change_member(membership=self.membership, by=self.request.user, **form.cleaned_data)


class RemoveMemberView(OfOrganisation, ConfirmView):
    """Removing somebody, or leaving: one page, one service."""

    form_class = forms.Form
    danger = True
    membership: Any

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ask(permissions.may_remove(request.user, self.membership))
        return super().get(request, *args, **kwargs)

    @property
    def leaving(self) -> bool:
        return self.membership.user_id == self.request.user.pk

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.leaving:
            title, label = _("Leave the organisation"), _("Leave")
        else:
            title, label = (
                _("Remove %(person)s") % {"person": self.membership.user},
                pgettext("a member", "Remove"),
            )
        return super().get_context_data(title=title, submit_label=label, **kwargs)

    def effects(self) -> list[Any]:
        if self.leaving:
            return [
                _("You no longer see the drafts and submissions of %(organisation)s")
                % {"organisation": self.organisation.name},
                _("Its owners are told"),
                _("Only an owner can invite you again"),
            ]
        return [
            _("%(person)s no longer sees the drafts and submissions") % {"person": self.membership.user},
            _("%(person)s is told") % {"person": self.membership.user},
            _("What the person did for the organisation stays in its records"),
        ]

    def perform(self, form: forms.BaseForm) -> Any:
        return services.remove_member(membership=self.membership, by=self.request.user)

    def get_success_message(self, form: forms.BaseForm) -> str:
        if self.leaving:
            return _("You have left %(organisation)s.") % {"organisation": self.organisation.name}
        return _("%(person)s was removed and has been told.") % {"person": self.membership.user}

    def get_success_url(self) -> str:
        if self.leaving and not self.organisation.is_verified:
            return reverse("accounts:organisation_list")
        return super().get_success_url()
