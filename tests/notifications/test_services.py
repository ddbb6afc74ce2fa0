import smtplib
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction

from innomarket.accounts.models import User
from innomarket.audit.models import Entry
from innomarket.common.clock import now
from innomarket.common.refusals import Refused
from innomarket.notifications import services
from innomarket.notifications.models import LocalMail, Message
from tests.accounts.factories import person, staff
from tests.notifications.factories import message
from tests.support.races import at_once, values

BACKEND = "tests.notifications.test_services.Failing"


class Failing(BaseEmailBackend):
    """A mail server that fails as it is told."""

    error: BaseException | None = None
    sent: list[EmailMessage] = []
    opened = 0

    def open(self):
        type(self).opened += 1
        return True

    def send_messages(self, mails):
        if self.error:
            raise self.error
        self.sent.extend(mails)
        return len(mails)


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = BACKEND
    Failing.error, Failing.sent, Failing.opened = None, [], 0
    return Failing


# ── telling ──


@pytest.mark.django_db
def test_tell_writes_one_row_a_person_in_their_language():
    ko, en = person(language="ko"), person(language="en")
    assert (
        services.tell(kind="test.titled", people=[ko, en], about=ko, values={"title": "x"}, url="/calls/")
        == 2
    )
    assert {(row.recipient_id, row.language) for row in Message.objects.all()} == {
        (ko.pk, "ko"),
        (en.pk, "en"),
    }
    row = Message.objects.get(recipient=en)
    assert (row.subject, row.url, row.state, row.attempts) == ("About x", "/calls/", "waiting", 0)
    assert row.object_label == f"accounts.user:{ko.pk}"


@pytest.mark.django_db
def test_tell_again_is_one_message_for_a_key():
    someone = person()
    for version, expected in [(1, 1), (1, 0), (2, 1), ("", 1), ("", 0)]:
        told = services.tell(
            kind="test.titled",
            people=[someone, someone],
            about=someone,
            version=version,
            values={"title": "x"},
        )
        assert told == expected
    assert Message.objects.count() == 3


@pytest.mark.django_db
def test_tell_people_by_queryset_without_those_who_may_not_sign_in(django_assert_num_queries):
    for _ in range(3):
        person()
    gone = person(is_active=False)
    with django_assert_num_queries(4):  # people, their preferences, known keys, one insert
        services.tell(kind="test.titled", people=User.objects.all(), values={"title": "x"})
    assert not Message.objects.filter(recipient=gone).exists()
    assert Message.objects.count() == 3


@pytest.mark.django_db
def test_tell_with_a_very_long_version_keeps_keys_apart():
    someone = person()
    for version in ("v" * 300, "v" * 299 + "w"):
        assert (
            services.tell(kind="test.titled", people=[someone], version=version, values={"title": "x"}) == 1
        )


@pytest.mark.django_db
def test_tell_an_unknown_kind_fails():
    with pytest.raises(KeyError):
        services.tell(kind="test.unknown", people=[person()])


@pytest.mark.django_db
def test_suppressed_is_kept_in_the_inbox_and_never_sent(server):
    someone = person()
    with services.suppressed():
        row = message(someone)
    assert row.state == "suppressed" and not connection.run_on_commit
    assert services.send_due() == 0 and server.sent == []
    assert Message.objects.inbox(someone).count() == 1
    assert message(someone).state == "waiting"


@pytest.mark.django_db
def test_wake_is_one_task_for_a_transaction(monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(
        services.current_app, "send_task", lambda name, **options: sent.append(name), raising=False
    )
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        message(person())
        with transaction.atomic():
            message(person())
    assert len(callbacks) == 1 and sent == ["notifications.send_due"]


@pytest.mark.django_db
def test_wake_without_a_broker_harms_nothing(monkeypatch, django_capture_on_commit_callbacks):
    def fail(*args, **options):
        raise OSError("no broker")

    monkeypatch.setattr(services.current_app, "send_task", fail, raising=False)
    with django_capture_on_commit_callbacks(execute=True):
        message(person())
    assert Message.objects.get().state == "waiting"


def test_tell_undone_with_its_transaction(fresh_database):
    someone = person()
    with pytest.raises(RuntimeError), transaction.atomic():
        message(someone)
        raise RuntimeError
    assert not Message.objects.exists()


# ── sending ──


@pytest.mark.django_db
def test_send_due_sends_each_once_with_its_own_id(server):
    first, second = message(person(language="en"), title="a"), message(person(), title="b")
    assert services.send_due() == 2 and services.send_due() == 0
    assert [mail.subject for mail in server.sent] == ["About a", "About b"]
    first.refresh_from_db()
    assert first.state == "sent" and first.sent_at and first.attempts == 1 and first.error == ""
    ids = [mail.message()["Message-ID"] for mail in server.sent]
    assert ids == [services.message_id(first), services.message_id(second)] and ids[0] != ids[1]
    assert server.sent[0].to == [first.recipient.email]
    assert "/en/inbox/" in server.sent[0].body
    assert server.sent[0].message().get_content_type() == "text/plain"


@pytest.mark.django_db
def test_send_due_takes_more_than_one_batch(server, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 2)
    for _ in range(5):
        message(person())
    assert services.send_due() == 5


@pytest.mark.django_db
def test_send_due_leaves_what_is_not_due(server):
    message(person(), next_attempt_at=now() + timedelta(minutes=1))
    message(person(), state="failed")
    assert services.send_due() == 0


@pytest.mark.django_db
def test_send_due_failed_is_kept_with_its_error_and_tried_later(server):
    row = message(person())
    server.error = smtplib.SMTPDataError(451, b"try later")
    waits = []
    for _ in range(len(services.BACK_OFF)):
        assert services.send_due() == 0
        row.refresh_from_db()
        assert row.state == "waiting" and "451" in row.error
        waits.append(row.next_attempt_at - now())
        Message.objects.update(next_attempt_at=now())
    assert waits == sorted(waits) and waits[-1] > timedelta(hours=11)
    services.send_due()
    row.refresh_from_db()
    assert row.state == "failed" and row.attempts == 8 and row.sent_at is None


@pytest.mark.django_db
def test_send_due_one_bad_message_does_not_stop_the_others(server, monkeypatch):
    bad, good = message(person(email="bad@example.com")), message(person())
    real = Failing.send_messages

    def send(self, mails):
        if mails[0].to == ["bad@example.com"]:
            raise smtplib.SMTPRecipientsRefused({"bad@example.com": (550, b"no such user")})
        return real(self, mails)

    monkeypatch.setattr(Failing, "send_messages", send)
    assert services.send_due() == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == ("failed", "sent") and "550" in bad.error


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error", [ConnectionRefusedError(111, "refused"), smtplib.SMTPAuthenticationError(535, b"no")]
)
def test_send_due_server_away_costs_no_attempt_and_ends_the_run(server, error):
    for _ in range(5):
        message(person())
    server.error = error
    assert services.send_due() == 0
    assert Message.objects.exclude(error="").count() == services.DEAD_SERVER
    assert not Message.objects.exclude(attempts=0).exists()
    assert not Message.objects.exclude(state="waiting").exists()


def test_send_due_killed_in_the_middle_sends_the_rest_and_the_same_id_again(fresh_database, server):
    for _ in range(3):
        message(person())
    real = Failing.send_messages

    def killed(self, mails):
        real(self, mails)
        if len(self.sent) == 2:
            raise KeyboardInterrupt  # the server has the second one; the process dies before it is noted

    Failing.send_messages = killed
    try:
        with pytest.raises(KeyboardInterrupt):
            services.send_due()
    finally:
        Failing.send_messages = real
    assert sorted(Message.objects.values_list("state", flat=True)) == ["sent", "waiting", "waiting"]
    assert services.send_due() == 2
    ids = [mail.message()["Message-ID"] for mail in server.sent]
    assert len(ids) == 4 and len(set(ids)) == 3 and ids[1] == ids[2]


def test_send_due_two_at_once_send_each_message_once(fresh_database, server):
    for _ in range(30):
        message(person())
    counts = values(at_once(services.send_due, services.send_due, services.send_due))
    assert sum(counts) == 30
    addresses = [mail.to[0] for mail in server.sent]
    assert len(addresses) == len(set(addresses)) == 30


@pytest.mark.django_db
def test_send_due_into_the_local_mailbox_keeps_a_mail_once(settings):
    settings.EMAIL_BACKEND = "innomarket.notifications.backends.LocalMailbox"
    row = message(person(), title="x")
    assert services.send_due() == 1
    Message.objects.update(state="waiting", sent_at=None)  # as after a kill
    assert services.send_due() == 1
    mail = LocalMail.objects.get()
    assert (mail.to, mail.subject, mail.message_id) == (
        row.recipient.email,
        "About x",
        services.message_id(row),
    )


@pytest.mark.django_db
@pytest.mark.parametrize("subject", ["a\r\nBcc: x@example.com", "a\nb"])
def test_send_due_subject_with_a_line_break_is_not_sent(settings, subject):
    settings.EMAIL_BACKEND = "innomarket.notifications.backends.LocalMailbox"
    row = message(person(), subject=subject)
    assert services.send_due() == 0
    row.refresh_from_db()
    assert "BadHeaderError" in row.error and not LocalMail.objects.exists()


# ── retry, reading ──


@pytest.mark.django_db
def test_retry_by_staff_is_sent_again_and_audited(server):
    row, by = message(person(), state="failed", attempts=8, error="x"), staff("read_audit")
    services.retry(message=row, by=by, reason="The server is back.")
    assert services.send_due() == 1
    entry = Entry.objects.get(verb="notifications.retry")
    assert entry.actor == by and entry.reason == "The server is back."
    assert row.recipient.email not in str(entry.changes)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["waiting", "sent", "suppressed"])
def test_retry_what_has_not_failed_is_refused(state):
    row = message(person(), state=state, sent_at=now() if state == "sent" else None)
    with pytest.raises(Refused):
        services.retry(message=row, by=staff("read_audit"), reason="x")


@pytest.mark.django_db
def test_retry_by_others_is_refused():
    row = message(person(), state="failed")
    for by in (person(), staff("keep_budget")):
        with pytest.raises(Refused) as caught:
            services.retry(message=row, by=by, reason="x")
        assert caught.value.status == 403


@pytest.mark.django_db
def test_mark_read_touches_only_ones_own():
    mine, other = person(), person()
    first, second, foreign = message(mine), message(mine), message(other)
    assert services.mark_read(by=mine, message=foreign) == 0
    assert services.mark_read(by=mine, message=first) == 1
    assert services.mark_read(by=mine, message=first) == 0
    assert services.mark_read(by=mine) == 1
    assert set(Message.objects.unread()) == {foreign}
    assert second.pk
