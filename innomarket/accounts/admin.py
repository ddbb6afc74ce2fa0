"""Staff consoles: the queue of organisations to verify, and – for superusers – people and their rights."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from innomarket.common import formats
from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.refusals import Refusal, allowed

from . import permissions, queue, reads
from .forms import GROUP_LABELS, OptionalReasonForm, RefuseForm, StaffGroupsForm
from .messages import named
from .models import InstitutionClass, Membership, Organisation, OrganisationKind, User
from .numbers import written_business_number
from .services import organisation as organisations
from .services import person as people

TONES = {"pending": "warning", "verified": "success", "refused": "danger"}

# Staff sign in on the one page that limits attempts and asks for the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Groups stand in shipped.py and are given by an action view. Addresses and second factors are their person's
# own business: allauth's own admin pages would let staff change them, and show what opens them.
for model in (Group, EmailAddress, Authenticator):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class _Decide(ActionView):
    permission_required = "accounts.verify_organisations"

    def available(self, obj: Any) -> Refusal | None:
        if obj.state == Organisation.State.PENDING:
            return None
        return Refusal("decided", _("This organisation has been decided on."))

    def facts(self, obj: Any) -> list[tuple[Any, Any]]:
        number = written_business_number(obj.business_number) or obj.institution_code or "–"
        return [(_("Kind"), named(obj.kind)), (_("Number"), number)]

    def told(self, obj: Any) -> str:
        n = reads.people_of(obj).count()
        return ngettext("%(n)s person is told", "%(n)s people are told", n) % {"n": n}


class Verify(_Decide):
    name = "verify"
    title = gettext_lazy("Verify the organisation")
    form_class = OptionalReasonForm
    done = gettext_lazy("The organisation is verified.")

    def effects(self, obj: Any) -> list[Any]:
        return [_("Its submissions count from now on"), _("It appears in the public list"), self.told(obj)]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return organisations.verify_organisation(
            organisation=obj, by=self.request.user, reason=form.cleaned_data["reason"]
        )


class Refuse(_Decide):
    name = "refuse"
    title = gettext_lazy("Refuse the organisation")
    form_class = RefuseForm
    danger = True
    done = gettext_lazy("The organisation was refused.")

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("Its submissions do not count"),
            _("An owner can correct the details and apply again"),
            self.told(obj),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return organisations.refuse_organisation(
            organisation=obj, by=self.request.user, reason=form.cleaned_data["reason"]
        )


class StateFilter(admin.SimpleListFilter):
    """The queue is what waits; the others are one click away."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        decided = [s for s in Organisation.State.choices if s[0] != Organisation.State.PENDING]
        return [*decided, ("all", _("all"))]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": Organisation.State.PENDING.label,
        }
        for value, label in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        if value == "all":
            return queryset
        return queryset.filter(state=value or Organisation.State.PENDING)


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind.code, named(kind)) for kind in OrganisationKind.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(kind__code=self.value()) if self.value() else queryset


@admin.register(Organisation)
class OrganisationAdmin(ServiceAdmin):
    """The verification queue: nearest closing first."""

    permission_required = "accounts.verify_organisations"
    action_views = [Verify, Refuse]
    list_display = ["name_ko", "kind_name", "number", "state", "needed_by", "applied"]
    list_display_links = ["name_ko"]
    list_filter = [StateFilter, KindFilter]
    search_fields = ["name_ko", "name_en", "business_number", "institution_code"]
    list_select_related = ["kind", "institution_class"]
    sortable_by = ()
    empty_text = gettext_lazy(
        "No organisation waits for verification. Those that were decided are under the filter “state”."
    )
    fields = [
        "name_ko",
        "name_en",
        "kind_name",
        "number",
        "class_name",
        "size_class",
        "is_women_owned",
        "is_youth_led",
        "region",
        "applied",
        "decided",
        "refused_reason",
        "owners",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return queue.nearest_first(super().get_queryset(request))

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return []  # the queue's own order stands

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.fields)

    @admin.display(description=gettext_lazy("kind"))
    def kind_name(self, obj: Organisation) -> str:
        return str(named(obj.kind))

    @admin.display(description=gettext_lazy("number"))
    def number(self, obj: Organisation) -> str:
        return written_business_number(obj.business_number) or obj.institution_code or "–"

    @admin.display(description=gettext_lazy("class of institution"))
    def class_name(self, obj: Organisation) -> str:
        return str(named(obj.institution_class)) if obj.institution_class else "–"

    @admin.display(description=gettext_lazy("closing it is needed for"))
    def needed_by(self, obj: Any) -> str:
        return _kst(obj.needed_by)

    @admin.display(description=gettext_lazy("applied at"))
    def applied(self, obj: Organisation) -> str:
        return _kst(obj.applied_at)

    @admin.display(description=gettext_lazy("decided at"))
    def decided(self, obj: Organisation) -> str:
        return _kst(obj.decided_at)

    @admin.display(description=gettext_lazy("owners"))
    def owners(self, obj: Organisation) -> str:
        return "\n".join(f"{person.name} <{person.email}>" for person in reads.owners_of(obj))

    def console_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        pending = obj.state == Organisation.State.PENDING
        return {
            "state": obj.get_state_display(),
            "tone": TONES[obj.state],
            "waiting": _("you: verify or refuse it") if pending else "",
            "waiting_until": _kst(obj.needed_by) if pending and obj.needed_by else "",
        }


class GiveGroups(ActionView):
    name = "groups"
    title = gettext_lazy("Change the groups of staff")
    form_class = StaffGroupsForm
    done = gettext_lazy("The groups are changed.")

    def has_permission(self, request: HttpRequest) -> bool:
        return allowed(permissions.may_keep_people(request.user))

    def available(self, obj: Any) -> Refusal | None:
        return _not_oneself(self.request, obj)

    def get_initial(self) -> dict[str, Any]:
        return {"groups": list(self.object.groups.values_list("name", flat=True))}

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The person works at exactly the desks that you choose"),
            _("Without any group the person is no longer agency staff"),
            _("Staff pages ask the person for a second factor"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return people.give_staff_groups(
            user=obj,
            by=self.request.user,
            groups=form.cleaned_data["groups"],
            reason=form.cleaned_data["reason"],
        )


class CloseAccount(ActionView):
    name = "close"
    title = gettext_lazy("Close the account")
    danger = True
    done = gettext_lazy("The account is closed.")

    def has_permission(self, request: HttpRequest) -> bool:
        return allowed(permissions.may_keep_people(request.user))

    def available(self, obj: Any) -> Refusal | None:
        if not obj.is_active:
            return Refusal("closed", _("The account is closed."))
        return _not_oneself(self.request, obj)

    def effects(self, obj: Any) -> list[Any]:
        return [_("The person can no longer sign in"), _("What the person did stays in the records")]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return people.close_account(person=obj, by=self.request.user, reason=form.cleaned_data["reason"])


class ReopenAccount(ActionView):
    name = "reopen"
    title = gettext_lazy("Open the account again")
    done = gettext_lazy("The person can sign in again.")

    def has_permission(self, request: HttpRequest) -> bool:
        return allowed(permissions.may_keep_people(request.user))

    def available(self, obj: Any) -> Refusal | None:
        if obj.erased_at is not None:
            return Refusal("erased", _("This person has been erased. There is nothing to open or close."))
        return Refusal("open", _("The account is open.")) if obj.is_active else None

    def effects(self, obj: Any) -> list[Any]:
        return [_("The person can sign in again, with the rights from before")]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return people.reopen_account(person=obj, by=self.request.user, reason=form.cleaned_data["reason"])


def _not_oneself(request: HttpRequest, obj: Any) -> Refusal | None:
    if obj.pk == request.user.pk:
        return Refusal("not_oneself", _("Another superuser must change your own rights."), status=403)
    return None


@admin.register(User)
class PersonAdmin(ServiceAdmin):
    """Seen by superusers only. Address and password are changed by their person alone, nowhere here."""

    action_views = [GiveGroups, CloseAccount, ReopenAccount]
    list_display = ["email", "name", "is_staff", "group_names", "is_active", "organisation_count"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    fields = [
        "email",
        "name",
        "language",
        "is_active",
        "is_staff",
        "is_superuser",
        "group_names",
        "joined",
        "acts_for",
    ]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allowed(permissions.may_keep_people(request.user))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return allowed(permissions.may_keep_people(request.user))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        active = Q(memberships__left_at=None, memberships__isnull=False)
        return (
            super()
            .get_queryset(request)
            .prefetch_related("groups")
            .annotate(organisations=Count("memberships", filter=active, distinct=True))
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.fields)

    @admin.display(description=gettext_lazy("groups of staff"))
    def group_names(self, obj: User) -> str:
        return ", ".join(str(GROUP_LABELS.get(group.name, group.name)) for group in obj.groups.all()) or "–"

    @admin.display(description=gettext_lazy("organisations"))
    def organisation_count(self, obj: Any) -> int:
        return obj.organisations

    @admin.display(description=gettext_lazy("joined"))
    def joined(self, obj: User) -> str:
        return _kst(obj.date_joined)

    @admin.display(description=gettext_lazy("acts for"))
    def acts_for(self, obj: User) -> str:
        rows = Membership.objects.active().filter(user=obj).select_related("organisation")
        return "\n".join(f"{row.organisation} – {row.get_role_display()}" for row in rows) or "–"


class _ListAdmin(ServiceAdmin):
    """Shipped lists, to be read; a new row comes with load_rules."""

    list_display = ["code", "name_ko", "name_en"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allowed(permissions.may_verify(request.user))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return allowed(permissions.may_verify(request.user))


@admin.register(OrganisationKind)
class OrganisationKindAdmin(_ListAdmin):
    list_display = ["code", "name_ko", "name_en", "has_institution_code", "has_business_number", "may_apply"]


@admin.register(InstitutionClass)
class InstitutionClassAdmin(_ListAdmin):
    pass


def _kst(instant: Any) -> str:
    return formats.kst(instant, get_language() or "ko") if instant else "–"
