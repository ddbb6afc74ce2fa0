"""Signing in, up and back in: limits, the same answer for every address, no way to another host."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from innomarket.accounts.models import User
from innomarket.accounts.services.person import register_person
from innomarket.audit.models import Entry
from innomarket.common.refusals import Refused

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-good-secret"


@pytest.fixture
def someone():
    return register_person(email="Someone@Example.com", name="  누구   누구 ", password=PASSWORD)


def sign_in(client, email, password=PASSWORD, **headers):
    return client.post("/accounts/login/", {"login": email, "password": password}, headers=headers)


def is_in(client):
    return client.get("/people/me/").status_code == 200


def test_registered_person_signs_in_with_the_address_in_any_case(someone):
    assert (someone.email, someone.name) == ("someone@example.com", "누구 누구")
    client = Client()
    assert sign_in(client, "SOMEONE@example.COM").status_code == 302
    assert is_in(client)


@pytest.mark.parametrize("language", ["", "/en"])
def test_sign_in_and_out_keep_the_language_of_the_page(someone, language):
    client = Client()
    given = {"login": someone.email, "password": PASSWORD}
    assert client.post(f"{language}/accounts/login/", given).url == f"{language}/workspace/"
    assert client.post(f"{language}/accounts/logout/").url == f"{language}/"


def test_address_is_registered_once(someone):
    with pytest.raises(Refused) as refused:
        register_person(email="SOMEONE@example.com", name="다른 사람")
    assert refused.value.field == "email"
    assert User.objects.count() == 1
    assert EmailAddress.objects.count() == 1


def test_person_without_a_password_does_not_sign_in(db):
    user = register_person(email="none@example.com", name="없음")
    client = Client()
    for password in ("", "!", user.password):
        sign_in(client, user.email, password)
        assert not is_in(client)


def test_address_that_is_not_confirmed_does_not_sign_in(db):
    user = register_person(email="new@example.com", name="새 사람", password=PASSWORD, verified=False)
    client = Client()
    sign_in(client, user.email)
    assert not is_in(client)


def test_newcomer_confirms_the_address_by_the_mail_and_comes_in(client):
    client.post(
        "/accounts/signup/",
        {"name": "새 사람", "email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD},
    )
    link = re.search(r"https?://[^/]+(/accounts/confirm-email/\S+)", mail.outbox[0].body)
    assert link, mail.outbox[0].body
    assert client.post(link[1]).status_code == 302
    assert sign_in(client, "new@example.com").status_code == 302
    assert is_in(client)
    since = Entry.objects.exclude(subject_type__startswith="catalog.")  # what the portal was set up with
    verbs = list(since.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["accounts.sign_up", "accounts.confirm_address"]
    assert not Entry.objects.filter(changes__icontains="new@example.com").exists()


@pytest.mark.parametrize("language", ["", "/en"])
def test_mail_to_a_stranger_carries_nothing_that_was_typed_but_the_address(client, language):
    name = "Visit https://evil.example now"
    for _time in (1, 2):
        client.post(
            f"{language}/accounts/signup/",
            {"name": name, "email": "victim@example.com", "password1": PASSWORD, "password2": PASSWORD},
        )
    assert mail.outbox
    for message in mail.outbox:
        assert "evil" not in message.subject + message.body


def without_what_changes(answer) -> str:
    """The page without its token and the server's clock, which differ from one answer to the next anyway."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
    return re.sub(r"<time [^>]*>[^<]*</time>", "", text)


def test_wrong_password_and_unknown_address_are_answered_alike(someone, client):
    answers = []
    for email in (someone.email, "unknown@example.com"):
        answer = sign_in(client, email, "wrong-password-here")
        answers.append((answer.status_code, without_what_changes(answer).replace(email, "…")))
    assert answers[0] == answers[1]


def test_forgotten_password_is_answered_alike_for_every_address(someone, client):
    answers = []
    for email in (someone.email, "unknown@example.com"):
        answer = client.post("/accounts/password/reset/", {"email": email}, follow=True)
        answers.append((answer.redirect_chain, without_what_changes(answer).replace(email, "…")))
    assert answers[0] == answers[1]


def test_guessing_is_stopped_whatever_address_the_request_claims_to_come_from(someone):
    client = Client()
    for n in range(8):
        sign_in(client, someone.email, f"wrong-{n}-password", **{"X-Forwarded-For": f"10.0.0.{n}"})
    sign_in(client, someone.email, PASSWORD, **{"X-Forwarded-For": "10.9.9.9"})
    assert not is_in(client)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_next_leads_to_this_site_only(someone, target):
    client = Client()
    answer = client.post("/accounts/login/", {"login": someone.email, "password": PASSWORD, "next": target})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/")
    assert "evil" not in answer["Location"]


def test_admins_own_sign_in_page_leads_to_the_one_that_is_limited(client):
    answer = client.get("/admin/", follow=True)
    assert [url.split("?")[0] for url, _status in answer.redirect_chain][-1] == "/accounts/login/"
    answer = client.post("/admin/login/", {"username": "a@example.com", "password": "x"})
    assert answer.status_code == 302


def test_changed_password_ends_the_session_and_stands_in_the_history(someone):
    client = Client()
    sign_in(client, someone.email)
    other = Client()
    sign_in(other, someone.email)
    new = "another-long-secret"
    answer = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert answer.status_code == 302
    assert not is_in(other)
    assert Entry.objects.filter(verb="accounts.change_password", actor=someone).exists()
    assert not Entry.objects.filter(changes__icontains=new).exists()
