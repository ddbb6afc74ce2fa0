"""The console of one round: who is late, tables in pages, tables as files."""

import csv
import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from innomarket.audit.models import Entry as AuditEntry
from innomarket.common import clock
from innomarket.evaluation import overview
from innomarket.evaluation.models import Result, Round
from innomarket.evaluation.services.conflict import declare_conflict
from innomarket.evaluation.services.objection import file_objection, save_objection
from innomarket.evaluation.services.pledge import decline_seat
from innomarket.evaluation.services.result import finish_round, select_entries
from tests.accounts.factories import staff
from tests.accounts.test_admin import signed_in

from .factories import drawn_round, evaluators, prepared, published, round_with

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


def test_who_declined_stands_in_the_panel_with_the_reason_and_not_in_the_heat_map(desk):
    evaluators()
    made = drawn_round()
    gone = made.panel[0]
    decline_seat(panelist=gone, by=gone.user, reason="Abroad that week.")
    made.started()
    page = desk.get(f"{BASE}{made.round.pk}/change/")
    assert gone in [member.seat for member in page.context["panel"]]
    assert gone not in [member.seat for member in page.context["judging"]]
    assert "Abroad that week." in page.content.decode()


def test_published_round_lists_what_was_objected_to_it(desk):
    made = round_with(entries=2, panelists=3, scored=True)
    finish_round(round=made.round, by=made.staff)
    select_entries(round=made.round, by=made.staff, entries=[], reason="No test site is ready.")
    published(made)
    result = Result.objects.filter(entry__round=made.round).first()
    path = f"{BASE}{made.round.pk}/change/"
    assert desk.get(path).context["objections"] == []
    save_objection(result=result, by=result.entry.submission.created_by, text="Only a draft.")
    assert desk.get(path).context["objections"] == [], "what is not filed is nobody else's"
    filed = file_objection(result=result, by=result.entry.submission.created_by, text="Look again, please.")
    page = desk.get(path).content.decode()
    assert filed.number in page
    assert f"/admin/evaluation/objection/{filed.pk}/change/" in page


def test_lists_name_the_column_in_each_cell_for_phones(desk):
    round_with(entries=1)
    page = desk.get(BASE).content.decode()
    assert re.search(r'<td data-label="State" class="field-state">', page)
    assert 'class="table table-cards table-sorted' in page


def test_console_shows_its_tables_in_pages(desk, monkeypatch):
    monkeypatch.setattr(overview, "ON_A_PAGE", 2)
    made = round_with(entries=3, panelists=3, scored=True)
    numbers = [one.number for one in made.submissions]
    first = desk.get(f"{BASE}{made.round.pk}/change/")
    assert len(first.context["heat"]) == len(first.context["ranking"]) == 2
    assert "page 1 of 2" in first.content.decode()
    assert 'rel="next" href="?entries=2#progress"' in first.content.decode()
    last = desk.get(f"{BASE}{made.round.pk}/change/?entries=2&places=2")
    shown = {row["entry"].submission.number for row in last.context["heat"]}
    assert shown == {numbers[2]} and len(last.context["ranking"]) == 1
    assert 'rel="prev" href="?entries=1&amp;places=2#progress"' in last.content.decode()
    wrong = desk.get(f"{BASE}{made.round.pk}/change/?entries=x&places=99")
    assert (wrong.context["heat"].number, wrong.context["ranking"].number) == (1, 2)


def test_console_lists_conflicts_with_their_reason_and_who_judges_instead(desk):
    evaluators()
    made = drawn_round().started()
    seat = made.panel[0]
    assignment = seat.assignments.select_related("entry", "panelist").get(entry__order=1)
    clean = desk.get(f"{BASE}{made.round.pk}/change/")
    assert clean.context["conflicts"] is None
    declare_conflict(assignment=assignment, by=seat.user, reason="We wrote a paper together.")
    page = desk.get(f"{BASE}{made.round.pk}/change/")
    (row,) = page.context["conflicts"]
    assert row.recusal.panelist == seat and row.instead.in_place_of == seat and not row.sheet_set_aside
    text = page.content.decode()
    assert "declared by the evaluator: We wrote a paper together." in text
    assert f"{row.instead} {row.instead.user}" in text


def test_console_says_that_the_sheet_of_a_conflict_was_set_aside(desk):
    made = round_with(entries=2, panelists=3, scored=True)
    declare_conflict(assignment=made.assignment(2, 3), by=made.evaluators[2], reason="A friend.")
    page = desk.get(f"{BASE}{made.round.pk}/change/")
    (row,) = page.context["conflicts"]
    assert row.sheet_set_aside and row.instead is None
    assert "sheet set aside" in page.content.decode()


def test_console_asks_the_same_for_one_and_three_conflicts(desk):
    asked = []
    for conflicts in (1, 3):
        made = round_with(entries=3, panelists=4, scored=True)
        for entry in range(1, conflicts + 1):
            declare_conflict(assignment=made.assignment(entry, 4), by=made.evaluators[3], reason="A friend.")
        desk.get(f"{BASE}{made.round.pk}/change/")
        with CaptureQueriesContext(connection) as queries:
            desk.get(f"{BASE}{made.round.pk}/change/")
        asked.append(len(queries))
    assert asked[0] == asked[1]


@pytest.mark.parametrize("table", ["sheets", "places", "conflicts"])
def test_table_is_taken_as_a_file_that_no_spreadsheet_calculates(desk, table):
    made = round_with(entries=2, panelists=3, scored=True)
    user = made.evaluators[0]
    user.name = "=1+1"
    user.save(update_fields=["name"])
    for entry in (1, 2):
        declare_conflict(assignment=made.assignment(entry), by=user, reason="=2+2")
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
