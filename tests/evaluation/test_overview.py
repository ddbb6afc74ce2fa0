"""The console of one round: who is late, tables in pages, tables as files."""

import csv
import io
import zipfile
from datetime import timedelta

import pytest
from django.utils.translation import override

from innomarket.audit.models import Entry as AuditEntry
from innomarket.common import clock
from innomarket.evaluation import overview
from innomarket.evaluation.models import Round
from tests.accounts.factories import staff
from tests.accounts.test_admin import signed_in

from .factories import prepared, round_with

pytestmark = pytest.mark.django_db

BASE = "/en/admin/evaluation/round/"


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def desk(client):
    return signed_in(client, staff("run_rounds"))


def test_member_with_sheets_left_is_late_from_the_due_instant():
    made = round_with(entries=2, panelists=3)
    due = clock.now() + timedelta(days=1)
    Round.objects.filter(pk=made.round.pk).update(due_at=due)
    round_ = Round.objects.get(pk=made.round.pk)
    assert [member.is_late for member in overview.panel(round_, due - timedelta(microseconds=1))] == [
        False
    ] * 3
    assert [(member.left, member.is_late) for member in overview.panel(round_, due)] == [(2, True)] * 3


def test_member_who_has_submitted_everything_is_not_late():
    made = round_with(entries=2, panelists=3, scored=True)
    Round.objects.filter(pk=made.round.pk).update(due_at=clock.now())
    members = overview.panel(Round.objects.get(pk=made.round.pk), clock.now() + timedelta(days=9))
    assert [(member.done, member.left, member.is_late) for member in members] == [(2, 0, False)] * 3


def test_console_shows_its_tables_in_pages(desk, monkeypatch):
    monkeypatch.setattr(overview, "ON_A_PAGE", 2)
    made = round_with(entries=3, panelists=3, scored=True)
    numbers = [one.number for one in made.submissions]
    first = desk.get(f"{BASE}{made.round.pk}/change/")
    assert len(first.context["heat"]) == len(first.context["ranking"]) == 2
    assert "page 1 of 2" in first.content.decode()
    last = desk.get(f"{BASE}{made.round.pk}/change/?entries=2&places=2")
    shown = {row["entry"].submission.number for row in last.context["heat"]}
    assert shown == {numbers[2]} and len(last.context["ranking"]) == 1
    wrong = desk.get(f"{BASE}{made.round.pk}/change/?entries=x&places=99")
    assert (wrong.context["heat"].number, wrong.context["ranking"].number) == (1, 2)


@pytest.mark.parametrize("table", ["sheets", "places"])
def test_table_is_taken_as_a_file_that_no_spreadsheet_calculates(desk, table):
    made = round_with(entries=2, panelists=3, scored=True)
    user = made.evaluators[0]
    user.name = "=1+1"
    user.save(update_fields=["name"])
    answer = desk.get(f"{BASE}{made.round.pk}/export/{table}.csv")
    assert answer["Content-Disposition"].endswith(f'{made.round.number}-{table}.csv"')
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row[1] for row in rows[1:]} == {one.number for one in made.submissions}
    assert not any(cell.startswith("=") for row in rows for cell in row)
    book = b"".join(desk.get(f"{BASE}{made.round.pk}/export/{table}.xlsx").streaming_content)
    sheet = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml").decode()
    assert all(one.number in sheet for one in made.submissions) and "<f>" not in sheet
    taken = AuditEntry.objects.filter(verb="evaluation.export_round", subject_id=str(made.round.pk))
    assert [entry.changes for entry in taken.order_by("pk")] == [
        {"table": table, "form": "csv"},
        {"table": table, "form": "xlsx"},
    ]


@pytest.mark.parametrize("file", ["sheets.pdf", "people.csv"])
def test_file_that_there_is_not_is_not_found(desk, file):
    made = round_with(entries=1)
    assert desk.get(f"{BASE}{made.round.pk}/export/{file}").status_code == 404
    assert not AuditEntry.objects.filter(verb="evaluation.export_round").exists()


def test_round_that_has_not_begun_has_no_files(desk):
    made = prepared(entries=1)
    assert desk.get(f"{BASE}{made.round.pk}/export/sheets.csv").status_code == 404
    assert "/export/" not in desk.get(f"{BASE}{made.round.pk}/change/").content.decode()
