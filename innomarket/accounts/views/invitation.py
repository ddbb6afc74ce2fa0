"""Inviting an address, withdrawing an invitation, and the page on which its person accepts."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common.clock import now
from innomarket.common.refusals import Refused, ask
from innomarket.common.views import ConfirmView, refusal_page

from .. import permissions
from ..forms import InviteForm
from ..messages import named
from ..models import Invitation
from ..services import invitation as services
from .membership import OfOrganisation


class _OfOwner(OfOrganisation):
    """Owners only: who may not see the page gets no answer to what they sent."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ask(permissions.may_manage_members(request.user, self.organisation))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ask(permissions.may_manage_members(request.user, self.organisation))
        return super().post(request, *args, **kwargs)


class InviteView(_OfOwner):
    """By address; the answer is the same for every address. How many are sent is limited (settings)."""

    form_class = InviteForm
    title = gettext_lazy("Invite somebody")
    lead = gettext_lazy("The person accepts on a page whose address is mailed, within 14 days.")
    submit_label = gettext_lazy("Send the invitation")

    def perform(self, form: forms.BaseForm) -> Any:
        if not ratelimit.consume(self.request, action="invite"):
            raise Refused(
                "too_many", _("You have sent too many invitations. Try again in an hour."), status=429
            )
        return services.invite(organisation=self.organisation, by=self.request.user, **form.cleaned_data)

    def get_success_message(self, form: forms.BaseForm) -> str:
        return _("The invitation is on its way to %(address)s.") % {"address": self.result.email}


class WithdrawInvitationView(_OfOwner, ConfirmView):
    form_class = forms.Form
    danger = True
    submit_label = gettext_lazy("Withdraw the invitation")
    success_message = gettext_lazy("The invitation was withdrawn.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.invitation_pk = kwargs["invitation"]
        return super().dispatch(request, *args, **kwargs)

    @property
    def invitation(self) -> Invitation:
        return get_object_or_404(Invitation, pk=self.invitation_pk, organisation=self.organisation)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Invitation of %(address)s") % {"address": self.invitation.email}, **kwargs
        )

    def effects(self) -> list[Any]:
        return [
            _("The link in the mail no longer works"),
            _("Nobody is told; you can invite the address again"),
        ]

    def perform(self, form: forms.BaseForm) -> Any:
        return services.withdraw_invitation(invitation=self.invitation, by=self.request.user)


class AcceptInvitationView(ConfirmView):
    """Open to whoever has the address; accepted by the person with the invited e-mail address."""

    template_name = "accounts/invitation.html"
    form_class = forms.Form
    submit_label = gettext_lazy("Accept the invitation")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.invitation = services.by_token(kwargs["token"])
        refusal = services.not_acceptable(self.invitation, now())
        if refusal is not None:
            response = refusal_page(request, refusal)
            response["Cache-Control"] = "private, no-store"
            return response
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        refusal = permissions.may_accept(user, self.invitation) if user.is_authenticated else None
        return super().get_context_data(
            title=_("Invitation to %(organisation)s") % {"organisation": named(self.invitation.organisation)},
            facts=[
                (_("Role"), self.invitation.get_role_display()),
                (_("May submit"), _("yes") if self.invitation.may_submit else _("no")),
                (_("Invited by"), self.invitation.invited_by.name),
            ],
            invitation=self.invitation,
            refusal=refusal,
            **kwargs,
        )

    def effects(self) -> list[Any]:
        names = {"organisation": named(self.invitation.organisation)}
        return [
            _("You see the drafts and submissions of %(organisation)s") % names,
            _("Its owners see your name and your e-mail address, and are told"),
            _("You can leave it at any time"),
        ]

    def perform(self, form: forms.BaseForm) -> Any:
        return services.accept_invitation(token=self.kwargs["token"], by=self.request.user)

    def get_success_message(self, form: forms.BaseForm) -> str:
        return _("You now act for %(organisation)s.") % {"organisation": named(self.invitation.organisation)}

    def get_success_url(self) -> str:
        return self.invitation.organisation.get_absolute_url()
