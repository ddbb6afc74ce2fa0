"""Published files are verified without Django, and every kind of tampering is found and named."""

import hashlib
import json
import os
import subprocess
import sys
from decimal import Decimal

import pytest
from django.conf import settings as django
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given, settings

from innomarket.evaluation import drawfile
from innomarket.evaluation.models import ResultFile
from innomarket.evaluation.services.pledge import decline_seat
from innomarket.evaluation.services.result import select_entries
from tools.verify import draw as draw_again
from tools.verify import result as result_again
from tools.verify.report import Report

from . import reference
from .factories import drawn_round, evaluators, published, round_with
from .test_ranking import by_group, rounds
from .test_stages import checked


def spelled(data):
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def run(*arguments):
    """As somebody without the portal: no site-packages, so that Django cannot be imported."""
    return subprocess.run(
        [sys.executable, "-S", "-E", "-m", "tools.verify", *map(str, arguments)],
        cwd=django.BASE_DIR, capture_output=True, text=True, env={"PATH": os.environ["PATH"]}, check=False,
    )  # fmt: skip


def published_round(**fields):
    made = round_with(**{"entries": 3, "panelists": 5, "finished": True, **fields})
    select_entries(round=made.round, by=made.staff, entries=[made.entry(1).pk])
    published(made)
    return made


def drawn_files():
    """(draw, pool, bytes of the pool) after a decline, so that there are two walks."""
    evaluators()
    made = drawn_round()
    decline_seat(panelist=made.panel[0], by=made.panel[0].user, reason="다른 일정이 있습니다.")
    raw = made.draw.pool.encode()
    return made, json.loads(drawfile.text_of(made.draw)), json.loads(raw), raw


def paths_of_result(data):
    report = Report()
    result_again.verify(data, report)
    return [one.path for one in report.differences]


def paths_of_draw(draw, pool, raw):
    report = Report()
    draw_again.verify(draw, pool, raw, report)
    return [one.path for one in report.differences]


@pytest.mark.django_db
def test_published_files_verify_clean_without_django(tmp_path):
    made = published_round()
    file = ResultFile.objects.get(round=made.round)
    (tmp_path / "result.json").write_text(file.content)
    entry = next(one for one in json.loads(file.content)["entries"] if "submission" in one)
    receipt = ["--receipt", entry["submission"], made.submissions[0].current.sha256]
    clean = run(tmp_path / "result.json", "--sha256", file.sha256, *receipt)
    assert (clean.returncode, clean.stderr) == (0, "")
    assert "Nothing differs." in clean.stdout and f"the receipt of {entry['submission']}" in clean.stdout
    other = run(tmp_path / "result.json", "--sha256", "0" * 64, "--receipt", entry["submission"], "1" * 64)
    assert other.returncode == 1
    assert "result (SHA-256)" in other.stdout and "revision_sha256" in other.stdout


@pytest.mark.django_db
def test_draw_verifies_clean_without_django_and_a_receipt_left_out_is_found(tmp_path):
    made, drawn, _pool, raw = drawn_files()
    (tmp_path / "pool.json").write_bytes(raw)
    (tmp_path / "draw.json").write_bytes(spelled(drawn))
    asked = ["--draw", tmp_path / "draw.json", "--pool", tmp_path / "pool.json"]
    number, sha256 = made.submissions[0].number, made.submissions[0].current.sha256
    clean = run(*asked, "--receipt", number, sha256, "--pool-sha256", hashlib.sha256(raw).hexdigest())
    assert (clean.returncode, clean.stderr) == (0, "")
    assert "in 2 walks" in clean.stdout
    drawn["receipts"].remove(sha256)
    (tmp_path / "draw.json").write_bytes(spelled(drawn))
    wrong = run(*asked, "--receipt", number, sha256)
    assert wrong.returncode == 1
    assert "draw.seed: published" in wrong.stdout and f"{number} {sha256}" in wrong.stdout


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format":1.5}', '{"format":"x"}', "[" * 100_000])
def test_what_cannot_be_read_exits_with_two(tmp_path, content):
    (tmp_path / "result.json").write_text(content)
    found = run(tmp_path / "result.json")
    assert found.returncode == 2 and "cannot be read" in found.stderr and "Traceback" not in found.stderr


def test_missing_file_and_missing_arguments_exit_with_two(tmp_path):
    assert run(tmp_path / "none.json").returncode == 2
    assert run().returncode == 2


@pytest.mark.django_db
def test_file_in_another_spelling_differs(tmp_path):
    data = json.loads(published_round().round.result_file.content)
    (tmp_path / "result.json").write_text(json.dumps(data, indent=1))
    found = run(tmp_path / "result.json")
    assert found.returncode == 1 and "result (spelling)" in found.stdout


@pytest.mark.django_db
def test_each_change_of_a_result_is_named():
    data = json.loads(published_round().round.result_file.content)
    assert paths_of_result(data) == []

    def after(change):
        wrong = json.loads(json.dumps(data))
        change(wrong["entries"], {one["place"]: one for one in wrong["entries"]})
        return paths_of_result(wrong)

    best = next(one["code"] for one in data["entries"] if one["place"] == 1)

    def one_point(entries, by_place):
        for sheet in by_place[1]["sheets"][:3]:
            sheet["points"][0] -= 1

    def one_sheets_point(entries, by_place):
        by_place[1]["sheets"][0]["points"][0] -= 1

    def ranks(entries, by_place):
        by_place[1]["place"], by_place[2]["place"] = 2, 1

    assert f"result.entries[{best}].total" in after(one_point)
    assert f"result.entries[{best}].inputs_sha256" in after(one_sheets_point)
    assert len([path for path in after(ranks) if path.endswith(".place")]) == 2
    assert after(lambda entries, by_place: entries.reverse()) == [
        "result.entries (codes, each once, in order)"
    ]
    assert after(lambda entries, by_place: by_place[2].update(outcome="below_pass"))[0].endswith(".outcome")
    assert after(lambda entries, by_place: by_place[2].update(passed=False))[0].endswith(".passed")
    assert after(lambda entries, by_place: by_place[1]["sheets"].pop())
    assert after(lambda entries, by_place: by_place[1]["sheets"][0]["points"].append(1))[0].endswith(
        "(how many)"
    )


@pytest.mark.django_db
def test_each_change_of_a_draw_is_named():
    _made, drawn, pool, raw = drawn_files()
    assert paths_of_draw(drawn, pool, raw) == []

    def after(change):
        wrong = json.loads(json.dumps(drawn))
        change(wrong)
        return paths_of_draw(wrong, pool, raw)

    first, second = drawn["steps"][:2]

    def codes_swapped(wrong):
        wrong["steps"][0]["code"], wrong["steps"][1]["code"] = second["code"], first["code"]

    swapped = after(codes_swapped)
    assert f"draw.steps[walk 1, {first['code']}].position" in swapped
    assert "draw.steps[walk 1] (who was looked at)" in swapped
    assert "draw.secret (its SHA-256)" in after(lambda wrong: wrong.update(secret="ab" * 32))
    assert "draw.seed" in after(lambda wrong: wrong["receipts"].pop())
    assert f"draw.steps[walk 1, {first['code']}]" in after(lambda wrong: wrong["steps"].pop(0))
    for n, step in enumerate(drawn["steps"]):
        alone = [one["walk"] for one in drawn["steps"]].count(step["walk"]) == 1
        # The files do not say how many walks there were: only a whole last walk can be missing unseen.
        if not (alone and step["walk"] == 2):
            path = f"draw.steps[walk {step['walk']}, {step['code']}]"
            assert path in after(lambda wrong, n=n: wrong["steps"].pop(n))
    full = next(n for n, step in enumerate(drawn["steps"]) if step["result"] == "seated")
    ground = after(lambda wrong: wrong["steps"][full].update(ground="kind_full", result="skipped", seat=None))
    assert f"draw.steps[walk 1, {drawn['steps'][full]['code']}].ground" in ground
    other = raw.replace(b'"load":0', b'"load":1', 1)
    assert paths_of_draw(drawn, json.loads(other), other) == ["draw.pool_sha256"]


@settings(max_examples=80)
@given(drawn=rounds())
def test_any_round_is_verified_as_the_reference_says(drawn):
    groups = [reference.Group(n, m, t, c) for n, (m, t, c) in enumerate(drawn["groups"], start=1)]
    rule = {name: drawn[name] for name in ("pass_mark", "least_sheets", "trim_from", "group_minimum")}
    shas = [hashlib.sha256(bytes([n])).hexdigest() for n in range(len(drawn["entries"]))]
    sheets = [
        [
            reference.GivenSheet(place, by_group(drawn["groups"], points))
            for place, (_kind, points) in enumerate(entry, 1)
        ]
        for entry in drawn["entries"]
    ]
    found = reference.judge(groups, list(zip(shas, sheets, strict=True)), **rule)
    data = as_file(drawn, rule, zip(found, sheets, shas, strict=True))
    assert paths_of_result(data) == []


def as_file(drawn, rule, entries):
    """What the portal would publish of what the reference found; who passes is selected."""
    return {
        "format": "innomarket-round-result-1",
        "round": "R",
        "stage": {"method": "points"},
        "rule": rule | {"pass_mark": f"{Decimal(rule['pass_mark']):.2f}"},
        "groups": [
            {
                "order": n, "minimum_percent": minimum, "tie_order": tie,
                "criteria": [{"order": k, "weight": w, "max_points": m} for k, (w, m) in enumerate(criteria, 1)],
            }
            for n, (minimum, tie, criteria) in enumerate(drawn["groups"], 1)
        ],
        "checks": [],
        "entries": [
            {
                "code": f"{n:04d}",
                "sheets": [
                    {"place": s.place, "version": s.version, "points": [p for part in s.points for p in part]}
                    for s in sheets
                ],
                "total": None if one.total is None else str(one.total),
                "group_means": one.group_means and [str(mean) for mean in one.group_means],
                "criterion_means": one.criterion_means
                and [str(mean) for part in one.criterion_means for mean in part],
                "checks": None,
                "passed": one.passed,
                "place": one.rank,
                "outcome": "selected" if one.passed else "no_result" if one.total is None else "below_pass",
                "revision_sha256": sha,
                "inputs_sha256": one.inputs_sha256,
            }
            for n, (one, sheets, sha) in enumerate(entries)
        ],
    }  # fmt: skip


# ── on the live data ──


@pytest.mark.django_db
def test_command_verifies_a_stage_of_checks(capsys):
    made = checked()
    call_command("verify_round", made.round.number)
    assert "checks and who is fit of 3 entries" in capsys.readouterr().out
    data = json.loads(made.round.result_file.content)
    unfit = next(one for one in data["entries"] if one["outcome"] == "unfit")
    unfit["sheets"][0]["points"] = [1, 1]
    path = f"result.entries[{unfit['code']}]"
    assert paths_of_result(data) == [f"{path}.{name}" for name in ("checks", "passed", "outcome")]


@pytest.mark.django_db
def test_command_verifies_a_round_before_and_after_its_publication(capsys):
    made = round_with(entries=3, panelists=3, finished=True)
    call_command("verify_round", made.round.number)
    select_entries(round=made.round, by=made.staff, entries=[made.entry(1).pk])
    published(made)
    call_command("verify_round", made.round.number)
    assert capsys.readouterr().out.count("Nothing differs.") == 2


@pytest.mark.django_db
def test_command_finds_what_was_changed_in_the_database(capsys):
    made = round_with(entries=3, panelists=3, finished=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE evaluation_result SET total = total - 1 WHERE rank = 1")
    with pytest.raises(CommandError) as caught:
        call_command("verify_round", made.round.number)
    assert caught.value.returncode == 1
    assert ".total: published 89.00, recomputed 90.00" in capsys.readouterr().out


@pytest.mark.django_db
def test_command_verifies_a_draw_and_says_when_there_is_nothing(capsys):
    made, *_files = drawn_files()
    call_command("verify_round", made.round.number)
    assert "in 2 walks" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no round"):
        call_command("verify_round", "NONE")
