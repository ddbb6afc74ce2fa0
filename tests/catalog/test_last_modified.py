"""`Last-Modified`: on every list and detail whose last change the history knows."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pgtrigger
import pytest
from django.db import connection
from django.db.models import F

from catalog.api.resources import PublicViewSet
from catalog.services import category as categories
from innomarket.accounts.models import Organisation
from innomarket.accounts.services.organisation import verify_organisation
from innomarket.audit.models import Entry
from innomarket.audit.reads import LAST, last_done
from innomarket.audit.verbs import known
from innomarket.portal.api import NEWS
from innomarket.submissions.services import call as calls
from tests.accounts.factories import company, staff
from tests.catalog.factories import product
from tests.challenges.factories import published_task
from tests.submissions import factories as submissions

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def age_everything(by: timedelta = DAY) -> None:
    """As if all of the history had been written so much earlier."""
    with pgtrigger.ignore("audit.Entry:audit_append_only"):
        Entry.objects.update(recorded_at=F("recorded_at") - by)


def told(client, path: str) -> datetime | None:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200 and answer["ETag"]
    return parsedate_to_datetime(answer["Last-Modified"]) if "Last-Modified" in answer else None


def is_of_yesterday(at: datetime | None) -> bool:
    return at is not None and DAY - timedelta(minutes=5) < datetime.now(UTC) - at < DAY + timedelta(minutes=5)


def verified() -> Organisation:
    waiting = company(state="pending", decided_at=None)
    return verify_organisation(organisation=waiting, by=staff("verify_organisations"))


MAKE = {
    "designations": lambda: product().designation.number,
    "calls": lambda: submissions.open_call().number,
    "challenge-tasks": lambda: published_task().submission.number,
    "organisations": lambda: verified().pk,
}


@pytest.mark.parametrize("name", MAKE)
def test_lists_and_rows_say_when_they_were_last_written(client, name):
    first = MAKE[name]()
    age_everything()
    assert is_of_yesterday(told(client, f"{name}/")) and is_of_yesterday(told(client, f"{name}/{first}/"))
    second = MAKE[name]()
    age_everything(timedelta(hours=1))
    # The list has changed since, the row has not.
    lists, row = told(client, f"{name}/"), told(client, f"{name}/{first}/")
    assert lists is not None and row is not None and lists - row > timedelta(hours=20)
    assert told(client, f"{name}/{second}/") == lists


def test_moved_and_cancelled_call_says_so(client):
    call = submissions.open_call()
    age_everything()
    before = told(client, f"calls/{call.number}/")
    calls.cancel_call(call=call, by=staff("run_rounds"), reason="예산이 없습니다")
    age_everything(timedelta(hours=1))
    after = told(client, f"calls/{call.number}/")
    assert before and after and after - before > timedelta(hours=20)


def test_categories_and_statistics(client):
    keeper = staff("keep_catalogue")
    made = categories.add_category(by=keeper, code="space", name_ko="우주", name_en="Space")
    published_task()  # a call that has closed, results
    age_everything()
    assert is_of_yesterday(told(client, "categories/")) and is_of_yesterday(told(client, "statistics/"))
    categories.change_category(category=made, by=keeper, name_ko="우주·항공", name_en="Space")
    age_everything(timedelta(hours=1))
    now = told(client, "categories/")
    assert now is not None and datetime.now(UTC) - now < timedelta(hours=2)


def test_news_are_verbs_that_the_history_knows():
    """One that is misspelt would be found nowhere, and nothing would be said."""
    named = {verb for view in PublicViewSet.__subclasses__() for verb in view.news}
    assert len(PublicViewSet.__subclasses__()) == len(MAKE) and named | set(NEWS) <= known()


def test_what_nobody_knows_is_not_said(client):
    assert not Entry.objects.filter(verb="accounts.verify_organisation").exists()
    assert told(client, "organisations/") is None
    assert last_done(()) is None


def test_newest_of_a_verb_is_found_by_its_index():
    """However long the history is: nothing is looked through."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {LAST}", [["submissions.close_call", "catalog.list_product"]])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Only Scan Backward using audit_by_verb" in plan and "Seq Scan" not in plan


@pytest.mark.parametrize("name", ["products", "designations", "organisations"])
def test_if_modified_since_is_not_asked(client, name):
    """A second holds many changes: who asks by time alone is given the answer."""
    product()
    ahead = (datetime.now(UTC) + DAY).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert client.get(f"/api/v1/{name}/", headers={"if-modified-since": ahead}).status_code == 200
