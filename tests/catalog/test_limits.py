"""Limits and tokens of the API."""

from datetime import timedelta

import pytest
from redis.exceptions import ConnectionError as RedisAway

from catalog.api import limits
from catalog.services import known_version
from innomarket.accounts.models import ApiRule, ApiToken
from innomarket.accounts.services.api_token import make_token, revoke_token
from innomarket.audit.models import Entry
from innomarket.common.clock import KST, moved_to, now
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from tests.accounts.factories import company, member, person, staff
from tests.catalog.factories import product

pytestmark = pytest.mark.django_db

URL = "/api/v1/products/"


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Three requests a minute, five with a token; one file an hour."""
    rule = ApiRule(
        anonymous_per_minute=3, token_per_minute=5, anonymous_files_per_hour=1, token_files_per_hour=2
    )
    monkeypatch.setattr(limits, "current_rule", lambda: rule)
    monkeypatch.setattr(limits.time, "time", lambda: 1_700_000_010.0)


def owner():
    return member(person(), company(), role="owner")


def made(*scopes, days=30):
    seat = owner()
    return make_token(
        organisation=seat.organisation, by=seat.user, label="ERP", scopes=[*scopes] or ["read"], days=days
    )


def bearer(text: str) -> dict[str, str]:
    return {"authorization": f"Bearer {text}"}


def test_too_many_requests_are_told_when_to_return(client):
    for left in ("2", "1", "0"):
        answer = client.get(URL)
        assert answer.status_code == 200 and answer["RateLimit-Remaining"] == left
    answer = client.get(URL)
    assert answer.status_code == 429 and answer["Content-Type"] == "application/problem+json"
    assert (answer["RateLimit-Limit"], answer["RateLimit-Policy"]) == ("3", "3;w=60")
    assert answer["Retry-After"] == answer["RateLimit-Reset"] == "31"
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_next_window_begins_anew(client, monkeypatch):
    for _ in range(4):
        client.get(URL)
    monkeypatch.setattr(limits.time, "time", lambda: 1_700_000_041.0)
    assert client.get(URL).status_code == 200


def test_forged_forwarding_header_is_no_other_client(client):
    for n in range(4):
        answer = client.get(URL, headers={"x-forwarded-for": f"10.0.0.{n}"})
    assert answer.status_code == 429


def test_files_count_for_themselves(client):
    assert client.get("/api/v1/bulk/products.csv").status_code == 200
    assert client.get("/api/v1/bulk/products.csv").status_code == 429
    assert client.get(URL).status_code == 200


def test_preflights_are_not_counted(client):
    """A browser sends them without the token of the request that follows; a page elsewhere stays within its own."""
    for _ in range(5):
        assert client.options("/api/v1/bulk/products.ndjson").status_code == 204
    assert client.get("/api/v1/bulk/products.ndjson").status_code == 200
    assert client.get("/api/v1/bulk/products.ndjson").status_code == 429
    answer = client.options("/api/v1/bulk/products.ndjson", headers={"origin": "https://elsewhere.example"})
    assert answer.status_code == 204 and "Authorization" in answer["Access-Control-Allow-Headers"]


def test_counter_that_is_away_stops_nobody(client, monkeypatch):
    def away(*_args, **_options):
        raise RedisAway

    monkeypatch.setattr(known_version.server(), "execute_command", away)
    first = client.get(URL)
    assert first.status_code == 200
    assert client.get(URL, headers={"if-none-match": first["ETag"]}).status_code == 304
    product()  # neither does a change


def test_token_raises_the_limit_and_is_counted_by_itself(client):
    _token, text = made()
    for _ in range(4):
        client.get(URL)
    assert client.get(URL, headers=bearer(text))["RateLimit-Limit"] == "5"


def test_token_is_kept_as_a_hash_and_its_use_is_noted(client):
    token, text = made()
    row = ApiToken.objects.values().get(pk=token.pk)
    assert text not in str(row) and text.startswith(row["prefix"]) and row["used_at"] is None
    assert text not in str(list(Entry.objects.values()))
    client.get(URL, headers=bearer(text))
    token.refresh_from_db()
    assert token.used_at is not None


@pytest.mark.parametrize("text", ["imk_nonsense", "", "imk_" + "a" * 43, "x" * 5000])
def test_unknown_token_is_refused_and_not_taken_for_anonymous(client, text):
    answer = client.get(URL, headers=bearer(text))
    assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"


def test_guessing_tokens_is_counted_as_asking_without_one(client):
    for _ in range(3):
        assert client.get(URL, headers=bearer("imk_guess")).status_code == 401
    answer = client.get(URL, headers=bearer("imk_guess"))
    assert answer.status_code == 429 and answer["Retry-After"] == "31"
    assert answer["Content-Type"] == "application/problem+json" and client.get(URL).status_code == 429


def test_revoked_and_expired_tokens_and_those_of_refused_organisations_are_refused(client):
    revoked, text = made()
    revoke_token(token=revoked, by=revoked.made_by)
    assert client.get(URL, headers=bearer(text)).status_code == 401
    _token, text = made(days=30)
    with moved_to((now() + timedelta(days=30)).astimezone(KST)):
        assert client.get(URL, headers=bearer(text)).status_code == 401
    assert client.get(URL, headers=bearer(text)).status_code == 200
    type(revoked.organisation).objects.update(state="refused", refused_reason="x")
    assert client.get(URL, headers=bearer(text)).status_code == 401


def test_token_opens_only_what_it_is_for(client):
    product()
    _token, text = made("read")
    assert client.get("/api/v1/bulk/products.csv", headers=bearer(text)).status_code == 403
    _token, text = made("files")
    assert client.get("/api/v1/bulk/products.csv", headers=bearer(text)).status_code == 200
    assert client.get(URL, headers=bearer(text)).status_code == 403


def test_token_writes_nothing(client):
    _token, text = made("read", "files")
    assert client.post(URL, "{}", content_type="application/json", headers=bearer(text)).status_code == 405
    assert client.get("/organisations/apply/", headers=bearer(text)).status_code == 302


# ── making and revoking ──


def test_only_owners_of_verified_organisations_make_tokens():
    seat, other = owner(), owner()
    editor = member(person(), seat.organisation, role="editor")
    for by in (other.user, editor.user):
        with pytest.raises(Refused):
            make_token(organisation=seat.organisation, by=by, label="x", scopes=["read"], days=1)
    pending = member(person(), company(state="pending"), role="owner")
    with pytest.raises(Refused) as refused:
        make_token(organisation=pending.organisation, by=pending.user, label="x", scopes=["read"], days=1)
    assert refused.value.code == "not_verified"


def test_number_and_time_of_tokens_are_bounded():
    seat = owner()
    ApiRule.objects.update(most_tokens=1)
    make_token(organisation=seat.organisation, by=seat.user, label="x", scopes=["read"], days=366)
    with pytest.raises(Refused) as refused:
        make_token(organisation=seat.organisation, by=seat.user, label="x", scopes=["read"], days=1)
    assert refused.value.code == "too_many_tokens"
    with pytest.raises(Refused) as refused:
        made(days=367)
    assert refused.value.field == "days"


def test_owner_makes_sees_once_and_revokes(client):
    seat = owner()
    client.force_login(seat.user)
    page = f"/organisations/{seat.organisation.pk}/tokens/"
    answer = client.post(page, {"label": "우리 ERP", "scopes": ["read"], "days": "90"})
    token = ApiToken.objects.get()
    assert answer.status_code == 200 and answer["Cache-Control"] == "private, no-store"
    text = answer.content.decode().split('<code class="number">')[1].split("<")[0]
    assert client.get(URL, headers=bearer(text)).status_code == 200
    listed = client.get(page).content.decode()
    assert token.prefix in listed and text not in listed and "우리 ERP" in listed
    assert "유효" in listed.split(token.prefix)[1].split("</tr>")[0]
    assert client.post(f"{page}{token.pk}/revoke/").status_code == 302
    assert client.get(URL, headers=bearer(text)).status_code == 401
    assert Entry.objects.filter(verb__in=["accounts.make_token", "accounts.revoke_token"]).count() == 2


def test_staff_who_verify_organisations_revoke_a_token_and_make_none(client):
    token, text = made()
    by = staff("verify_organisations")
    with pytest.raises(Refused):
        make_token(organisation=token.organisation, by=by, label="x", scopes=["read"], days=1)
    with pytest.raises(Refused):
        revoke_token(token=token, by=staff("keep_catalogue"))
    revoke_token(token=token, by=by)
    assert client.get(URL, headers=bearer(text)).status_code == 401


def test_owners_are_told_in_their_language_when_staff_revoke_a_token():
    token, _text = made()
    other = member(person(language="en"), token.organisation, role="owner").user
    member(person(), token.organisation, role="editor")
    revoke_token(token=token, by=staff("verify_organisations"))
    told = {row.recipient: row for row in Message.objects.filter(kind="accounts.token_revoked")}
    assert set(told) == {token.made_by, other}
    assert told[other].body.startswith(f"Agency staff revoked the token {token.prefix}… (“ERP”)")
    assert "폐기한 사람: 담당자" in told[token.made_by].body and token.prefix in told[token.made_by].body
    assert all(row.url == f"{token.organisation.path}tokens/" for row in told.values())


def test_owner_who_revokes_a_token_is_not_told_of_it_and_the_others_are():
    token, _text = made()
    other = member(person(), token.organisation, role="owner").user
    revoke_token(token=token, by=other)
    row = Message.objects.get(kind="accounts.token_revoked")
    assert row.recipient == token.made_by and other.name in row.body


def test_form_without_a_scope_says_so(client):
    seat = owner()
    client.force_login(seat.user)
    answer = client.post(f"/organisations/{seat.organisation.pk}/tokens/", {"label": "x", "days": "90"})
    assert answer.status_code == 422 and not ApiToken.objects.exists()


def test_another_organisations_token_is_not_found(client):
    token, _text = made()
    seat = owner()
    client.force_login(seat.user)
    path = f"/organisations/{seat.organisation.pk}/tokens/{token.pk}/revoke/"
    assert client.post(path).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None
