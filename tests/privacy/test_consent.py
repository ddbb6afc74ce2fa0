"""Consent by version: given, declined, withdrawn; news follows it; the table stands against plain SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from innomarket.audit.models import Entry
from innomarket.common.clock import moved_to, now
from innomarket.common.refusals import Refused
from innomarket.notifications import preferences
from innomarket.privacy import reads
from innomarket.privacy.models import Consent, Notice
from innomarket.privacy.services.consent import answer
from innomarket.rules.services import enter_rule, take_back_rule
from tests.accounts.factories import person, staff

pytestmark = pytest.mark.django_db


def news() -> Notice:
    return Notice.objects.get(purpose="news")


def next_version(by, **texts) -> Notice:
    standing = news()
    values = {name: getattr(standing, name) for name in
              ("purpose", "basis", "why_ko", "why_en", "items_ko", "items_en", "period_ko", "period_en",
               "refusal_ko", "refusal_en", "source")}  # fmt: skip
    begins = (now() + timedelta(days=3)).date()
    return enter_rule(rule=Notice(**values | texts), by=by, begins=begins, reason="x")


def test_consent_is_recorded_with_its_version_and_asked_again_for_the_next():
    one = person()
    assert reads.unanswered(one)
    row = answer(person=one, by=one, notice=news(), given=True)
    assert (row.notice, reads.has_consented(one, "news"), reads.unanswered(one)) == (news(), True, False)
    later = next_version(staff("read_audit"), why_en="Another reason.")
    assert reads.has_consented(one, "news")
    with moved_to(now() + timedelta(days=5)):
        assert reads.notice_for("news") == later
        assert reads.unanswered(one)
        assert not reads.has_consented(one, "news")
        with pytest.raises(Refused):
            answer(person=one, by=one, notice=row.notice, given=True)


def test_versions_of_one_purpose_leave_the_others_alone():
    by = staff("read_audit")
    before = {n.pk: n.valid for n in Notice.objects.exclude(purpose="news")}
    rule = next_version(by)
    assert {n.pk: n.valid for n in Notice.objects.exclude(purpose="news")} == before
    take_back_rule(rule=rule, by=by, reason="x")
    assert news().valid.upper is None


def test_texts_of_a_notice_stand_in_the_audit_as_hashes():
    next_version(staff("read_audit"), why_en="A very telling reason.")
    entry = Entry.objects.get(verb="rules.enter")
    assert "telling" not in str(entry.changes)
    assert entry.changes["why_en"].startswith("sha256:")


def test_declined_and_withdrawn_news_stand_in_the_inbox_only():
    one, other = person(), person()
    answer(person=one, by=one, notice=news(), given=False)
    assert set(preferences.chosen_by(one).values()) == {"inbox"}
    answer(person=other, by=other, notice=news(), given=True)
    assert set(preferences.chosen_by(other).values()) == {"mail"}
    row = answer(person=other, by=other, notice=news(), given=False)
    assert row.withdrawn_at is not None
    assert set(preferences.chosen_by(other).values()) == {"inbox"}
    answer(person=other, by=other, notice=news(), given=True)
    assert set(preferences.chosen_by(other).values()) == {"mail"}
    assert Consent.objects.filter(person=other).count() == 2
    answer(person=other, by=other, notice=news(), given=True)
    assert Consent.objects.filter(person=other).count() == 2


def test_nobody_consents_for_another_and_information_takes_no_consent():
    one = person()
    with pytest.raises(Refused) as refused:
        answer(person=one, by=person(), notice=news(), given=True)
    assert refused.value.status == 403
    with pytest.raises(Refused):
        answer(person=one, by=one, notice=Notice.objects.get(purpose="account"), given=True)
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM privacy_consent",
        "UPDATE privacy_consent SET given_at = given_at - interval '1 day'",
        "UPDATE privacy_consent SET withdrawn_at = given_at - interval '1 day'",
        "INSERT INTO privacy_consent (person_id, notice_id) SELECT person_id, notice_id FROM privacy_consent",
        "INSERT INTO privacy_consent (person_id, notice_id, given_at)"
        " SELECT person_id, notice_id, now() FROM privacy_consent",
    ],
)
def test_consents_stand_against_plain_sql(sql):
    one = person()
    answer(person=one, by=one, notice=news(), given=True)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_page_asks_on_the_workspace_and_records_the_answer(client):
    one = person()
    client.force_login(one)
    assert "/people/me/data/consent/" in client.get("/workspace/").content.decode()
    page = client.get("/people/me/data/consent/").content.decode()
    assert news().refusal_ko in page
    choices = page[page.index(f'name="notice_{news().pk}"') :].partition("</fieldset>")[0]
    assert "checked" not in choices
    answer_ = client.post("/people/me/data/consent/", {f"notice_{news().pk}": "no"})
    assert answer_.status_code == 302
    assert Consent.objects.get(person=one).declined_at
    assert "/people/me/data/consent/" not in client.get("/workspace/").content.decode()
    assert client.get("/people/me/data/").status_code == client.get("/en/people/me/data/").status_code == 200
