"""Loading the shipped rows."""

import io

from django.core.management import call_command
from django.db import connection

from catalog.models import Category
from tests.support import races


def test_two_that_load_at_once_into_an_empty_list_load_it_once(fresh_database):
    before = sorted(Category.objects.values_list("code", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE catalog_category CASCADE")

    def load():
        call_command("load_rules", stdout=io.StringIO())

    first, then, waited = races.overlapping(load, load)
    assert first.error is None and then.error is None and waited
    assert sorted(Category.objects.values_list("code", flat=True)) == before
