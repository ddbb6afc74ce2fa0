"""All published files of a round: together they verify clean without Django, and each change is said in words."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pgtrigger
import pytest
from django.apps import apps
from django.conf import settings as django
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from innomarket.evaluation import verify_program
from innomarket.evaluation.models import Assignment, AssignmentsFile, Result
from innomarket.evaluation.services.conflict import declare_conflict
from innomarket.evaluation.services.pledge import decline_seat
from innomarket.evaluation.services.publication import confirm_publication, prepare_publication
from innomarket.evaluation.services.result import finish_round, select_entries
from innomarket.evaluation.services.round import unseat_panelist
from innomarket.evaluation.services.sheet import save_sheet, submit_sheet
from tests.accounts.factories import company, staff
from tools.verify import __main__ as verify

from .factories import drawn_round, evaluators, pledge_and_declare
from .test_anew import filled, opened, scored
from .test_objection import judged
from .test_verify import spelled

pytestmark = pytest.mark.django_db
PARTS = ("result", "rule", "sheets", "assignments")
NOTED = "noted"


def finished():
    """Drawn, then somebody declined, somebody had a conflict with the first entry, somebody was taken off; scored."""
    evaluators()
    made = drawn_round(*(company() for _n in range(3)), seats={"technical": 3, "policy": 1})
    decline_seat(panelist=made.panel[0], by=made.panel[0].user, reason="다른 일정이 있습니다.")
    made.started()
    seat = made.panel[0]
    declare_conflict(assignment=seat.assignments.get(entry__order=1), by=seat.user, reason="아는 회사입니다.")
    unseat_panelist(panelist=made.panel[1], by=made.staff, reason="아픕니다.")
    for member in made.panel:
        if member.declared_at is None:
            pledge_and_declare(made.round, member.user)
        for assignment in member.assignments.filter(recusal=None).select_related("entry", "panelist"):
            points = made.points(10 - assignment.entry.order)
            sheet = save_sheet(
                assignment=assignment, by=member.user, points=points, comment="근거가 분명합니다."
            )
            submit_sheet(sheet=sheet, by=member.user)
    made.round = finish_round(round=made.round, by=made.staff)
    return made


def published_and_drawn():
    made = finished()
    select_entries(round=made.round, by=made.staff, entries=[made.round.entries.get(order=1).pk])
    prepared = prepare_publication(rounds=[made.round], by=made.staff)
    confirm_publication(publication=prepared, by=staff("run_rounds"))
    return made


def downloaded(client, made, folder):
    """Every file under the name that the portal gives it."""
    addresses = [f"/rounds/{made.round.number}/{part}.json" for part in PARTS]
    addresses += [f"/draws/{made.draw.number}/{part}.json" for part in ("pool", "draw")]
    for address in addresses:
        answer = client.get(address)
        name = answer["Content-Disposition"].partition('filename="')[2].rstrip('"')
        (folder / name).write_bytes(answer.content)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The files of one round, for the tests that look at files alone: its rows are gone after the first of them."""
    return tmp_path_factory.mktemp("published")


@pytest.fixture
def folder(client, kept, tmp_path):
    if not (kept / NOTED).exists():
        (kept / "round").mkdir()
        downloaded(client, published_and_drawn(), kept / "round")
        (kept / NOTED).write_text(AssignmentsFile.objects.get().sha256)
    return Path(shutil.copytree(kept / "round", tmp_path / "round"))


@pytest.fixture
def noted(folder, kept):
    """The hash of the assignments that somebody noted when they were published."""
    return (kept / NOTED).read_text()


def path_of(folder, part):
    return next(path for path in folder.iterdir() if path.name.endswith(f"{part}.json"))


def said(folder, *asked):
    report = verify.run(verify.arguments([str(folder), *asked]))
    return [str(one) for one in report.differences]


def tampered(folder, part, change):
    """What is said after one file was changed and spelled as it should be."""
    path = path_of(folder, part)
    data = json.loads(path.read_bytes())
    change(data)
    path.write_bytes(spelled(data))
    return "\n".join(said(folder))


def test_the_program_that_the_pages_give_runs_alone_and_is_the_same_each_time(client, folder, tmp_path):
    """One file, Python's own library, no package and no checkout beside it."""
    answer = client.get("/rounds/verify.pyz")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="verify.pyz"'
    verify_program.content.cache_clear()
    assert verify_program.content() == answer.content
    program = tmp_path / "elsewhere" / "verify.pyz"
    program.parent.mkdir()
    program.write_bytes(answer.content)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(program), str(folder)],
        cwd=program.parent,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "Nothing differs." in done.stdout


def test_a_folder_of_all_published_files_verifies_clean_without_django(folder, noted):
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-m", "tools.verify", str(folder), "--assignments-sha256", noted],
        cwd=django.BASE_DIR, capture_output=True, text=True, env={"PATH": os.environ["PATH"]}, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    for words in (
        "rule.json against result.json",
        "sheets.json against result.json",
        "assignments.json against result.json",
        "who was assigned what, against the seats of the draw, in 3 entries",
        "what was selected is among the receipts of the draw",
        "in 4 walks",
        "Nothing differs.",
    ):
        assert words in done.stdout


def first_sheet(data):
    return data["entries"][0]["sheets"][0]


def lower_weight(data):
    """Ten points of weight from one group to another: the sum stays 100."""
    first, second = (group["criteria"][0] for group in data["groups"][:2])
    first["weight"], second["weight"] = first["weight"] - 10, second["weight"] + 10


def one_point(data):
    first_sheet(data)["points"][0] -= 1


def swapped(data):
    """The substitute judges another entry than the one it was called for."""
    judged = {entry["code"]: [one["place"] for one in entry["assigned"]] for entry in data["entries"]}
    places = sorted({place for here in judged.values() for place in here})
    single = next(place for place in places if sum(place in here for here in judged.values()) == 1)
    here = next(entry for entry in data["entries"] if single in judged[entry["code"]])
    other = next(entry for entry in data["entries"] if entry is not here)
    moved = next(one for one in here["assigned"] if one["place"] == single)
    here["assigned"].remove(moved)
    other["assigned"] = sorted([*other["assigned"], moved], key=lambda one: one["place"])


def became_swapped(data):
    entry = next(one for one in data["entries"] if any(a["became"] == "recused" for a in one["assigned"]))
    recused = next(one for one in entry["assigned"] if one["became"] == "recused")
    counted = next(one for one in entry["assigned"] if one["became"] == "counted")
    recused["became"], counted["became"] = "counted", "recused"


def left_out(data):
    data["entries"][1]["assigned"].pop(0)


def stranger(data):
    data["entries"][0]["assigned"].append({"place": 99, "became": "not_submitted"})


def pool_order(data):
    first, second = data["candidates"][:2]
    data["candidates"][:2] = [second, first]


def out_of_order(data):
    """Another candidate of the pool sits where the next in the order was to be called."""
    step = next(one for one in data["steps"] if one["cause"] == "conflict" and one["result"] == "seated")
    step["code"] = next(
        one["code"] for one in data["steps"] if one["walk"] == 1 and one["result"] == "seated"
    )


@pytest.mark.parametrize(
    "part, change, words",
    [
        ("sheets", one_point, "Another sheet of place"),
        ("sheets", lambda data: first_sheet(data).update(version=7), "Another sheet of place"),
        ("sheets", lambda data: data["entries"][0]["sheets"].pop(), "not of the places that the result counts"),
        ("sheets", lambda data: data["entries"].pop(), "does not name the same entries"),
        ("result", one_point, "is not what its sheets and the weights give"),
        ("result", lower_weight, "was not computed from what is published: a score, a version, a weight"),
        ("result", lower_weight, "The weight of a criterion in rule.json"),
        ("result", lambda data: data["rule"].update(pass_mark="71.00"), "The pass mark in rule.json"),
        ("result", lambda data: data["rule"].update(pass_mark="71.00"), "was not computed from what is published"),
        ("result", lambda data: data["rule"].update(pass_mark="99.00"), "the pass mark and the minima"),
        ("rule", lower_weight, "The weight of a criterion in rule.json"),
        ("rule", lambda data: data["rule"].update(pass_mark="60.00"), "The pass mark in rule.json"),
        ("rule", lambda data: data["groups"][0].update(minimum_percent=60), "The minimum of a group in rule.json"),
        ("rule", lambda data: data.update(round="OTHER"), "rule.json is of another round"),
        ("rule", lambda data: data.update(result_sha256="0" * 64), "was not published with this result.json"),
        ("assignments", swapped, "was called for what place"),
        ("assignments", became_swapped, "are of other places than it was assigned to"),
        ("assignments", left_out, "was not assigned"),
        ("assignments", stranger, "place 99, which was neither drawn nor appointed"),
        ("pool", pool_order, "The pool is not the one that was promised before the draw"),
        ("pool", pool_order, "do not stand in the order of their codes"),
        ("draw", out_of_order, "does not go down the order"),
        ("draw", lambda data: data["receipts"].reverse(), "The seed does not follow"),
        ("draw", lambda data: data["receipts"].pop(0), "is not among the receipts of the call"),
    ],
)  # fmt: skip
def test_each_change_is_said_in_words(folder, part, change, words):
    assert words in tampered(folder, part, change)


def test_an_assignment_moved_together_with_its_hash_is_found_by_the_noted_hash(folder, noted):
    tampered(folder, "assignments", lambda data: data["entries"][0]["assigned"].reverse())
    assert any(
        one.startswith("assignments.json is not the file whose hash was given")
        for one in said(folder, "--assignments-sha256", noted)
    )


def test_a_folder_of_two_rounds_and_parts_without_their_result_are_refused(folder, tmp_path, capsys):
    (folder / "other-result.json").write_bytes(path_of(folder, "result").read_bytes())
    for asked in ([str(folder)], ["--rule", str(path_of(folder, "rule"))]):
        with pytest.raises(SystemExit) as left:
            verify.main([*asked, "--lang", "en"])
        assert left.value.code == 2
    told = capsys.readouterr().err
    assert "holds several files of one kind" in told and "name it too" in told


# ── frozen with the publication ──


def test_assignments_stand_as_they_were_published_whatever_becomes_of_the_rows(client):
    made = published_and_drawn()
    address = f"/rounds/{made.round.number}/assignments.json"
    before = client.get(address).content
    Assignment.objects.filter(recusal__isnull=False).update(recusal=None)
    assert client.get(address).content == before
    for change in (
        lambda: AssignmentsFile.objects.update(content="{}"),
        lambda: AssignmentsFile.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_page_shows_both_hashes_and_leads_to_the_draw(client):
    made = published_and_drawn()
    page = client.get(f"/en/rounds/{made.round.number}/").content.decode()
    made.round.refresh_from_db()
    for text in (
        made.round.result_file.sha256,
        made.round.assignments_file.sha256,
        f"/draws/{made.draw.number}/",
    ):
        assert text in page


def test_command_verifies_assignments_and_draw_before_and_after_the_publication(capsys):
    made = finished()
    call_command("verify_round", made.round.number)
    select_entries(round=made.round, by=made.staff, entries=[made.round.entries.get(order=1).pk])
    prepared = prepare_publication(rounds=[made.round], by=made.staff)
    confirm_publication(publication=prepared, by=staff("run_rounds"))
    call_command("verify_round", made.round.number)
    told = capsys.readouterr().out
    assert told.count("Nothing differs.") == 2 and told.count("against the seats of the draw") == 2
    Assignment.objects.filter(recusal__isnull=False).update(recusal=None)
    with pytest.raises(CommandError):
        call_command("verify_round", made.round.number)
    assert "The assignments that are stored now of entry" in capsys.readouterr().out


def published_before_there_were_assignments():
    made = published_and_drawn()
    with pgtrigger.ignore("evaluation.AssignmentsFile:assignments_file_stands"):
        AssignmentsFile.objects.all().delete()
    return made


def test_a_round_without_assignments_offers_none_and_its_page_says_so(client):
    made = published_before_there_were_assignments()
    page = client.get(f"/en/rounds/{made.round.number}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "sheets.json" in text and "assignments.json" not in text
    assert "this round was published before that file was made" in text
    assert client.get(f"/rounds/{made.round.number}/assignments.json").status_code == 404
    assert client.get(f"/rounds/{made.round.number}/sheets.json").status_code == 200


def test_what_a_missing_file_would_have_said_is_named_and_no_difference(folder, capsys):
    path_of(folder, "assignments").unlink()
    assert verify.main([str(folder), "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "not checked: assignments.json is not among the files" in told and "Nothing differs." in told
    assert "not checked: sheets.json" not in told
    assert verify.main([str(folder), "--lang", "ko"]) == 0
    told = capsys.readouterr().out
    assert "확인하지 못함: assignments.json이 파일 가운데 없습니다" in told and "다른 점이 없습니다." in told
    assert not re.search("^[a-z]", told, re.MULTILINE)
    verify.main([str(folder), "--lang", "en"])


def test_command_verifies_a_round_without_assignments(capsys):
    made = published_before_there_were_assignments()
    call_command("verify_round", made.round.number)
    told = capsys.readouterr().out
    assert "not checked: assignments.json is not among the files" in told and "Nothing differs." in told


def test_migration_freezes_what_was_published_before_with_the_same_bytes():
    made = published_and_drawn()
    file = AssignmentsFile.objects.get(round=made.round)
    with pgtrigger.ignore("evaluation.AssignmentsFile:assignments_file_stands"):
        AssignmentsFile.objects.all().delete()
    step = importlib.import_module("innomarket.evaluation.migrations.0013_freeze_what_was_published")
    step.freeze_published(apps, None)
    again = AssignmentsFile.objects.get(round=made.round)
    assert (again.content, again.sha256) == (file.content, file.sha256)


def test_migration_takes_away_what_cancelled_evaluations_anew_had_computed():
    made = judged()
    again = scored(filled(made, opened(made)), 9).round
    with connection.cursor() as cursor:
        cursor.execute("UPDATE evaluation_round SET state = 'cancelled' WHERE id = %s", [again.pk])
        assert Result.objects.filter(entry__round=again).count() == 1
        step = importlib.import_module("innomarket.evaluation.migrations.0013_freeze_what_was_published")
        cursor.execute(step.CLEAN)
    assert not Result.objects.filter(entry__round=again).exists()
    assert Result.objects.published().exists()
