"""Rule, sheets and assignments of a published round as files: their schemas, what they say, and what they do not."""

import hashlib
import json
from pathlib import Path

import jsonschema
import pytest

from innomarket.evaluation.services.conflict import declare_conflict
from innomarket.evaluation.services.result import finish_round, select_entries
from innomarket.evaluation.services.sheet import set_aside_sheet
from innomarket.submissions.freezing import canonical

from .factories import published, round_with
from .test_objection import judged
from .test_stages import checked

pytestmark = pytest.mark.django_db
SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"
PARTS = ("rule", "sheets", "assignments")


def fetched(client, made, part):
    answer = client.get(f"/rounds/{made.round.number}/{part}.json")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/json"
    data = json.loads(answer.content)
    assert canonical(data) == answer.content
    return data


def validate(data, name):
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(data)


@pytest.mark.parametrize("make", [judged, checked])
def test_every_published_file_of_a_round_follows_its_schema(client, make):
    made = make()
    validate(fetched(client, made, "result"), "round-result")
    for part in PARTS:
        validate(fetched(client, made, part), f"round-{part}")


def test_parts_name_the_result_that_they_are_cut_from_and_say_the_same(client):
    made = judged()
    raw = client.get(f"/rounds/{made.round.number}/result.json").content
    result = json.loads(raw)
    for part in PARTS:
        assert fetched(client, made, part)["result_sha256"] == hashlib.sha256(raw).hexdigest()
    rule, sheets = fetched(client, made, "rule"), fetched(client, made, "sheets")
    assert (rule["rule"], rule["groups"]) == (result["rule"], result["groups"])
    assert [entry["sheets"] for entry in sheets["entries"]] == [one["sheets"] for one in result["entries"]]
    assert [entry["code"] for entry in sheets["entries"]] == [one["code"] for one in result["entries"]]


def test_assignments_say_what_became_of_each_and_not_why(client):
    made = round_with(entries=2, panelists=5, least_sheets=2)
    declare_conflict(assignment=made.assignment(1, 1), by=made.evaluators[0], reason="canary reason")
    for entry, evaluator in ((1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (2, 3), (2, 4)):
        made.score(entry, evaluator, 9)
    sheet = made.assignment(1, 4).sheet
    set_aside_sheet(sheet=sheet, by=made.staff, reason="canary reason")
    made.round = finish_round(round=made.round, by=made.staff, reason="The fifth is ill.")
    select_entries(round=made.round, by=made.staff, entries=[made.entry(1).pk, made.entry(2).pk])
    published(made)
    data = fetched(client, made, "assignments")
    validate(data, "round-assignments")
    by_code = {entry["code"]: [one["became"] for one in entry["assigned"]] for entry in data["entries"]}
    assert by_code[made.entry(1).result.code] == [
        "recused",
        "counted",
        "counted",
        "set_aside",
        "not_submitted",
    ]
    assert by_code[made.entry(2).result.code] == ["counted"] * 4 + ["not_submitted"]
    text = json.dumps(data, ensure_ascii=False)
    assert "canary" not in text and made.submissions[0].number not in text


def test_other_names_and_rounds_that_are_not_published_are_not_found(client):
    made, open_ = judged(), round_with(finished=True)
    assert client.get(f"/rounds/{made.round.number}/pool.json").status_code == 404
    for part in PARTS:
        assert client.get(f"/rounds/{open_.round.number}/{part}.json").status_code == 404


def test_the_page_offers_them(client):
    made = judged()
    page = client.get(f"/en/rounds/{made.round.number}/").content.decode()
    assert all(f"/rounds/{made.round.number}/{part}.json" in page for part in PARTS)
