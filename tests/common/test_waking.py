"""Tasks are woken once for a transaction, and a broker that is away keeps nobody from what they have written."""

import pytest
from django.db import transaction

from innomarket.common import away, waking

pytestmark = pytest.mark.django_db


class Broker:
    """Takes what is sent, or fails after so many seconds of its own clock."""

    def __init__(self):
        self.sent, self.asked, self.fails, self.takes, self.time = [], 0, False, 0.0, 100.0

    def send_task(self, name, **options):
        assert options.pop("retry") is False
        self.asked += 1
        self.time += self.takes
        if self.fails:
            raise OSError("no broker")
        self.sent.append((name, options))


@pytest.fixture
def broker(monkeypatch):
    made = Broker()
    monkeypatch.setattr(waking, "current_app", made)
    monkeypatch.setattr(waking, "_away", away.Away())
    monkeypatch.setattr(away.time, "monotonic", lambda: made.time)
    return made


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_wake_is_one_task_for_a_transaction(broker, committed):
    with committed():
        waking.wake("a", expires=60)
        with transaction.atomic():
            waking.wake("a", expires=60)
        assert broker.sent == []
    assert broker.sent == [("a", {"expires": 60})]


def test_wake_with_other_words_is_another_task(broker, committed):
    with committed():
        for pk in (1, 2, 1):
            waking.wake("a", args=[pk])
    assert broker.sent == [("a", {"args": [1]}), ("a", {"args": [2]})]


def test_wake_is_undone_with_its_savepoint(broker, committed):
    with committed():
        with pytest.raises(RuntimeError), transaction.atomic():
            waking.wake("a")
            raise RuntimeError
        waking.wake("b")
    assert broker.sent == [("b", {})]


def test_wake_without_a_broker_harms_nothing(broker, committed):
    broker.fails = True
    later = []
    with committed():
        waking.wake("a")
        waking.wake("b")
        transaction.on_commit(lambda: later.append(1))
    assert broker.asked == 2 and later == [1]


def test_broker_that_kept_somebody_waiting_is_left_alone_for_a_while(broker, committed):
    broker.fails, broker.takes = True, 5.0
    with committed():
        for name in ("a", "b", "c"):
            waking.wake(name)
    assert broker.asked == 1
    broker.fails, broker.takes = False, 0.0
    broker.time += away.LEFT_ALONE + 0.1
    with committed():
        waking.wake("d")
    assert broker.sent == [("d", {})]
