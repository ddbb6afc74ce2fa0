"""Organisations: those that are registered, applying for one, and its page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from innomarket.common import clock
from innomarket.common.lists import KeysetListView
from innomarket.common.refusals import allowed
from innomarket.common.views import PrivateMixin, ServiceFormView

from .. import permissions, queue, reads
from ..forms import OrganisationForm
from ..messages import named
from ..models import Invitation, Membership, Organisation, OrganisationKind
from ..numbers import written_business_number
from ..services import organisation as services

TONES = {"pending": "warning", "verified": "success", "refused": "danger"}


class OrganisationList(KeysetListView):
    """One's own organisations, then all that are verified."""

    template_name = "accounts/organisation_list.html"
    order = ("name_ko", "pk")

    def get_queryset(self) -> QuerySet:
        found = Organisation.objects.filter(state=Organisation.State.VERIFIED).select_related(
            "kind", "institution_class"
        )
        # PostgreSQL holds no NUL character; nothing that people search for has one.
        q = self.request.GET.get("q", "").replace("\x00", "").strip()
        if q:
            found = found.filter(name_ko__icontains=q) | found.filter(name_en__icontains=q)
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = (
            reads.memberships_of(self.request.user)
            .select_related("organisation__kind")
            .order_by("organisation__name_ko", "pk")
        )
        return super().get_context_data(mine=[_row(membership) for membership in mine], **kwargs)

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response = super().render_to_response(context, **kwargs)
        if self.request.user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        return response


def _row(membership: Membership) -> dict[str, Any]:
    organisation = membership.organisation
    rights = [membership.get_role_display(), _("may submit") if membership.may_submit else ""]
    return {
        "title": organisation.name,
        "url": organisation.get_absolute_url(),
        "state": organisation.get_state_display(),
        "tone": TONES[organisation.state],
        "text": " · ".join(filter(None, rights)),
    }


class ApplyView(LoginRequiredMixin, PrivateMixin, TemplateView):
    """The first question: what kind of organisation."""

    template_name = "accounts/organisation_kinds.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kinds=OrganisationKind.objects.filter(may_apply=True), **kwargs)


class ApplyAsView(LoginRequiredMixin, ServiceFormView):
    """The application for one kind."""

    template_name = "accounts/organisation_form.html"
    form_class = OrganisationForm
    submit_label = gettext_lazy("Apply")
    success_message = gettext_lazy("Your application has arrived. Agency staff verify it.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.kind = get_object_or_404(OrganisationKind, code=kwargs["kind"], may_apply=True)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kind": self.kind}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kind=self.kind, title=_("Register an organisation"), **kwargs)

    def perform(self, form: forms.BaseForm) -> Any:
        return services.apply_for_organisation(by=self.request.user, kind=self.kind, **form.cleaned_data)

    def get_success_url(self) -> str:
        return self.result.get_absolute_url()

    def back_url(self) -> str:
        return reverse("accounts:apply")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Organisations"), reverse("accounts:organisation_list"))]


class ApplyAgainView(ApplyAsView):
    """A refused organisation's owner corrects the details; the kind stays."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.organisation = get_object_or_404(Organisation.objects.visible_to(request.user), pk=kwargs["pk"])
        if not allowed(permissions.may_change_organisation(request.user, self.organisation)):
            # Anonymous visitors never get here: what is not verified is not visible to them.
            return self.handle_no_permission()
        self.kind = self.organisation.kind
        return super(ApplyAsView, self).dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        initial = {name: getattr(self.organisation, name) for name in services.DETAILS if name != "kind"}
        cls = self.organisation.institution_class
        return {**initial, "institution_class": cls.code if cls else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(organisation=self.organisation, **kwargs)

    def perform(self, form: forms.BaseForm) -> Any:
        return services.apply_again(organisation=self.organisation, by=self.request.user, **form.cleaned_data)

    def back_url(self) -> str:
        return self.organisation.get_absolute_url()


class OrganisationView(PrivateMixin, TemplateView):
    """One organisation: its state, what it waits for, and – for its people – who acts for it."""

    template_name = "accounts/organisation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        organisation = get_object_or_404(
            queue.nearest_first(
                Organisation.objects.visible_to(user).select_related("kind", "institution_class")
            ),
            pk=kwargs["pk"],
        )
        insider = allowed(permissions.may_read_members(user, organisation))
        members = list(_members(organisation)) if insider else []
        own = next((m for m in members if m.user_id == user.pk), None)
        manages = own is not None and own.role == Membership.Role.OWNER
        return super().get_context_data(
            organisation=organisation,
            tone=TONES[organisation.state],
            insider=insider,
            members=members,
            own=own,
            manages=manages,
            invitations=_invitations(organisation) if manages else [],
            details=_details(organisation, insider),
            waiting=_waiting(organisation, manages),
            kind_name=_named(organisation.kind),
            may_verify=allowed(permissions.may_verify(user)),
            **kwargs,
        )


def _members(organisation: Organisation) -> QuerySet[Membership]:
    return (
        Membership.objects.active()
        .filter(organisation=organisation)
        .select_related("user")
        .order_by("joined_at", "pk")
    )


def _invitations(organisation: Organisation) -> list[Invitation]:
    """Those that nobody has accepted, each with whether it still can be."""
    at = clock.now()
    found = list(Invitation.objects.standing().filter(organisation=organisation).order_by("-pk"))
    for invitation in found:
        invitation.expired = invitation.is_expired_at(at)  # type: ignore[attr-defined]
    return found


def _details(organisation: Organisation, insider: bool) -> list[tuple[str, Any]]:
    """What is shown of it; numbers and size are for its people and for staff who verify."""
    kind, cls = organisation.kind, organisation.institution_class
    rows: list[tuple[str, Any]] = [(_("Kind"), _named(kind))]
    if cls:
        rows.append((_("Class of institution"), _named(cls)))
    if organisation.institution_code:
        rows.append((_("Demand-institution code"), organisation.institution_code))
    if organisation.region:
        rows.append((_("Region"), organisation.region_name))
    if insider and organisation.business_number:
        rows.append(
            (_("Business registration number"), written_business_number(organisation.business_number))
        )
    if insider and organisation.size_class:
        rows.append((_("Size of the enterprise"), organisation.get_size_class_display()))
    if insider and kind.has_business_number:
        marks = [
            (_("Women-owned enterprise"), organisation.is_women_owned),
            (_("Youth-led enterprise"), organisation.is_youth_led),
        ]
        rows += [(label, _("yes") if said else _("no")) for label, said in marks]
    return rows


def _waiting(organisation: Organisation, manages: bool) -> str:
    if organisation.state == Organisation.State.PENDING:
        return _("agency staff, who verify it")
    if organisation.state == Organisation.State.REFUSED:
        return (
            _("you: correct the details and apply again")
            if manages
            else _("an owner, who corrects the details")
        )
    return ""


def _named(row: Any) -> str:
    return str(named(row))
