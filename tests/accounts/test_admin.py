"""The staff console: verification, people's rights, the audit. Nobody raises themselves."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from innomarket.accounts import shipped
from innomarket.accounts.models import Organisation, User
from innomarket.accounts.services.person import (
    close_account,
    give_second_factor,
    give_staff_groups,
    register_person,
    reopen_account,
)
from innomarket.audit.models import Entry
from innomarket.common.refusals import Refused

from .factories import company, member, person, staff

pytestmark = pytest.mark.django_db


def signed_in(client, user):
    """With the second factor used, as the middleware finds it in a session."""
    give_second_factor(user=user)
    authenticator = user.authenticator_set.get()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "id": authenticator.pk, "type": "totp", "at": 0}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


@pytest.fixture
def superuser():
    return person(is_staff=True, is_superuser=True)


def test_verifier_sees_the_queue_and_verifies(client):
    verifier, founder = staff("verify_organisations"), person()
    pending, _done = company(state="pending", name_ko="기다리는회사"), company(name_ko="확인된회사")
    member(founder, pending)
    signed_in(client, verifier)
    text = client.get("/admin/accounts/organisation/").content.decode()
    assert "기다리는회사" in text
    assert "확인된회사" not in text
    assert "확인된회사" in client.get("/admin/accounts/organisation/?state=all").content.decode()
    assert client.get(f"/admin/accounts/organisation/{pending.pk}/change/").status_code == 200
    step = f"/admin/accounts/organisation/{pending.pk}/verify/"
    assert client.get(step).status_code == 200
    assert client.post(step, {"reason": ""}).status_code == 302
    pending.refresh_from_db()
    assert pending.is_verified
    assert client.post(step, {"reason": ""}).status_code == 409


def test_verifier_refuses_with_a_reason(client):
    pending = company(state="pending")
    member(person(), pending)
    signed_in(client, staff("verify_organisations"))
    step = f"/admin/accounts/organisation/{pending.pk}/refuse/"
    for reason in ("", "가" * 301):
        assert client.post(step, {"reason": reason}).status_code == 422
    assert client.post(step, {"reason": "등록번호가 다릅니다."}).status_code == 302
    pending.refresh_from_db()
    assert pending.refused_reason == "등록번호가 다릅니다."


ADDRESSES = [
    "/admin/accounts/organisation/",
    "/admin/accounts/organisation/{organisation}/change/",
    "/admin/accounts/organisation/{organisation}/verify/",
    "/admin/accounts/organisation/{organisation}/refuse/",
    "/admin/accounts/user/",
    "/admin/accounts/user/{user}/change/",
    "/admin/accounts/user/{user}/groups/",
    "/admin/accounts/user/{user}/close/",
    "/admin/accounts/user/{user}/reopen/",
    "/admin/accounts/organisationkind/",
    "/admin/accounts/institutionclass/",
    "/admin/audit/entry/",
    "/admin/audit/entry/{entry}/change/",
]
OPEN_TO = {
    "verify_organisations": {"/admin/accounts/organisation", "/admin/accounts/institutionclass"},
    "read_audit": {"/admin/audit/entry"},
    "run_rounds": set(),
    "keep_budget": set(),
}


@pytest.mark.parametrize("permission", OPEN_TO)
def test_each_desk_opens_its_own_pages_only(client, permission):
    organisation, other = company(state="pending"), staff("run_rounds")
    member(person(), organisation)
    close_account(person=person(), by=person(is_staff=True, is_superuser=True), reason="x")
    signed_in(client, staff(permission))
    names = {"organisation": organisation.pk, "user": other.pk, "entry": Entry.objects.first().pk}
    for address in ADDRESSES:
        answer = client.get(address.format(**names))
        own = any(address.startswith(start) for start in OPEN_TO[permission])
        assert answer.status_code == (200 if own else 403), (permission, address)


@pytest.mark.parametrize("model", ["accounts/user", "accounts/organisation", "audit/entry"])
def test_nothing_is_added_changed_or_deleted_by_plain_admin(client, superuser, model):
    signed_in(client, superuser)
    organisation = company()
    assert client.get(f"/admin/{model}/add/").status_code in (403, 404)
    pk = {"accounts/user": superuser.pk, "accounts/organisation": organisation.pk}.get(
        model
    ) or Entry.objects.first().pk
    assert client.get(f"/admin/{model}/{pk}/delete/").status_code in (403, 404)
    answer = client.post(f"/admin/{model}/{pk}/change/", {"is_superuser": "on", "email": "x@example.com"})
    assert answer.status_code == 403
    before = (User.objects.count(), Organisation.objects.count(), Entry.objects.count())
    client.post(f"/admin/{model}/", {"action": "delete_selected", "_selected_action": pk, "post": "yes"})
    assert (User.objects.count(), Organisation.objects.count(), Entry.objects.count()) == before


def test_allauths_own_admin_pages_and_groups_are_not_there(client, superuser):
    signed_in(client, superuser)
    for model in ("account/emailaddress", "mfa/authenticator", "auth/group", "accounts/membership"):
        assert client.get(f"/admin/{model}/").status_code == 404


def test_superuser_gives_groups_with_a_reason(client, superuser):
    shipped.load()
    newcomer = person()
    signed_in(client, superuser)
    step = f"/admin/accounts/user/{newcomer.pk}/groups/"
    assert client.get(step).status_code == 200
    assert client.post(step, {"groups": ["Rounds", "Budget"]}).status_code == 422
    assert client.post(step, {"groups": ["Rounds", "Budget"], "reason": "새 담당자"}).status_code == 302
    newcomer.refresh_from_db()
    assert newcomer.is_staff
    newcomer = User.objects.get(pk=newcomer.pk)
    assert newcomer.has_perm("accounts.run_rounds")
    assert not newcomer.has_perm("accounts.verify_organisations")
    entry = Entry.objects.get(verb="accounts.change_groups")
    assert (entry.actor, entry.reason, entry.changes["groups"]) == (
        superuser,
        "새 담당자",
        [[], ["Budget", "Rounds"]],
    )


def test_taking_all_groups_ends_staff_work(superuser):
    shipped.load()
    officer = give_staff_groups(user=person(), groups=["Audit"], by=superuser)
    assert officer.is_staff
    assert not give_staff_groups(user=officer, groups=[], by=superuser).is_staff


@pytest.mark.parametrize("permission", ["run_rounds", "read_audit", "verify_organisations", "keep_budget"])
def test_staff_give_no_rights_to_themselves_or_others(permission):
    shipped.load()
    officer = staff(permission)
    for target in (officer, staff("run_rounds"), person()):
        for act in (
            lambda t=target: give_staff_groups(user=t, groups=["Budget"], by=officer, reason="x"),
            lambda t=target: close_account(person=t, by=officer, reason="x"),
            lambda t=target: reopen_account(person=t, by=officer, reason="x"),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.status == 403


def test_superuser_does_not_change_their_own_rights(superuser):
    shipped.load()
    with pytest.raises(Refused):
        give_staff_groups(user=superuser, groups=["Budget"], by=superuser)
    with pytest.raises(Refused):
        close_account(person=superuser, by=superuser, reason="x")


def test_group_that_gives_more_than_our_desks_cannot_be_given(client, superuser):
    shipped.load()
    Group.objects.create(name="Everything")
    signed_in(client, superuser)
    target = person()
    answer = client.post(
        f"/admin/accounts/user/{target.pk}/groups/", {"groups": ["Everything"], "reason": "x"}
    )
    assert answer.status_code == 422
    assert not target.groups.exists()


def test_closed_account_does_not_sign_in(client, superuser):
    user = register_person(email="gone@example.com", name="떠남", password="a-long-good-secret")
    close_account(person=user, by=superuser, reason="요청")
    client.post("/accounts/login/", {"login": user.email, "password": "a-long-good-secret"})
    assert client.get("/people/me/").status_code == 302
    reopen_account(person=user, by=superuser, reason="요청")
    client.post("/accounts/login/", {"login": user.email, "password": "a-long-good-secret"})
    assert client.get("/people/me/").status_code == 200


def test_closing_an_account_ends_its_open_session(client, superuser):
    user = person()
    client.force_login(user)
    assert client.get("/people/me/").status_code == 200
    close_account(person=user, by=superuser, reason="요청")
    assert client.get("/people/me/").status_code == 302


def test_audit_is_searched_and_filtered_by_verb(client):
    superuser = person(is_staff=True, is_superuser=True, name="한 관리자")
    close_account(person=person(), by=superuser, reason="첫째 까닭")
    reopen_account(person=User.objects.get(is_active=False), by=superuser, reason="둘째 까닭")
    signed_in(client, staff("read_audit"))
    listed = client.get("/admin/audit/entry/?verb=accounts.close_account").content.decode()
    assert "첫째 까닭" in listed
    assert "둘째 까닭" not in listed
    found = client.get("/admin/audit/entry/?q=둘째").content.decode()
    assert "둘째 까닭" in found
    assert "첫째 까닭" not in found
    entry = Entry.objects.get(verb="accounts.close_account")
    assert "첫째 까닭" in client.get(reverse("admin:audit_entry_change", args=[entry.pk])).content.decode()


@pytest.mark.parametrize(
    "address", ["/admin/accounts/organisation/", "/admin/audit/entry/", "/admin/accounts/user/"]
)
def test_lists_take_as_many_queries_for_more_rows(client, superuser, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    signed_in(client, superuser)

    def count():
        member(person(), company(state="pending"))
        close_account(person=person(), by=superuser, reason="x")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    one = count()
    count()
    assert count() == one
