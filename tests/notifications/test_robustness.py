"""A worker that stopped, one that was killed, two at once, a Redis that was emptied: one state in the end.

Real processes on a database of their own. Each message stands once, each mail was taken once, whatever
happened between: the rows are the truth, Celery and Redis only wake.
"""

import pytest
from celery import Celery

TELL = """
WITH people AS (
    INSERT INTO accounts_user (password, is_superuser, email, name, language, is_staff, is_active)
    SELECT '!', false, 'p' || n || '@example.com', 'x', 'ko', false, true FROM generate_series(%s, %s) n
    RETURNING id
)
INSERT INTO notifications_message
    (kind, recipient_id, address_to, language, subject, body, url, object_label, key, state, attempts, error)
SELECT 'test.worker', id, '', 'ko', 'Hello', 'Hello', '', '', 'test.worker:' || id, 'waiting', 0, ''
FROM people
"""


def tell(deployment, first, last):
    """Rows as ``tell`` writes them, without waking anybody: as when Redis is away."""
    deployment.rows(TELL, first, last)


def wake(deployment):
    """What beat does every minute."""
    with Celery(broker=deployment.redis_url, set_as_current=False) as app:
        app.send_task("notifications.send_due")


def states(deployment):
    return dict(deployment.rows("SELECT state, count(*) FROM notifications_message GROUP BY state"))


def assert_each_once(deployment, count):
    """Every message is sent at its first attempt, and every address has one mail."""
    deployment.wait(lambda: states(deployment) == {"sent": count}, f"{count} messages are sent")
    mails = deployment.rows('SELECT count(*), count(DISTINCT "to") FROM notifications_localmail')
    assert mails == [(count, count)]
    assert deployment.rows("SELECT max(attempts) FROM notifications_message") == [(1,)]


@pytest.mark.worker
@pytest.mark.slow
def test_stopped_killed_doubled_and_flushed_workers_end_in_the_same_state(deployment):
    # Stopped, and Redis forgets the wake-up: what was told waits.
    tell(deployment, 1, 50)
    wake(deployment)
    deployment.lose_redis()
    deployment.worker()
    assert states(deployment) == {"waiting": 50}
    wake(deployment)
    assert_each_once(deployment, 50)

    # Killed in the middle: what it had noted stays, what it held is free again.
    tell(deployment, 1001, 4000)
    wake(deployment)
    deployment.wait(lambda: states(deployment).get("sent", 0) > 60, "some are sent")
    deployment.kill("worker")
    assert states(deployment).get("waiting", 0) > 0, "it was done before it was killed: nothing is shown"
    deployment.lose_redis()  # with the task that the dead one had not acknowledged

    # Two workers, each with a wake-up of its own, over what is left.
    deployment.worker().worker()
    wake(deployment)
    wake(deployment)
    assert_each_once(deployment, 3050)
    deployment.kill("worker")


def test_every_task_of_the_schedule_exists():
    """A sweep under a wrong name would never be run, and nobody would notice."""
    from innomarket.celery import app

    app.loader.import_default_modules()
    scheduled = {row["task"] for row in app.conf.beat_schedule.values()}
    assert scheduled <= set(app.tasks)
    assert {
        "notifications.send_due",
        "notifications.write_due_digests",
        "submissions.remind_due",
    } <= scheduled
