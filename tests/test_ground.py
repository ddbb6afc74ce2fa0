"""The base that all tests stand on does what it promises."""

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection

from innomarket.common.models import Heartbeat, MovableClock
from tests.support.races import at_once, values


def name_of_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_database_is_a_clone_of_this_worker_with_a_movable_clock():
    assert name_of_database().startswith("test_")
    assert MovableClock.objects.get().database == name_of_database()


def test_fresh_database_is_another_and_is_movable_too(fresh_database):
    assert name_of_database() == fresh_database
    assert MovableClock.objects.get().database == fresh_database


def test_fresh_database_serves_threads_with_connections_of_their_own(fresh_database):
    from django.utils import timezone

    def write(name):
        Heartbeat.objects.create(process=name, at=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database(), pg_backend_pid()")
            return cursor.fetchone()

    seen = values(at_once(lambda: write("one"), lambda: write("two")))

    assert {name for name, _ in seen} == {fresh_database}
    assert len({backend for _, backend in seen}) == 2
    assert Heartbeat.objects.count() == 2


@pytest.mark.django_db
def test_database_keeps_nothing_of_a_fresh_one(django_user_model):
    assert django_user_model is get_user_model()
    assert not Heartbeat.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("time", ["first", "second"])
def test_cache_is_empty_when_a_test_begins(time):
    assert cache.get("left") is None
    cache.set("left", time)
