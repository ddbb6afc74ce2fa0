from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from innomarket.common import clock
from innomarket.portal import plots, reads
from innomarket.submissions.models import Call
from tests.accounts import factories as accounts
from tests.submissions import factories as submissions

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    now = clock.now()

    def made(number: int, closes_in: timedelta = timedelta(days=5), **more) -> Call:
        values = {"state": "announced", "announced_at": now - timedelta(days=2), **more}
        return Call.objects.create(
            number=f"C-HOME-{number}",
            kind="challenge_task",
            title_ko=f"과제 공모 {number}",
            title_en=f"Call {number}",
            opens_at=now - timedelta(days=1),
            closes_at=now + closes_in,
            opening_at=now + closes_in,
            **values,
        )

    return made


@pytest.fixture(autouse=True)
def _no_other_calls():
    assert not Call.objects.filter(number__startswith="C-HOME").exists()


def shown(client, path="/en/") -> list[str]:
    html = client.get(path).text
    return [f"Call {n}" for n in range(1, 7) if f">Call {n}</a>" in html]


def test_open_calls_stand_first_nearest_closing_first(client, call):
    call(1, timedelta(days=9))
    call(2, timedelta(minutes=40))
    html = client.get("/en/").text
    assert html.index("Call 2</a>") < html.index("Call 1</a>")
    assert "is-last-hour" in html


def test_calls_in_preparation_or_not_yet_open_are_not_shown(client, call):
    call(1, state="draft", announced_at=None)
    now = clock.now()
    later = call(2)
    Call.objects.filter(pk=later.pk).update(opens_at=now + timedelta(days=1))
    assert shown(client) == []


def test_the_number_of_queries_does_not_grow_with_the_calls(client, call):
    counts = []
    for wanted in (1, 3, 6):
        for n in range(1, wanted + 1):
            if not Call.objects.filter(number=f"C-HOME-{n}").exists():
                call(n, timedelta(hours=n))
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        counts.append(len(queries))
    assert len(set(counts)) == 1


def test_bars_share_one_scale_and_a_small_value_stays_visible():
    found = plots.bars([("a", 157, 2), ("b", 1, 1), ("c", 0, 1)])
    assert [bar.width for bar in found] == [plots.WIDTH, 3, 0]


def test_bars_of_nothing_are_empty():
    assert plots.bars([("a", 0, 1)])[0].width == 0


def test_sealed_submissions_are_not_counted_before_their_call_has_closed():
    call = submissions.open_call(kind="challenge_task")
    before = reads.figures()
    submissions.submitted(call=call, organisation=accounts.institution())
    assert reads.figures() == before
    submissions.close(call)
    assert reads.figures().tasks == before.tasks + 1


def test_the_plot_and_its_table_show_the_same_numbers(client):
    call = submissions.open_call(kind="challenge_task")
    submissions.submitted(call=call, organisation=accounts.institution())
    submissions.close(call)
    tasks = reads.figures().tasks
    html = client.get("/en/").text
    assert f'<td class="num">{tasks}</td>' in html and f'y="48">{tasks}</text>' in html
