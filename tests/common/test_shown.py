"""What the staff console writes instead of the values that the database keeps."""

from datetime import date

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import RequestFactory
from django.utils import translation

from designation.models import Designation, Seat
from innomarket.accounts.models import Organisation, User
from innomarket.common.shown import column, days, name_of


@pytest.mark.parametrize(
    ("period", "text"),
    [
        (DateRange(date(2026, 1, 1), date(2027, 1, 1)), "Thu 1 Jan 2026 to Thu 31 Dec 2026"),
        (DateRange(date(2020, 1, 1), None), "from Wed 1 Jan 2020 on"),
        (DateRange(None, date(2020, 1, 1)), "until Tue 31 Dec 2019"),
        (DateRange(None, None), "at any time"),
    ],
)
def test_days_name_the_last_day_and_not_the_day_after(period, text):
    with translation.override("en"):
        assert days(period) == text


def test_a_truth_is_a_word():
    with translation.override("en"):
        assert column(Seat, "is_chair")(Seat(is_chair=True)) == "Yes"
        assert column(Seat, "is_chair")(Seat(is_chair=False)) == "No"


def test_a_name_follows_the_language_of_the_page():
    organisation = Organisation(name_ko="가온시", name_en="Gaon City")
    with translation.override("en"):
        assert name_of(organisation) == "Gaon City"
    with translation.override("ko"):
        assert name_of(organisation) == "가온시"


@pytest.mark.django_db
@pytest.mark.parametrize(("right", "linked"), [("keep_committee", False), ("verify_organisations", True)])
def test_a_related_object_is_a_link_only_where_it_may_be_opened(right, linked):
    staff = User.objects.create(email="desk@shown.example", name="Desk", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename=right))
    request = RequestFactory().get("/")
    request.user = staff
    fields = admin.site._registry[Designation].get_fields(request)
    shown = next(field for field in fields if getattr(field, "__name__", "") == "organisation")
    with translation.override("en"):
        text = shown(Designation(organisation=Organisation(pk=7, name_ko="바름", name_en="Bareum")))
    assert "Bareum" in text
    assert ("<a href" in text) is linked
