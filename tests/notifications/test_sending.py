"""The drain: batches, one session, each message's own failure, kills, two at once."""

import smtplib
from datetime import timedelta

import pytest
from django.db import connection

from innomarket.common import waking
from innomarket.common.clock import moved_to, now
from innomarket.notifications import fanout, sending, services
from innomarket.notifications.kinds import MessageKind, register
from innomarket.notifications.models import LocalMail, Message
from tests.accounts.factories import person
from tests.notifications.factories import message
from tests.notifications.mailing import BACKEND, Server
from tests.support.races import at_once, values

HOUR = 3600.0


def _path_by_a_failing_query(message):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")


register(MessageKind("test.receipt", "Receipt of %(title)s", "Receipt", binding=True))
register(MessageKind("test.broken", "Hello", "Hello", path_of=_path_by_a_failing_query))


@pytest.fixture
def server(settings, monkeypatch):
    """A mail server, and time enough: what ends by seconds is tried where they are few."""
    monkeypatch.setattr(sending, "SECONDS_OF_A_BATCH", HOUR)
    monkeypatch.setattr(sending, "SECONDS_OF_A_RUN", HOUR)
    settings.EMAIL_BACKEND = BACKEND
    Server.reset()
    return Server


def told(count):
    """As many messages, oldest first."""
    return [message(person(), title=f"n{number}") for number in range(count)]


@pytest.mark.django_db
def test_each_is_sent_once_with_its_own_id(server):
    first, second = message(person(language="en"), title="a"), message(person(), title="b")
    assert sending.send_due() == 2 and sending.send_due() == 0
    assert [mail.subject for mail in server.sent] == ["About a", "About b"]
    first.refresh_from_db()
    assert first.state == "sent" and first.sent_at and first.attempts == 1 and first.error == ""
    ids = [mail.message()["Message-ID"] for mail in server.sent]
    assert ids == [sending.message_id(first), sending.message_id(second)] and ids[0] != ids[1]
    assert server.sent[0].to == [first.recipient.email]
    assert "/en/inbox/" in server.sent[0].body
    assert server.sent[0].message().get_content_type() == "text/plain"


@pytest.mark.django_db
def test_batches_share_one_session_and_keep_the_order(server, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 2)
    told(5)
    assert sending.send_due() == 5
    assert server.opened == 1
    assert [mail.subject for mail in server.sent] == [f"About n{number}" for number in range(5)]


@pytest.mark.django_db
def test_binding_message_told_after_a_large_fanout_is_sent_in_the_first_batch(server, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 10)
    crowd = [person() for _ in range(40)]
    services.tell(kind="test.titled", people=crowd, values={"title": "news"})
    first = message(person(), kind="test.receipt", title="a")
    second = message(person(), kind="test.receipt", title="b")
    batch = sending._send_batch(sending.get_connection())
    assert len(batch.sent) == 10 and batch.sent[:2] == [first.pk, second.pk]
    assert sending.send_due() == 32  # and nothing else is forgotten behind them


@pytest.mark.django_db
def test_receipt_goes_before_the_rest_of_a_binding_message_to_many(server):
    at = now()
    with moved_to(at):
        services.tell(kind="test.receipt", people=[person() for _ in range(60)], values={"title": "crowd"})
    with moved_to(at + 20 * fanout.APART):
        alone = message(person(), kind="test.receipt", title="alone")
    with moved_to(at + timedelta(minutes=1)):
        later = message(person(), kind="test.receipt", title="later")
        assert sending.send_due() == 62
    sent = [mail.subject for mail in server.sent]
    assert sent.index(alone.subject) in (20, 21), "behind whose turn had come, and before the others"
    assert sent[-1] == later.subject, "the crowd's turns come too: none starves"


@pytest.mark.django_db
def test_two_large_tellings_share_the_way(server):
    at = now()
    with moved_to(at):
        for title in ("one", "two"):
            services.tell(
                kind="test.receipt",
                people=[person() for _ in range(30)],
                version=title,
                values={"title": title},
            )
        assert sending.send_due() == 60
    half = [mail.subject for mail in server.sent[:30]]
    assert half.count("Receipt of one") == half.count("Receipt of two") == 15


@pytest.mark.django_db
def test_claim_reads_the_index_in_its_order(server):
    told(1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = sending._due()[: sending.BATCH].explain()
    assert "messages_due_in_turn" in plan and "Sort" not in plan


@pytest.mark.django_db
def test_statements_are_as_many_for_a_batch_of_one_as_for_three(server, django_assert_num_queries):
    for count in (1, 3):
        told(count)
        with django_assert_num_queries(7):  # claim and note, an empty claim; the savepoints of both
            assert sending.send_due() == count


@pytest.mark.django_db
def test_slow_server_ends_the_batch_and_loses_nothing(server, monkeypatch):
    monkeypatch.setattr(sending, "SECONDS_OF_A_BATCH", -1.0)
    told(3)
    batch = sending._send_batch(sending.get_connection())
    assert len(batch.sent) == 1
    assert sorted(Message.objects.values_list("state", flat=True)) == ["sent", "waiting", "waiting"]
    assert sending.send_due() == 2


@pytest.mark.django_db
def test_run_that_is_long_wakes_the_next_one(server, monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr(sending, "BATCH", 2)
    monkeypatch.setattr(sending, "SECONDS_OF_A_RUN", -1)
    told(3)
    monkeypatch.setattr(
        waking.current_app, "send_task", lambda name, **options: woken.append(name), raising=False
    )
    connection.run_on_commit.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert sending.send_due() == 2
    assert woken == ["notifications.send_due"]


@pytest.mark.django_db
def test_what_is_not_due_stays(server):
    message(person(), next_attempt_at=now() + timedelta(minutes=1))
    message(person(), state="failed")
    assert sending.send_due() == 0


@pytest.mark.django_db
def test_failed_is_kept_with_its_error_and_tried_later(server):
    row = message(person())
    server.errors = {"*": smtplib.SMTPDataError(451, b"try later")}
    waits = []
    for _ in range(len(sending.BACK_OFF)):
        assert sending.send_due() == 0
        row.refresh_from_db()
        assert row.state == "waiting" and "451" in row.error
        waits.append(row.next_attempt_at - now())
        Message.objects.update(next_attempt_at=now())
    assert waits == sorted(waits) and waits[-1] > timedelta(hours=11)
    sending.send_due()
    row.refresh_from_db()
    assert row.state == "failed" and row.attempts == 8 and row.sent_at is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"x@example.com": (550, b"no such user")}), "failed"),
        (smtplib.SMTPDataError(554, b"refused by the filter"), "waiting"),
        (smtplib.SMTPServerDisconnected("the filter hangs up"), "waiting"),
        (ValueError("cannot be encoded"), "waiting"),
    ],
)
def test_poisoned_message_does_not_spoil_its_batch(server, error, state):
    """Not one that makes the server hang up either: that costs it an attempt, or it would be tried for ever."""
    _first, bad, _last = rows = told(3)
    server.errors = {bad.recipient.email: error}
    assert sending.send_due() == 2
    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == ["sent", state, "sent"]
    assert bad.attempts == 1 and type(error).__name__ in bad.error
    assert server.opened == 2  # a fresh session after the error


@pytest.mark.django_db
def test_message_whose_making_breaks_the_database_does_not_spoil_its_batch(server):
    first = message(person())
    broken = message(person(), kind="test.broken")
    last = message(person())
    assert sending.send_due() == 2
    for row in (first, broken, last):
        row.refresh_from_db()
    assert [row.state for row in (first, broken, last)] == ["sent", "waiting", "sent"]
    assert "division by zero" in broken.error


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error", [ConnectionRefusedError(111, "refused"), smtplib.SMTPAuthenticationError(535, b"no")]
)
def test_server_away_costs_no_attempt_ends_the_run_and_is_said(server, error):
    told(5)
    server.closed = error
    assert sending.send_due() == 0
    assert Message.objects.filter(error__contains=type(error).__name__, attempts=0).count() == 5
    assert not Message.objects.exclude(state="waiting").exists()
    server.closed = None
    Message.objects.update(next_attempt_at=now())
    assert sending.send_due() == 5
    assert not Message.objects.exclude(error="").exists()


@pytest.mark.django_db
def test_server_that_goes_away_in_a_batch_keeps_what_was_sent(server):
    rows = told(4)
    server.errors = {rows[1].recipient.email: smtplib.SMTPServerDisconnected("gone")}
    real = Server.close

    def close_for_good(self):
        real(self)
        Server.closed = ConnectionRefusedError(111, "refused")

    Server.close = close_for_good
    try:
        assert sending.send_due() == 1
    finally:
        Server.close = real
    found = list(Message.objects.order_by("pk").values_list("state", "attempts"))
    assert found == [("sent", 1), ("waiting", 1), ("waiting", 0), ("waiting", 0)]


def test_killed_in_the_middle_sends_the_batch_again_with_the_same_ids(fresh_database, server, monkeypatch):
    told(3)
    real = Server.send_messages

    def killed(self, mails):
        real(self, mails)
        if len(self.sent) == 2:
            raise KeyboardInterrupt  # the server has the second one; the process dies before anything is noted

    monkeypatch.setattr(Server, "send_messages", killed)
    with pytest.raises(KeyboardInterrupt):
        sending.send_due()
    monkeypatch.setattr(Server, "send_messages", real)
    assert sorted(Message.objects.values_list("state", flat=True)) == ["waiting"] * 3
    assert sending.send_due() == 3
    ids = [mail.message()["Message-ID"] for mail in server.sent]
    assert len(ids) == 5 and len(set(ids)) == 3 and ids[:2] == ids[2:4]


def test_three_at_once_send_each_message_once(fresh_database, server, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 7)
    told(30)
    counts = values(at_once(sending.send_due, sending.send_due, sending.send_due))
    assert sum(counts) == 30
    addresses = [mail.to[0] for mail in server.sent]
    assert len(addresses) == len(set(addresses)) == 30


@pytest.mark.django_db
def test_local_mailbox_keeps_a_mail_once(settings):
    settings.EMAIL_BACKEND = "innomarket.notifications.backends.LocalMailbox"
    row = message(person(), title="x")
    assert sending.send_due() == 1
    Message.objects.update(state="waiting", sent_at=None)  # as after a kill
    assert sending.send_due() == 1
    mail = LocalMail.objects.get()
    assert (mail.to, mail.subject, mail.message_id) == (
        row.recipient.email,
        "About x",
        sending.message_id(row),
    )


@pytest.mark.django_db
def test_local_mailbox_whose_table_refuses_a_mail_keeps_the_others(settings):
    settings.EMAIL_BACKEND = "innomarket.notifications.backends.LocalMailbox"
    rows = told(3)
    Message.objects.filter(pk=rows[1].pk).update(body="a" * 10)
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE notifications_localmail ADD CHECK (position('aaaaaaaaaa' IN body) = 0) NOT VALID"
        )
    assert sending.send_due() == 2
    states = Message.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["sent", "waiting", "sent"]


@pytest.mark.django_db
@pytest.mark.parametrize("subject", ["a\r\nBcc: x@example.com", "a\nb"])
def test_subject_with_a_line_break_is_not_sent(settings, subject):
    settings.EMAIL_BACKEND = "innomarket.notifications.backends.LocalMailbox"
    row, good = message(person(), subject=subject), message(person())
    assert sending.send_due() == 1
    row.refresh_from_db()
    assert "BadHeaderError" in row.error
    assert LocalMail.objects.get().to == good.recipient.email
