"""Preferences and the daily mail: whom it gathers for, when, once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from innomarket.audit.models import Entry
from innomarket.common.clock import kst, moved_to, now
from innomarket.common.refusals import Refused
from innomarket.notifications import kinds, preferences, samples, sending, services
from innomarket.notifications.digests import write_due_digests
from innomarket.notifications.kinds import DIGEST, MessageKind, register
from innomarket.notifications.models import Message, Preference
from innomarket.notifications.services import next_daily_mail
from tests.accounts.factories import person, staff
from tests.notifications.factories import message
from tests.support.races import at_once, values
from tests.support.staff import sign_in

BINDING = register(MessageKind("test.binding", "Receipt", "Receipt", binding=True))


def preferring(way, **fields):
    """A person who wants the tests' messages so."""
    someone = person(**fields)
    Preference.objects.create(person=someone, group="test", way=way)
    return someone


def daily():
    return Message.objects.filter(kind=DIGEST)


def at(instant, function=write_due_digests):
    with transaction.atomic(), moved_to(instant):
        return function()


# ── the way ──


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("way", "state"), [("mail", "waiting"), ("digest", "digest"), ("inbox", "inbox"), (None, "waiting")]
)
def test_message_goes_the_way_that_its_person_chose(way, state):
    someone = preferring(way) if way else person()
    row = message(someone)
    assert row.state == state
    assert list(Message.objects.inbox(someone)) == [row]
    services.tell(kind="test.binding", people=[someone])
    assert Message.objects.get(kind="test.binding").state == "waiting"


@pytest.mark.django_db
def test_way_of_one_group_is_not_that_of_another():
    someone = person()
    Preference.objects.create(person=someone, group="pilots", way="inbox")
    assert message(someone).state == "waiting"


@pytest.mark.django_db
def test_suppressed_stays_suppressed_whatever_somebody_prefers():
    with services.suppressed():
        assert message(preferring("digest")).state == "suppressed"


def test_receipts_results_and_deadlines_bind():
    bound = {kind.code for kind in kinds.all_kinds() if kind.binding}
    assert {
        "submissions.submitted",
        "submissions.withdrawn",
        "submissions.extended",
        "submissions.cancelled",
        "submissions.reminder",
        "evaluation.results",
        "designation.designated",
        "designation.rejected",
    } <= bound
    assert "submissions.call_announced" not in bound


@pytest.mark.django_db
def test_people_choose_for_themselves_and_it_is_recorded():
    someone = person()
    with pytest.raises(Refused) as refused:
        preferences.choose_ways(person=someone, by=person(), ways={"test": "inbox"})
    assert refused.value.status == 403
    chosen = preferences.choose_ways(person=someone, by=someone, ways={"test": "digest"})
    assert chosen["test"] == "digest" and preferences.chosen_by(someone)["accounts"] == "mail"
    entry = Entry.objects.get(verb="notifications.choose_ways")
    assert entry.changes == {"test": ["mail", "digest"]}
    preferences.choose_ways(person=someone, by=someone, ways={"test": "digest"})
    assert Entry.objects.filter(verb="notifications.choose_ways").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("ways", [{"nothing": "mail"}, {"test": "pigeon"}, {"notifications": "inbox"}])
def test_unknown_group_or_way_is_refused(ways):
    someone = person()
    with pytest.raises(Refused):
        preferences.choose_ways(person=someone, by=someone, ways=ways)
    with pytest.raises(IntegrityError), transaction.atomic():
        Preference.objects.create(person=someone, group="test", way="pigeon")


@pytest.mark.django_db
def test_preferences_page_saves_and_keeps_what_was_wrong(client):
    someone = person()
    client.force_login(someone)
    page = client.get("/inbox/preferences/")
    assert page.status_code == 200
    data = dict.fromkeys(kinds.choosable_groups(), "mail") | {"test": "inbox"}
    assert client.post("/inbox/preferences/", data).status_code == 302
    assert preferences.chosen_by(someone)["test"] == "inbox"
    assert client.post("/inbox/preferences/", data | {"test": "pigeon"}).status_code == 422
    assert client.get("/en/inbox/preferences/").status_code == 200


# ── the daily mail ──


@pytest.mark.parametrize(
    ("instant", "due"),
    [
        (kst(2026, 11, 24, 7, 59), kst(2026, 11, 24, 8)),
        (kst(2026, 11, 24, 8), kst(2026, 11, 25, 8)),
        (kst(2026, 12, 31, 23, 30), kst(2027, 1, 1, 8)),
    ],
)
def test_next_daily_mail_is_at_eight_in_seoul(instant, due):
    assert next_daily_mail(instant) == due


@pytest.mark.django_db
def test_daily_mail_gathers_once_at_eight(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    someone, other = preferring("digest", language="en"), preferring("digest")
    with moved_to(now()):  # the three on one side of eight o'clock
        rows = [message(someone, title=title) for title in ("one", "two")]
        message(other)
        due = rows[0].next_attempt_at
        assert due == next_daily_mail(now())
    assert at(due - timedelta(seconds=1)) == 0 and sending.send_due() == 0
    assert at(due) == 2 and at(due) == 0
    assert daily().count() == 2
    written = daily().get(recipient=someone)
    assert "2 messages" in written.subject
    assert "– About one" in written.body and "– About two" in written.body and "/en/inbox/" in written.body
    for row in rows:
        row.refresh_from_db()
        assert (row.state, row.digest) == ("digested", written)
    Message.objects.filter(kind=DIGEST).update(next_attempt_at=now())
    assert sending.send_due() == 2 and len(mail.outbox) == 2
    # The mail is no message of its own: the inbox shows what it gathered.
    assert set(Message.objects.inbox(someone)) == set(rows)


@pytest.mark.django_db
def test_what_comes_after_todays_mail_waits_for_tomorrow():
    someone = preferring("digest")
    due = message(someone).next_attempt_at
    assert at(due) == 1
    late = message(someone, next_attempt_at=due)  # its transaction was committed after the sweep
    assert at(due + timedelta(minutes=10)) == 0
    late.refresh_from_db()
    assert late.next_attempt_at == due + timedelta(days=1)
    assert at(due + timedelta(days=1)) == 1
    assert daily().count() == 2


@pytest.mark.django_db
def test_sweep_that_was_away_for_days_writes_one_mail():
    someone = preferring("digest")
    first = message(someone)
    message(someone, next_attempt_at=first.next_attempt_at + timedelta(days=1))
    assert at(first.next_attempt_at + timedelta(days=3)) == 1
    assert daily().get().gathered.count() == 2


@pytest.mark.django_db
def test_closed_account_gets_no_daily_mail():
    someone = preferring("digest")
    due = message(someone).next_attempt_at
    type(someone).objects.filter(pk=someone.pk).update(is_active=False)
    assert at(due) == 0 and at(due) == 0
    assert Message.objects.get().state == "inbox"


@pytest.mark.django_db
def test_title_with_lines_and_links_stays_harmless_in_the_daily_mail():
    someone = preferring("digest", language="en")
    due = message(someone, title="x\r\nhttps://evil.example").next_attempt_at
    at(due)
    assert "https://evil" not in daily().get().body and "evil.example" not in daily().get().body


def test_two_sweeps_at_once_write_one_mail_a_person(fresh_database):
    people = [preferring("digest") for _ in range(8)]
    for someone in people:
        due = message(someone).next_attempt_at
    sweep = lambda: at(due)  # noqa: E731
    assert sum(values(at_once(sweep, sweep, sweep))) == 8
    assert daily().count() == 8


@pytest.mark.django_db
def test_one_mail_that_cannot_be_written_does_not_keep_the_others(monkeypatch):
    from innomarket.notifications import digests

    bad, good = preferring("digest"), preferring("digest")
    due = max(message(each).next_attempt_at for each in (bad, good))
    real = digests._write

    def write(someone, rows, key):
        if someone.pk == bad.pk:
            raise RuntimeError
        return real(someone, rows, key)

    monkeypatch.setattr(digests, "_write", write)
    assert at(due) == 1
    assert Message.objects.get(recipient=bad).state == "digest"


# ── to an address ──


@pytest.mark.django_db
def test_message_to_an_address_is_sent_and_belongs_to_no_inbox(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    someone = person(email="somebody@example.com")
    tell = lambda: services.tell_address(  # noqa: E731
        kind="test.titled",
        address="somebody@example.com",
        language="en",
        about=someone,
        values={"title": "x"},
    )
    assert (tell(), tell()) == (1, 0)
    assert sending.send_due() == 1 and mail.outbox[0].to == ["somebody@example.com"]
    assert not Message.objects.inbox(someone).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"recipient": None}, {"address_to": "x@example.com"}])
def test_message_is_to_a_person_or_to_an_address(fields):
    row = message(person())
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=row.pk).update(**fields)


# ── the console ──


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_kind_is_rendered_with_sample_values(language):
    for kind in kinds.all_kinds():
        assert kind.group == "test" or samples.places(kind) <= set(samples.SAMPLES), kind.code
        subject, body = samples.preview(kind, language)
        assert subject and "%(" not in subject + body, kind.code


@pytest.mark.django_db
def test_console_previews_the_kinds_and_changes_nothing(client):
    sign_in(client, staff("read_audit"))
    page = client.get("/admin/notifications/message/kinds/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "submissions.submitted" in text and "Received: CL-2026-0007" in text and 'lang="ko"' in text
    assert client.post("/admin/notifications/message/kinds/").status_code == 405
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_console_lists_what_was_told_about_an_object(client):
    someone = person()
    services.tell(kind="test.titled", people=[someone], about=someone, values={"title": "mine"})
    message(person(), title="canary")
    sign_in(client, staff("read_audit"))
    for query in (f"about=accounts.user:{someone.pk}", "group=test&kind=test.titled"):
        text = client.get(f"/admin/notifications/message/?{query}").content.decode()
        assert str(someone) in text
        assert ("canary" in text) == ("about" not in query)
    assert client.get("/admin/notifications/message/?about=%00").status_code == 200
