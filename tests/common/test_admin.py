"""The staff console's ground: read-only objects, steps through a service, refusals on the form."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from django.urls import reverse

from innomarket.accounts.models import User
from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.refusals import Refusal, Refused

pytestmark = pytest.mark.django_db


class RenameView(ActionView):
    name = "rename"
    title = "Rename"
    permission_required = "accounts.run_rounds"

    def effects(self, obj):
        return [f"{obj.email} is told"]

    def perform(self, obj, form):
        if form.cleaned_data["reason"] == "no":
            raise Refused("no", "Not today.")
        type(obj).objects.filter(pk=obj.pk).update(name=form.cleaned_data["reason"])
        return obj


class LaterView(ActionView):
    name = "later"
    title = "Later"

    def available(self, obj):
        return Refusal("later", "24 sheets are missing.")


class InviteView(ActionView):
    name = "invite"
    title = "Invite"
    object_less = True

    def perform(self, obj, form):
        return User.objects.create(email=form.cleaned_data["reason"], name="Invited")


class PeopleAdmin(ServiceAdmin):
    permission_required = "accounts.run_rounds"
    action_views = [RenameView, LaterView, InviteView]
    page = "/people/"

    def page_of(self, obj):
        return f"{self.page}{obj.pk}/" if obj is not None else self.page


@pytest.fixture
def staff():
    user = User.objects.create(email="staff@admin.example", name="Staff", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="run_rounds"))
    return user


@pytest.fixture
def people(monkeypatch):
    # The routes of a test's own admin exist nowhere; its addresses are made by hand.
    monkeypatch.setattr(ActionView, "address", lambda self: f"/step/{self.name}/")
    return PeopleAdmin(User, admin.AdminSite(name="admin"))


def request_of(user, method="get", **data):
    request = getattr(RequestFactory(), method)("/", data)
    request.user = user
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


def run(view, people, user, method="post", pk=None, **data):
    kwargs = {} if view.object_less else {"pk": str(pk or user.pk)}
    response = view.as_view(model_admin=people)(request_of(user, method, **data), **kwargs)
    return response


def test_nothing_is_added_changed_or_deleted_directly(people, staff):
    request = request_of(staff)
    assert people.has_view_permission(request)
    assert not people.has_add_permission(request)
    assert not people.has_change_permission(request)
    assert not people.has_delete_permission(request)
    assert people.get_actions(request) == {}


def test_staff_without_the_permission_see_nothing(people):
    other = User.objects.create(email="other@admin.example", name="Other", is_staff=True)
    assert not people.has_view_permission(request_of(other))
    assert not people.has_module_permission(request_of(other))
    assert people.actions_for(request_of(other), other) == ([], [])


def test_a_step_is_for_active_staff_with_its_permission(people, staff):
    User.objects.filter(pk=staff.pk).update(is_staff=False)
    with pytest.raises(PermissionDenied):
        run(RenameView, people, User.objects.get(pk=staff.pk), reason="x")


def test_a_step_does_its_service_and_leads_back(people, staff):
    response = run(RenameView, people, staff, reason="Neu")
    assert (response.status_code, response.url) == (302, f"/people/{staff.pk}/")
    assert User.objects.get(pk=staff.pk).name == "Neu"


def test_a_look_at_a_step_changes_nothing(people, staff):
    response = run(RenameView, people, staff, "get")
    assert response.status_code == 200
    assert response.context_data["effects"] == ["staff@admin.example is told"]
    assert User.objects.get(pk=staff.pk).name == "Staff"


def test_a_refused_step_says_why_on_its_form(people, staff):
    response = run(RenameView, people, staff, reason="no")
    assert response.status_code == 409
    assert response.context_data["form"].non_field_errors() == ["Not today."]


def test_a_step_without_a_reason_is_422(people, staff):
    assert run(RenameView, people, staff, reason="").status_code == 422


@pytest.mark.parametrize("pk", ["0", "abc", "99999999999999999999"])
def test_an_object_that_is_not_there_is_404(people, staff, pk):
    with pytest.raises(Http404):
        run(RenameView, people, staff, pk=pk, reason="x")


def test_an_object_that_is_not_visible_is_404(people, staff, monkeypatch):
    monkeypatch.setattr(PeopleAdmin, "get_queryset", lambda self, request: User.objects.none())
    with pytest.raises(Http404):
        run(RenameView, people, staff, reason="x")


def test_an_object_less_step_leads_to_what_it_made(people, staff):
    response = run(InviteView, people, staff, reason="new@admin.example")
    assert response.url == f"/people/{User.objects.get(email='new@admin.example').pk}/"


def test_the_object_page_lists_what_can_be_done_and_what_not_yet(people, staff):
    permits, locked = people.actions_for(request_of(staff), staff)
    assert [permit["title"] for permit in permits] == ["Rename"]
    assert locked == [{"text": "Later", "note": "24 sheets are missing."}]
    permits, _locked = people.actions_for(request_of(staff), None)
    assert [permit["title"] for permit in permits] == ["Invite"]


def test_the_queryset_is_what_the_person_may_see(staff, people, monkeypatch):
    class Seen(type(User.objects.all())):
        def visible_to(self, user):
            return self.filter(pk=user.pk)

    User.objects.create(email="x@admin.example", name="X")
    monkeypatch.setattr(admin.ModelAdmin, "get_queryset", lambda self, request: Seen(User))
    assert [row.pk for row in people.get_queryset(request_of(staff))] == [staff.pk]


def test_routes_of_steps_come_before_the_admins_own(people):
    names = [pattern.name for pattern in people.get_urls()]
    assert names[:3] == ["accounts_user_rename", "accounts_user_later", "accounts_user_invite"]


def test_the_staff_console_has_our_look_and_no_inline_script(client, staff):
    superuser = User.objects.create_superuser("root@admin.example", "x", name="Root")
    client.force_login(superuser)
    response = client.get(reverse("admin:index"), follow=True)
    assert "<style" not in response.text and " style=" not in response.text
    assert not [part for part in response.text.split("<script")[1:] if "src=" not in part.split(">")[0]]
