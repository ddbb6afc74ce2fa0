"""The portal goes on while Redis is away: who is signed in writes and submits, and others sign in."""

import socket

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from innomarket.common import health
from innomarket.common.away import Away
from innomarket.embedded import ports
from tests.submissions import factories
from tests.support.staff import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return factories.submission()


def test_cache_finds_and_keeps_nothing_while_redis_is_away(redis_away):
    cache.set("a", 1)
    cache.set_many({"a": 1})
    assert cache.get("a") is None and cache.get("a", 7) == 7 and cache.get("a", default=8) == 8
    assert cache.get_many(["a"]) == {} and not cache.has_key("a") and "a" not in cache
    assert cache.add("a", 1) is True and cache.incr("a") == 1
    assert cache.get_or_set("a", 5) == 5
    assert cache.delete("a") is False and cache.touch("a") is False
    cache.delete_many(["a"])


def test_cache_that_stands_still_is_asked_once_in_a_while(settings, monkeypatch):
    """It takes the connection and never answers: a page that asks it many times waits once."""
    monkeypatch.setattr("innomarket.common.cache._away", Away())
    with socket.create_server((ports.LOOPBACK, 0)) as silent:
        port = silent.getsockname()[1]
        settings.CACHES = {
            "default": {
                **settings.CACHES["default"],
                "LOCATION": f"redis://{ports.LOOPBACK}:{port}/0",
                "OPTIONS": {"socket_timeout": 1},
            }
        }
        assert [cache.get("a", n) for n in range(20)] == list(range(20))
        silent.settimeout(0.1)
        with silent.accept()[0], pytest.raises(TimeoutError):
            silent.accept()


def test_readiness_names_redis_that_is_away(redis_away):
    with pytest.raises(health.Unready):
        health.check_redis()


def test_signed_in_person_writes_and_submits_while_redis_is_away(draft, redis_away):
    client = sign_in(Client(), draft.created_by)
    step = reverse("submissions:edit", args=[draft.number, "problem"])
    saved = client.post(step, {"title": "레디스 없이 쓴 제목"}, headers={"accept": "application/json"})
    assert saved.status_code == 200
    check = reverse("submissions:check", args=[draft.number])
    assert client.get(check).status_code == 200
    done = client.post(check)
    assert (done.status_code, done["Location"]) == (302, reverse("submissions:receipt", args=[draft.number]))
    draft.refresh_from_db()
    assert draft.state == "submitted" and draft.current.title == "레디스 없이 쓴 제목"
    assert client.get(done["Location"]).status_code == 200


def test_receipt_is_verified_while_redis_is_away(draft, redis_away):
    asked = {"number": draft.number, "sha256": "0" * 64}
    assert Client().get(reverse("submissions:verify"), asked).status_code == 200


def test_person_signs_in_and_out_while_redis_is_away(draft, redis_away):
    user = draft.created_by
    user.set_password("correct horse battery staple")
    user.save()
    user.emailaddress_set.update_or_create(email=user.email, defaults={"verified": True, "primary": True})
    client = Client()
    answer = client.post(
        reverse("account_login"), {"login": user.email, "password": "correct horse battery staple"}
    )
    assert answer.status_code == 302
    assert client.get(reverse("portal:workspace")).status_code == 200
    assert client.post(reverse("account_logout")).status_code == 302
    assert client.get(reverse("portal:workspace")).status_code == 302
