import hashlib

import pytest
from django.db import connection, transaction

from innomarket.accounts.models import User
from innomarket.audit.models import Entry
from innomarket.common.clock import now
from innomarket.common.refusals import Refused
from innomarket.notifications import sending, services
from innomarket.notifications.models import Message, Preference
from tests.accounts.factories import person, staff
from tests.notifications.factories import message
from tests.notifications.mailing import BACKEND, Server
from tests.support.races import at_once, values


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = BACKEND
    Server.reset()
    return Server


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
@pytest.mark.parametrize("count", [1, 3])
def test_tell_people_by_queryset_without_those_who_may_not_sign_in(django_assert_num_queries, count):
    for _ in range(count):
        person()
    gone = person(is_active=False)
    with django_assert_num_queries(2):  # the clock, and one statement however many they are
        services.tell(kind="test.titled", people=User.objects.order_by("-pk"), values={"title": "100%"})
    assert not Message.objects.filter(recipient=gone).exists()
    assert Message.objects.count() == count


@pytest.mark.django_db
def test_tell_nobody_is_nobody():
    for people in (User.objects.none(), [], User.objects.filter(pk__in=[])):
        assert services.tell(kind="test.titled", people=people, values={"title": "x"}) == 0


@pytest.mark.django_db
def test_tell_a_queryset_that_names_people_twice_or_by_a_pattern():
    """What the ORM's own statement holds (joins, order, limits, percent signs) stays what it is."""
    first, second = person(name="50% off"), person(name="{other}")
    for group in ("test", "pilots"):
        Preference.objects.create(person=first, group=group, way="mail")
    twice = User.objects.filter(message_preferences__way="mail")
    assert twice.count() == 2
    assert services.tell(kind="test.titled", people=twice, values={"title": "x"}) == 1
    named = User.objects.filter(name__contains="% off") | User.objects.filter(name="{other}")
    assert services.tell(kind="test.titled", people=named.order_by("name")[:5], values={"title": "x"}) == 1
    assert set(Message.objects.values_list("recipient", flat=True)) == {first.pk, second.pk}


@pytest.mark.django_db
def test_tell_each_the_way_they_chose_in_one_statement(django_assert_num_queries):
    ways = {"mail": "waiting", "digest": "digest", "inbox": "inbox", None: "waiting"}
    people = {way: person() for way in ways}
    for way in filter(None, ways):
        Preference.objects.create(person=people[way], group="test", way=way)
    with django_assert_num_queries(2):
        services.tell(kind="test.titled", people=people.values(), values={"title": "x"})
    states = dict(Message.objects.values_list("recipient", "state"))
    assert states == {people[way].pk: state for way, state in ways.items()}
    due = dict(Message.objects.values_list("state", "next_attempt_at"))
    assert due["digest"] == services.next_daily_mail(due["waiting"])


@pytest.mark.django_db
def test_tell_in_the_portals_language_where_a_persons_is_unknown():
    someone = person()
    User.objects.filter(pk=someone.pk).update(language="fr")
    assert services.tell(kind="test.titled", people=[someone], values={"title": "x"}) == 1
    assert Message.objects.get().language == "ko"


def test_tell_the_same_at_once_is_one_message_for_each(fresh_database):
    people = [person() for _ in range(20)]

    def tell(people):
        with transaction.atomic():
            return services.tell(kind="test.titled", people=people, values={"title": "x"})

    counts = values(at_once(*(lambda order=order: tell(people[::order]) for order in (1, -1, 1, -1))))
    assert sum(counts) == 20 == Message.objects.count()


@pytest.mark.django_db
def test_tell_with_a_very_long_version_keeps_keys_apart():
    someone = person()
    for version in ("v" * 300, "v" * 299 + "w"):
        for expected in (1, 0):
            told = services.tell(kind="test.titled", people=[someone], version=version, values={"title": "x"})
            assert told == expected
    key = f"test.titled::{someone.pk}:{'v' * 300}"
    hashed = f"{key[:130]}:{hashlib.sha256(key.encode()).hexdigest()}"
    assert Message.objects.filter(key=hashed).exists()


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
    assert sending.send_due() == 0 and server.sent == []
    assert Message.objects.inbox(someone).count() == 1
    assert message(someone).state == "waiting"


def test_tell_undone_with_its_transaction(fresh_database):
    someone = person()
    with pytest.raises(RuntimeError), transaction.atomic():
        message(someone)
        raise RuntimeError
    assert not Message.objects.exists()


# ── retry, reading ──


@pytest.mark.django_db
def test_retry_by_staff_is_sent_again_and_audited(server):
    row, by = message(person(), state="failed", attempts=8, error="x"), staff("read_audit")
    services.retry(message=row, by=by, reason="The server is back.")
    assert sending.send_due() == 1
    entry = Entry.objects.get(verb="notifications.retry")
    assert entry.actor == by and entry.reason == "The server is back."
    assert row.recipient.email not in str(entry.changes)


@pytest.mark.django_db
def test_retry_of_all_failed_leaves_the_others_and_audits_each(monkeypatch):
    monkeypatch.setattr(services, "RETRIED_AT_ONCE", 2)
    failed = [message(person(), state="failed", attempts=8, error="550") for _ in range(3)]
    waiting, by = message(person(), attempts=3), staff("read_audit")
    assert services.retry_failed(by=by, reason="The server took nobody.") == 2
    states = [type(row).objects.get(pk=row.pk).state for row in failed]
    assert states == ["waiting", "waiting", "failed"], "the oldest first"
    waiting.refresh_from_db()
    assert waiting.attempts == 3
    assert Entry.objects.filter(verb="notifications.retry", actor=by).count() == 2
    assert services.retry_failed(by=by, reason="And the rest.") == 1
    with pytest.raises(Refused):
        services.retry_failed(by=by, reason="Nothing is left.")


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
        with pytest.raises(Refused) as caught:
            services.retry_failed(by=by, reason="x")
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
