"""The admin changes nothing by itself: every model in it is read-only, and rights come from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from innomarket.accounts.models import User
from innomarket.audit.models import Entry
from innomarket.common.admin import ActionView, ServiceAdmin

from .world import DESKS, STAFF


@pytest.fixture(autouse=True)
def _undone(world):
    with translation.override("ko"), transaction.atomic():
        yield
        transaction.set_rollback(True)


def rights(user: User) -> dict[str, Any]:
    user = User.objects.get(pk=user.pk)
    return {
        "staff": user.is_staff,
        "superuser": user.is_superuser,
        "email": user.email,
        "password": user.password,
        "groups": set(user.groups.all()),
        "permissions": set(user.user_permissions.all()),
    }


def test_every_model_in_the_admin_is_read_only_and_changed_by_steps_alone():
    for model, shown in admin.site._registry.items():
        assert isinstance(shown, ServiceAdmin), model
        assert not shown.inlines, model
        assert not shown.actions, model
        assert not shown.list_editable, model
        for step in shown.action_views:
            assert issubclass(step, ActionView), step


@pytest.mark.parametrize("model", [Group, Permission, EmailAddress, Authenticator])
def test_what_opens_an_account_is_not_in_the_admin(model):
    assert not admin.site.is_registered(model)
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@pytest.mark.parametrize("actor", DESKS)
def test_staff_raise_neither_themselves_nor_others(world, actor):
    client, own, other = world.clients[actor], world.people[actor], world.people["no_factor"]
    before = [rights(user) for user in (own, other)]
    form = {
        "is_superuser": "on",
        "is_staff": "on",
        "email": "taken@example.com",
        "password": "x",
        "groups": [group.pk for group in Group.objects.all()],
        "reason": "weil",
    }
    for user in (own, other):
        for step in ("change", "groups", "close", "reopen", "delete"):
            url = reverse(f"admin:accounts_user_{step}", args=[user.pk])
            assert client.post(url, form).status_code == 403, (step, user)
        assert client.post(f"/admin/accounts/user/{user.pk}/password/", form).status_code in (302, 404)
    assert client.post(reverse("admin:accounts_user_add"), form).status_code == 403
    assert [rights(user) for user in (own, other)] == before


def test_superuser_changes_no_address_and_no_password_and_not_their_own_rights(world):
    client, own = world.clients["superuser"], world.people["superuser"]
    other = world.people["rounds"]
    before = [rights(user) for user in (own, other)]
    form = {
        "is_superuser": "on",
        "email": "taken@example.com",
        "password": "x",
        "groups": ["Audit"],
        "reason": "x",
    }
    assert client.post(reverse("admin:accounts_user_change", args=[other.pk]), form).status_code == 403
    for step in ("groups", "close"):
        answer = client.post(reverse(f"admin:accounts_user_{step}", args=[own.pk]), form)
        assert answer.status_code in (403, 409), step
    page = client.get(reverse("admin:accounts_user_change", args=[other.pk])).content.decode()
    assert 'name="password"' not in page
    assert 'name="email"' not in page
    assert [rights(user) for user in (own, other)] == before


def test_groups_give_our_desks_and_nothing_else(world):
    allowed = set(DESKS.values())
    given = set(Group.objects.values_list("permissions__codename", flat=True))
    assert given == allowed


def test_bulk_action_that_is_not_offered_does_nothing(world):
    before = (User.objects.count(), Entry.objects.count())
    for model in admin.site._registry:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        keys = list(model._default_manager.values_list("pk", flat=True)[:3])
        data = {"action": "delete_selected", "_selected_action": keys, "post": "yes", "index": "0"}
        assert world.clients["superuser"].post(url, data).status_code in (200, 302, 403, 405), url
        assert model._default_manager.filter(pk__in=keys).count() == len(keys), model
    assert (User.objects.count(), Entry.objects.count()) == before


def test_second_factor_is_asked_on_every_page_of_the_admin(world):
    client = world.clients["no_factor"]
    for model, shown in admin.site._registry.items():
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        urls = [base, f"{base}add/", f"{base}1/change/"]
        urls += [f"{base}{step.name}/" for step in shown.action_views if step.object_less]
        for url in (*urls, *(f"/en{url}" for url in urls)):
            answer = client.get(url)
            assert answer.status_code == 302, url
            assert "/2fa/" in answer["Location"], url


def test_staff_have_the_desk_of_their_permission_alone(world):
    for actor in STAFF:
        if actor == "superuser":
            continue
        user = User.objects.get(pk=world.people[actor].pk)
        assert {name for name in DESKS.values() if user.has_perm(f"accounts.{name}")} == {DESKS[actor]}
