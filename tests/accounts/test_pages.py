"""Pages of organisations, members and oneself: who sees what, and what a failed form keeps."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from innomarket.accounts.models import Membership, Organisation, User
from innomarket.accounts.services.invitation import invite
from innomarket.accounts.services.person import register_person
from innomarket.accounts.tokens import token_of
from tests.support.staff import sign_in

from .factories import company, institution, kind, member, person, staff

pytestmark = pytest.mark.django_db

COMPANY = {"name_ko": "물결로보틱스", "business_number": "123-45-67891", "size_class": "small"}


@pytest.fixture
def owner(client):
    user = person()
    sign_in(client, user)
    return user


@pytest.fixture(autouse=True)
def _korean():
    with override("ko"):
        yield


def page_of(organisation):
    return reverse("accounts:organisation", args=[organisation.pk])


def test_newcomer_registers_an_organisation_and_sees_its_page(client, owner):
    kind("company")
    assert client.get("/organisations/apply/").status_code == 200
    answer = client.post("/organisations/apply/company/", COMPANY, follow=True)
    organisation = Organisation.objects.get()
    assert answer.redirect_chain[-1][0] == page_of(organisation)
    assert "기다리는 중" in answer.content.decode() or "Waiting for" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "wrong",
    [
        {"business_number": "123-45-67890"},
        {"business_number": "000-00-00000"},
        {"business_number": ""},
        {"size_class": ""},
        {"name_ko": ""},
    ],
)
def test_wrong_application_is_said_at_its_field_and_keeps_what_was_typed(client, owner, wrong):
    kind("company")
    answer = client.post("/organisations/apply/company/", {**COMPANY, "name_en": "Wave Robotics", **wrong})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(wrong)
    assert 'value="Wave Robotics"' in answer.content.decode()
    assert not Organisation.objects.exists()


def test_number_that_is_taken_is_said_at_its_field(client, owner):
    company(business_number="1234567891")
    answer = client.post("/organisations/apply/company/", COMPANY)
    assert answer.status_code == 409
    assert list(answer.context["form"].errors) == ["business_number"]
    assert "물결로보틱스" in answer.content.decode()


def test_kind_that_is_closed_or_unknown_is_not_found(client, owner):
    kind("agency")
    assert client.get("/organisations/apply/agency/").status_code == 404
    assert client.get("/organisations/apply/nonsense/").status_code == 404


def test_refused_organisation_applies_again_on_its_page(client, owner):
    organisation = company(state="refused", business_number="1234567891")
    member(owner, organisation)
    shown = client.get(f"/organisations/{organisation.pk}/again/")
    assert 'value="1234567891"' in shown.content.decode()
    assert organisation.refused_reason in shown.content.decode()
    answer = client.post(f"/organisations/{organisation.pk}/again/", COMPANY)
    assert answer.status_code == 302
    organisation.refresh_from_db()
    assert (organisation.state, organisation.name_ko) == ("pending", "물결로보틱스")


def test_owner_changes_and_removes_a_member(client, owner):
    organisation = company()
    member(owner, organisation)
    membership = member(person(), organisation, role="editor")
    address = f"/organisations/{organisation.pk}/members/{membership.pk}/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"role": "viewer"}).status_code == 302
    membership.refresh_from_db()
    assert (membership.role, membership.may_submit) == ("viewer", False)
    assert client.get(f"{address}remove/").status_code == 200
    assert client.post(f"{address}remove/").status_code == 302
    membership.refresh_from_db()
    assert membership.left_at is not None


def test_last_owner_is_told_why_leaving_is_refused(client, owner):
    organisation = company()
    membership = member(owner, organisation)
    answer = client.post(f"/organisations/{organisation.pk}/members/{membership.pk}/remove/")
    assert answer.status_code == 409
    assert answer.context["form"].non_field_errors()
    membership.refresh_from_db()
    assert membership.left_at is None


def test_names_and_addresses_of_members_are_not_for_strangers(client):
    organisation = institution()
    insider = person(name="가나다라마바", email="canary@example.com")
    member(insider, organisation, role="viewer")
    for visitor in (None, person(), staff("run_rounds")):
        client.logout()
        if visitor:
            sign_in(client, visitor)
        text = client.get(page_of(organisation)).content.decode()
        assert "가나다라마바" not in text
        assert "canary@example.com" not in text
    sign_in(client, insider)
    text = client.get(page_of(organisation)).content.decode()
    assert "가나다라마바" in text
    assert "members/invite" not in text


def test_name_with_markup_stays_text(client, owner):
    organisation = company(name_ko="<img src=x onerror=alert(1)>")
    member(owner, organisation)
    for address in (page_of(organisation), "/organisations/"):
        text = client.get(address).content.decode()
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text


def test_own_details_are_changed_and_a_wrong_language_is_refused(client, owner):
    answer = client.post("/people/me/", {"name": "  새   이름 ", "language": "en"})
    assert answer.status_code == 302
    owner.refresh_from_db()
    assert (owner.name, owner.language) == ("새 이름", "en")
    assert client.post("/people/me/", {"name": "x", "language": "xx"}).status_code == 422
    assert client.post("/people/me/", {"name": " ", "language": "ko"}).status_code == 422


PAGES = {
    # name: (anonymous, stranger, viewer, owner, other organisation's owner, verifier, other staff)
    "organisation_list": (200,) * 7,
    "apply": (302, 200, 200, 200, 200, 200, 200),
    "apply_as": (302, 200, 200, 200, 200, 200, 200),
    "organisation": (404, 404, 200, 200, 404, 200, 404),
    "apply_again": (404, 404, 403, 200, 404, 403, 404),
    "invite": (302, 404, 403, 200, 404, 403, 404),
    "withdraw_invitation": (302, 404, 403, 200, 404, 403, 404),
    "invitation": (200,) * 7,
    "change_member": (302, 404, 403, 200, 404, 403, 404),
    "remove_member": (302, 404, 403, 200, 404, 403, 404),
    "tokens": (302, 404, 403, 200, 404, 200, 404),
    "revoke_token": (302, 404, 403, 404, 404, 404, 404),  # a pending organisation has none
    "me": (302, 200, 200, 200, 200, 200, 200),
}
ACTORS = ("anonymous", "stranger", "viewer", "owner", "rival", "verifier", "staff")


@pytest.fixture
def scene():
    """A pending organisation (not public) with an owner and a viewer."""
    organisation = company(state="pending")
    actors = {
        "anonymous": None,
        "stranger": person(),
        "viewer": person(),
        "owner": person(),
        "rival": person(),
        "verifier": staff("verify_organisations"),
        "staff": staff("run_rounds", "keep_budget"),
    }
    member(actors["viewer"], organisation, role="viewer")
    membership = member(actors["owner"], organisation)
    member(actors["rival"], company())
    invitation = invite(
        organisation=organisation, by=actors["owner"], email="nobody@example.com", role="editor"
    )
    args = {
        "apply_as": ["company"],
        "organisation": [organisation.pk],
        "apply_again": [organisation.pk],
        "invite": [organisation.pk],
        "tokens": [organisation.pk],
        "revoke_token": [organisation.pk, 1],
        "withdraw_invitation": [organisation.pk, invitation.pk],
        "invitation": [token_of(invitation.nonce)],
        "change_member": [organisation.pk, membership.pk],
        "remove_member": [organisation.pk, membership.pk],
    }
    return actors, args


def test_every_address_has_a_row_here():
    from innomarket.accounts.urls import urlpatterns

    assert {pattern.name for pattern in urlpatterns} == set(PAGES)


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("name", PAGES)
def test_who_may_open_what(client, scene, actor, name):
    actors, args = scene
    if actors[actor]:
        sign_in(client, actors[actor])
    answer = client.get(reverse(f"accounts:{name}", args=args.get(name)))
    assert answer.status_code == PAGES[name][ACTORS.index(actor)]


@pytest.mark.parametrize("actor", [a for a in ACTORS if a != "owner"])
@pytest.mark.parametrize(
    "name", ["invite", "withdraw_invitation", "change_member", "remove_member", "apply_again"]
)
def test_who_may_not_open_may_not_post(client, scene, actor, name):
    actors, args = scene
    if actors[actor]:
        sign_in(client, actors[actor])
    before = sorted(Membership.objects.values_list("pk", "role", "may_submit", "left_at"))
    target = register_person(email="target@example.com", name="대상")
    data = {"email": target.email, "role": "owner", "may_submit": "on", **COMPANY}
    answer = client.post(reverse(f"accounts:{name}", args=args[name]), data)
    assert answer.status_code == PAGES[name][ACTORS.index(actor)]
    assert sorted(Membership.objects.values_list("pk", "role", "may_submit", "left_at")) == before


def test_membership_of_another_organisation_is_not_found_under_mine(client, owner):
    mine, theirs = company(), company()
    member(owner, mine)
    foreign = member(person(), theirs)
    for end in ("", "remove/"):
        assert client.get(f"/organisations/{mine.pk}/members/{foreign.pk}/{end}").status_code == 404
        assert client.post(f"/organisations/{mine.pk}/members/{foreign.pk}/{end}").status_code == 404
    foreign.refresh_from_db()
    assert foreign.left_at is None


def test_pages_take_as_many_queries_for_three_rows_as_for_one(client, owner):
    organisation = company()
    member(owner, organisation)

    def counts():
        member(person(), organisation, role="editor")
        member(owner, institution())
        taken = []
        for address in ("/organisations/", page_of(organisation)):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            taken.append(len(queries))
        return taken

    one = counts()
    counts()
    assert counts() == one


def test_sign_up_keeps_name_and_language_and_asks_to_confirm_the_address(client):
    answer = client.post(
        "/en/accounts/signup/",
        {
            "name": "  Han   Gaon ",
            "email": "Gaon@Example.com",
            "password1": "a-long-good-secret",
            "password2": "a-long-good-secret",
        },
    )
    assert answer.status_code == 302
    user = User.objects.get()
    assert (user.name, user.email, user.language) == ("Han Gaon", "gaon@example.com", "en")
    assert [message.to for message in mail.outbox] == [["gaon@example.com"]]
    assert client.get("/people/me/").status_code == 302  # not signed in before the address is confirmed


def test_sign_up_with_a_known_address_answers_the_same(client):
    register_person(email="known@example.com", name="이미 있음")
    answers = {}
    for address in ("known@example.com", "new@example.com"):
        answer = client.post(
            "/accounts/signup/",
            {
                "name": "누구",
                "email": address,
                "password1": "a-long-good-secret",
                "password2": "a-long-good-secret",
            },
            follow=True,
        )
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
        text = re.sub(r'class="footer-end">.*', "", text)  # a minute may end between the two
        answers[address] = (answer.redirect_chain, text.replace(address, "…"))
    assert answers["known@example.com"] == answers["new@example.com"]
    assert User.objects.filter(email="known@example.com").get().name == "이미 있음"
