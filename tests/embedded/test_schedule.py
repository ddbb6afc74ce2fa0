"""What beat sends, a worker knows; what a worker was too late for does not pile up."""

import socket
import uuid

import pytest
from kombu.exceptions import OperationalError

from innomarket.celery import app
from innomarket.embedded import ports

SCHEDULE = app.conf.beat_schedule


@pytest.mark.parametrize("name", SCHEDULE)
def test_scheduled_task_is_known_to_the_worker(name):
    app.loader.import_default_modules()
    assert SCHEDULE[name]["task"] in app.tasks


@pytest.mark.parametrize("name", SCHEDULE)
def test_scheduled_message_expires(name):
    assert SCHEDULE[name]["options"]["expires"] > 0


def test_nothing_is_eager_and_no_result_is_kept():
    assert app.conf.task_always_eager is False
    assert app.conf.result_backend is None
    assert app.conf.broker_url.startswith("redis")


def test_broker_that_is_away_is_tried_once(monkeypatch):
    """Whoever has written waits for the answer meanwhile."""
    nowhere = f"redis://{ports.LOOPBACK}:{next(ports.free_ports(28_950))}/0"
    monkeypatch.setattr("kombu.utils.functional.sleep", lambda seconds: pytest.fail(f"waited {seconds} s"))
    with app.connection_for_write(nowhere) as link, pytest.raises(OperationalError):
        app.send_task("notifications.send_due", connection=link, retry=False)


def test_broker_that_stands_still_is_not_waited_for():
    """It takes the connection and never answers."""
    assert 0 < app.conf.broker_transport_options["socket_timeout"] <= 5
    with socket.create_server((ports.LOOPBACK, 0)) as silent:
        address = f"redis://{ports.LOOPBACK}:{silent.getsockname()[1]}/0"
        with app.connection_for_write(address) as link, pytest.raises(OperationalError):
            link.transport_options["socket_timeout"] = 0.2
            app.send_task("notifications.send_due", connection=link, retry=False)


def test_what_comes_at_its_instant_overtakes_a_pile():
    """However many wake-ups of a sweep that works off a pile stand there, and whoever sent them."""
    piles = ["documents.render_pages", "notifications.send_due", "documents.check_pending"]
    at_once = ["innomarket.common.tasks.worker_heartbeat", "submissions.close_due_calls"]
    with app.connection_for_write() as link:
        queue = link.SimpleQueue(uuid.uuid4().hex)
        for task in [*piles, *piles, *at_once]:
            app.send_task(task, connection=link, queue=queue.queue)
        taken = []
        for _ in range(8):
            message = queue.get(timeout=5)
            message.ack()
            taken.append(message.headers["task"])
        queue.close()
    assert taken == [*at_once, *piles, *piles]
