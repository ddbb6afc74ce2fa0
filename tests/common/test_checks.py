import pytest
from django.db import connection

from innomarket.common.checks import MOVABLE, clock_is_fixed
from innomarket.common.models import MovableClock

pytestmark = pytest.mark.django_db


def test_deployment_with_a_movable_clock_is_refused():
    MovableClock.objects.get_or_create(database=connection.settings_dict["NAME"])
    assert clock_is_fixed(databases=["default"]) == [MOVABLE]


def test_deployment_with_another_databases_mark_passes():
    MovableClock.objects.all().delete()
    MovableClock.objects.create(database="restored_from")
    assert clock_is_fixed(databases=["default"]) == []


def test_clock_is_not_asked_without_a_database():
    assert clock_is_fixed(databases=None) == []
