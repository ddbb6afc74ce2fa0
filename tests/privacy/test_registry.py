"""Each form that takes personal data shows its notice; each noun has its period; audit holds no content."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import URLPattern, get_resolver, reverse
from django.utils.translation import override

from innomarket.audit.models import Entry
from innomarket.common import personal
from innomarket.privacy.models import Notice, Purpose, RetentionRule
from tests.accounts.factories import company, member, person
from tests.limits.world import scene

OPERATION_OF_THE_ACCOUNT = {
    "account_login", "account_logout", "account_reauthenticate", "account_change_password", "account_set_password",
    "account_reset_password", "account_confirm_login_code", "account_confirm_email",
    "account_reset_password_from_key",
}  # fmt: skip


def forms_of(patterns: Any = None, namespace: str = "") -> set[str]:
    """Names of the addresses below the language prefix, without the admin, whose view takes a POST."""
    found = set()
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "view_class", None)
            if view and hasattr(view, "post") and "post" in view.http_method_names:
                found.add(f"{namespace}{pattern.name}")
        elif pattern.namespace != "admin":
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            found |= forms_of(pattern.url_patterns, inner)
    return found


def test_every_form_has_its_notice_or_says_why_it_needs_none():
    known = set(personal.forms) | set(personal.without) | OPERATION_OF_THE_ACCOUNT
    asked = {name for name in forms_of() if not name.startswith(("mfa_", "api:"))}
    assert asked - known == set(), "register these in the app's personal.py"
    assert not set(personal.forms) & set(personal.without)


@pytest.mark.django_db
def test_every_purpose_has_a_notice_in_both_languages_and_every_noun_a_period():
    assert set(personal.forms.values()) | set(personal.asked_of) <= set(Purpose.values)
    held = {notice.purpose: notice for notice in Notice.objects.all()}
    assert set(held) == set(Purpose.values)
    for notice in held.values():
        for name in ("why", "items", "period", "refusal"):
            assert getattr(notice, f"{name}_ko") and getattr(notice, f"{name}_en")
    assert set(RetentionRule.objects.values_list("noun", flat=True)) == {
        part.noun for part in personal.kept.values() if part.months is not None
    }


@pytest.mark.django_db
def test_notice_stands_at_the_form_once_in_both_languages(client):
    notice = Notice.objects.get(purpose="account")
    for path, text in (("/accounts/signup/", notice.items_ko), ("/en/accounts/signup/", notice.items_en)):
        page = client.get(path).content.decode()
        assert page.count(text) == 1
        assert f'#{notice.purpose}"' in page
        assert page.index(text) < page.index("</form>", page.index('name="password1"'))
    by = person()
    member(by, made := company())
    client.force_login(by)
    with override("ko"):
        page = client.get(reverse("accounts:invite", args=[made.pk])).content.decode()
    organisation = Notice.objects.get(purpose="organisation")
    assert page.count(organisation.items_ko) == 1
    assert notice.items_ko not in client.get("/workspace/").content.decode()


@pytest.fixture(scope="module")
def world(tmp_path_factory, django_db_setup, django_db_blocker):
    with scene(tmp_path_factory.mktemp("files"), django_db_blocker) as made:
        yield made


def words_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [word for part in value.values() for word in words_in(part)]
    if isinstance(value, list):
        return [word for part in value for word in words_in(part)]
    return [value] if isinstance(value, str) else []


def test_audit_of_a_whole_round_holds_no_names_addresses_or_texts(world):
    """Everything that the services wrote while the world was made: no name, no address, no sentence, no score."""
    people = [user for user in world.people.values() if user is not None]
    entries = list(Entry.objects.all())
    assert len({entry.verb for entry in entries}) > 25
    for entry in entries:
        text = f"{entry.changes} {entry.subject_label}"
        for user in people:
            assert user.email not in text, entry.verb
            assert user.name not in text, entry.verb
        for word in words_in(entry.changes):
            assert "@" not in word, (entry.verb, entry.changes)
            assert len(word.split()) <= 2, (entry.verb, entry.changes)
            assert not any("가" <= letter <= "힣" for letter in word), (entry.verb, entry.changes)
        assert not {"points", "score", "total", "comment"} & set(entry.changes), entry.verb
