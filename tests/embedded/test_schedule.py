"""What beat sends, a worker knows; what a worker was too late for does not pile up."""

import pytest

from innomarket.celery import app

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
