"""One call, played five times over its closing: whatever happens to worker and Redis, it ends in the same state.

Real workers on databases that are copies of one. The clock stands where the test lets it stand, and the test wakes
the sweeps as beat does. Ends are compared by what they mean: what a late worker does at another instant is the same.
"""

import re
import threading
from collections import Counter
from datetime import timedelta

import psycopg2
import pytest
import redis
from celery import Celery
from django.conf import settings
from django.db import connections
from kombu.exceptions import OperationalError

from innomarket.celery import app as portal_app
from innomarket.common.clock import kst
from innomarket.notifications.models import Preference
from innomarket.submissions.models import Submission
from innomarket.submissions.services import call as calls
from innomarket.submissions.services import submission as submissions
from tests.accounts import factories as accounts
from tests.submissions import factories as engine
from tests.support import databases, orm
from tests.support.deployment import Deployment
from tests.support.mailsink import MailSink

pytestmark = [pytest.mark.worker, pytest.mark.slow]

KIND = "challenge_task"
CLOSES = kst(2027, 3, 3, 18)
CALL = "SELECT state FROM submissions_call"
DUE = """
    SELECT count(*) FROM notifications_message
    WHERE state = 'waiting' AND next_attempt_at <= innomarket_now()
"""
HELD_UP = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
# What is due is asked from rows. These two ask what was not answered, and here the clock leaps.
NOT_WOKEN = {"common-probe-readiness", "submissions-propose-outages"}


@pytest.fixture(scope="module")
def ground(django_db_blocker, django_test_environment):
    """Two days before the closing: two submitted, one withdrawn, two drafts, one with more time; nobody was mailed."""
    name = databases.clone()
    databases.stand_at(name, CLOSES - timedelta(days=2))
    with orm.pointed_at(name, django_db_blocker):
        chief = accounts.staff("run_rounds", email="chief@example.com")
        gathers = accounts.staff("run_rounds", email="daily@example.com")
        Preference.objects.create(person=gathers, group="submissions", way="digest")
        call = engine.open_call(KIND, by=chief, closes_at=CLOSES)
        for _ in range(2):
            engine.submitted(call=call, organisation=accounts.institution())
        taken_back = engine.submitted(call=call, organisation=accounts.institution())
        submissions.withdraw(submission=taken_back, by=taken_back.created_by, reason="Other plans.")
        for _ in range(2):
            engine.submission(call=call, organisation=accounts.institution())
        slow = engine.submission(call=call, organisation=accounts.institution())
        calls.extend_call(
            call=call,
            by=chief,
            closes_at=CLOSES + timedelta(days=3),
            opening_at=CLOSES + timedelta(days=4),
            reason="Its network was cut.",
            organisations=[slow.applicant_organisation],
        )
    yield name
    databases.drop(name)


@pytest.fixture
def play(ground, tmp_path, django_db_blocker, monkeypatch):
    with Play(tmp_path / "var", ground, django_db_blocker, monkeypatch) as made:
        yield made


@pytest.fixture(scope="module")
def undisturbed(ground, tmp_path_factory, django_db_blocker):
    """How it ends when nothing happens."""
    var = tmp_path_factory.mktemp("undisturbed") / "var"
    with pytest.MonkeyPatch.context() as patch, Play(var, ground, django_db_blocker, patch) as made:
        made.worker()
        made.to_the_last_hour()
        made.submit_one()
        made.settle()
        made.to_the_closing()
        made.settle(CALL, "closed")
        made.to_the_end()
        return made.end()


def test_the_story_has_what_is_compared(undisturbed):
    assert [row[1] for row in undisturbed["calls"]] == ["closed"]
    assert Counter(state for _number, state, *_ in undisturbed["submissions"]) == {
        "submitted": 3,
        "draft": 2,
        "withdrawn": 1,
    }
    told = Counter(kind for kind, *_ in undisturbed["messages"])
    assert told["submissions.submitted"] == 4
    assert told["submissions.reminder"] == 3
    assert told["submissions.call_closed"] == 2
    assert told["submissions.closed_with_yours"] == 3
    assert told["submissions.closed_without_yours"] == 1
    assert told["notifications.digest"] == 1
    assert Counter(state for *_, state in undisturbed["messages"]).keys() == {"sent", "digested"}
    assert len(undisturbed["mails"]) == sum(state == "sent" for *_, state in undisturbed["messages"])


def test_worker_that_was_away_over_the_closing(play, undisturbed):
    play.worker()
    play.to_the_last_hour()
    play.made.stop("worker")
    play.submit_one()
    play.to_the_closing()
    play.wake()
    assert play.rows(CALL) == [("announced",)], "nobody is there to close it"

    play.an_hour_later()
    play.worker()

    play.to_the_end()
    assert play.end() == undisturbed


def test_worker_killed_while_it_closes_and_while_it_mails(play, undisturbed):
    play.worker()
    play.to_the_last_hour()
    play.submit_one()
    play.settle()
    play.to_the_closing()
    play.kill_while_it_closes()
    assert play.rows(CALL) == [("announced",)], "half a closing is none"

    play.worker()
    play.kill_while_it_mails()
    assert play.rows(CALL) == [("closed",)]
    play.made.lose_redis()  # with the tasks that the dead one had not acknowledged

    play.worker()
    play.to_the_end()
    assert play.sink.again > 0, "no mail was handed over again: nothing was shown"
    assert play.end() == undisturbed


def test_two_workers_that_are_each_woken_twice(play, undisturbed):
    play.worker("--hostname", "one@%h").worker("--hostname", "two@%h")
    play.made.wait(lambda: len(play.broker.control.ping(timeout=0.5)) == 2, "both answer")
    play.to_the_last_hour(times=2)
    play.submit_one()
    play.settle(times=2)
    play.to_the_closing()
    play.settle(CALL, "closed", times=4)
    play.to_the_end(times=2)
    assert play.end() == undisturbed


def test_redis_that_was_gone_for_an_hour_and_came_back_empty(play, undisturbed):
    play.own_redis()
    play.worker()
    play.to_the_last_hour()
    play.made.stop("valkey")
    play.submit_one()
    play.to_the_closing()
    with pytest.raises(OperationalError):
        play.wake()
    assert play.rows(CALL) == [("announced",)], "nobody could be woken to close it"

    play.an_hour_later()
    play.made.start_redis_again()

    play.to_the_end()
    assert play.end() == undisturbed


class Play:
    """A deployment on a copy of the ground, whose mails go to a sink; what happens in between the tests do."""

    def __init__(self, var, ground, blocker, patch):
        self.made = Deployment(var, template=ground)
        # What this process sealed, the workers read.
        self.made.env["SEALING_KEYS"] = str(settings.SEALING_KEYS_HERE)
        self.sink = HeldSink()
        self.orm = orm.pointed_at(self.made.database, blocker)
        self.patch = patch
        self._use_broker()

    def __enter__(self):
        self.sink.__enter__()
        self.made.env["MAIL_URL"] = self.sink.url
        self.orm.__enter__()
        return self

    def __exit__(self, *error):
        self.sink.held.set()
        self.orm.__exit__(*error)
        self.made.kill("worker")  # it has nothing to do, and a gentle end takes seconds
        self.made.close()
        self.broker.close()
        self.sink.__exit__(*error)

    def own_redis(self):
        self.made.own_redis()
        self._use_broker()

    def _use_broker(self):
        """Who submits in this process wakes the drain of this deployment, as its web server would."""
        # As the current one it would outlive this test, and wake nobody in the next ones.
        self.broker = Celery(broker=self.made.redis_url, set_as_current=False)
        self.redis = redis.Redis.from_url(self.made.redis_url)
        self.patch.setattr("innomarket.common.waking.current_app", self.broker)

    def worker(self, *options):
        self.rows("DELETE FROM common_heartbeat")
        self.made.worker(*options)
        return self

    # ── what happens ──

    def to_the_last_hour(self, times=1):
        """Two hours before the closing two drafts are reminded of. The one with more time has still three days."""
        self.stand_at(CLOSES - timedelta(hours=2))
        reminded = "SELECT count(*) FROM notifications_message WHERE kind = 'submissions.reminder'"
        self.settle(reminded, 2, times=times)
        self.stand_at(CLOSES - timedelta(minutes=30))

    def submit_one(self):
        draft = Submission.objects.filter(state="draft").order_by("pk").first()
        submissions.submit(submission=draft, by=draft.created_by)

    def to_the_closing(self):
        self.stand_at(CLOSES)

    def an_hour_later(self):
        self.stand_at(CLOSES + timedelta(hours=1))

    def to_the_end(self, times=1):
        """An hour after the closing everything is done, and at eight in the morning the daily mail."""
        self.an_hour_later()
        self.settle(CALL, "closed", times=times)
        self.stand_at(CLOSES + timedelta(hours=14, minutes=10))
        gathered = "SELECT count(*) FROM notifications_message WHERE kind = 'notifications.digest'"
        self.settle(gathered, 1, times=times)

    def kill_while_it_closes(self):
        """It has written the call and waits to tell: the transaction is open when it dies."""
        holder = psycopg2.connect(databases.dsn(self.made.database))
        with holder, holder.cursor() as held:
            held.execute("LOCK TABLE notifications_message IN SHARE MODE")
            self.send("submissions.close_due_calls")
            self.made.wait(lambda: self.rows(HELD_UP), "the closing waits")
            ((session,),) = self.rows(HELD_UP)
            self.made.kill("worker")
        holder.close()
        alive = f"SELECT 1 FROM pg_stat_activity WHERE pid = {session}"
        self.made.wait(lambda: not self.rows(alive), "its session is gone")

    def kill_while_it_mails(self):
        """Some mails of the batch are at the server, and none is noted yet."""
        self.sink.hold(len(self.sink.kept) + 3)
        self.wake()
        self.made.wait(self.sink.holds.is_set, "the third mail is being sent")
        self.made.kill("worker")
        self.sink.held.set()

    # ── the machinery ──

    def rows(self, query):
        return self.made.rows(query)

    def stand_at(self, instant):
        connections.close_all()
        databases.stand_at(self.made.database, instant)

    def send(self, task):
        self.broker.send_task(task, retry=False)

    def wake(self, times=1):
        """What beat does, but now. Raises OperationalError where there is no broker."""
        for _ in range(times):
            for name, row in portal_app.conf.beat_schedule.items():
                if name not in NOT_WOKEN:
                    self.send(row["task"])

    def settle(self, query="SELECT 1", value=1, *, times=1):
        """Wake the sweeps until the query gives the value, nobody is at work and no mail waits."""
        done = [(value,)], [(0,)]
        self.wake(times)
        self.made.wait(self._at_rest, "the workers are done")
        for _ in range(3):
            if (self.rows(query), self.rows(DUE)) == done:
                return
            self.wake(times)
            self.made.wait(self._at_rest, "the workers are done")
        assert (self.rows(query), self.rows(DUE)) == done

    def _at_rest(self):
        try:
            return not any([self.redis.llen("celery"), self.redis.hlen("unacked")])
        except redis.RedisError:
            return False

    def end(self):
        """What stands in the end, without the instants at which a worker came to it."""
        keys = {str(pk): key for pk, key in self.rows("SELECT id, key FROM notifications_message")}
        mails = Counter(
            (keys[re.match(r"<innomarket\.(\d+)\.", name)[1]], address)
            for name, (address, _mail) in self.sink.kept.items()
        )
        assert set(mails.values()) == {1}, "a mail under a second Message-ID"
        return {
            "calls": self.rows(
                "SELECT number, state, closed_at >= closes_at, closes_at FROM submissions_call"
            ),
            "submissions": self.rows(
                """SELECT s.number, s.state, count(r.id), array_agg(r.sha256 ORDER BY r.id)
                   FROM submissions_submission s LEFT JOIN submissions_revision r ON r.submission_id = s.id
                   GROUP BY s.id ORDER BY s.id"""
            ),
            "messages": self.rows(
                "SELECT kind, key, recipient_id, attempts, state FROM notifications_message ORDER BY key"
            ),
            "audit": self.rows(
                """SELECT verb, subject_type, subject_id, actor_id, reason, count(*) FROM audit_entry
                   GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"""
            ),
            "mails": sorted(mails),
        }


class HeldSink(MailSink):
    """May keep a mail in its hands without an answer."""

    def __init__(self):
        super().__init__()
        self.stop_at, self.holds, self.held = 0, threading.Event(), threading.Event()

    def hold(self, count):
        self.stop_at = count

    async def handle_DATA(self, server, session, envelope):
        answer = await super().handle_DATA(server, session, envelope)
        if self.stop_at and len(self.kept) >= self.stop_at and not self.held.is_set():
            self.holds.set()
            await server.loop.run_in_executor(None, self.held.wait)
        return answer
