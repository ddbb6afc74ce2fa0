"""The validator of the Open Contracting Partnership itself, without the network: a command, never imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.designation import factories as designations
from tests.portal.ocds import story
from tests.portal.ocds.standard import STANDARD

pytestmark = pytest.mark.django_db
COMMAND = Path(sys.executable).parent / "libcoveocds"
OFFLINE = Path(__file__).parent / "offline"
OURS = {"codelist": "partyRole.csv", "values": ["user"]}
"""The one code that the standard's open lists do not have: who needs and tries, and neither calls nor pays."""


@pytest.fixture(autouse=True)
def _rules():
    story.rules()


def found(file: Path) -> dict[str, Any]:
    """What it says of a file. Nothing is asked of the network (offline/sitecustomize.py)."""
    said = subprocess.run(
        [COMMAND, "-s", "1.1", "--standard-zip", STANDARD, file],
        capture_output=True,
        check=True,
        text=True,
        env={"PATH": "", "LANG": "C.UTF-8", "PYTHONPATH": str(OFFLINE), "STANDARD": str(STANDARD)},
    )
    return json.loads(said.stdout)


def exported(tmp_path: Path, **options: Any) -> Path:
    target = tmp_path / "ocds.json"
    call_command("export_ocds", output=str(target), **options)
    return target


@pytest.mark.parametrize(
    "options",
    [{}, {"records": True}, {"records": True, "versioned": True}],
    ids=["releases", "records", "versioned"],
)
def test_whole_story_has_no_error_and_no_field_or_code_of_its_own(tmp_path, options):
    story.told()
    designations.proposal_lot()
    said = found(exported(tmp_path, **options))
    assert said["version_used"] == "1.1" and said["count"] > 0
    assert said["validation_errors"] == []
    assert said["additional_fields"] == [] and said["deprecated_fields"] == []
    assert said["additional_closed_codelist_values"] == {} and said["additional_checks"] == {}
    codes = [
        {"codelist": each["codelist"], "values": each["values"]}
        for each in said["additional_open_codelist_values"].values()
    ]
    assert all(each == OURS for each in codes) and codes


def test_page_adds_nothing_but_the_links_of_its_declared_extension(client, tmp_path):
    """The validator applies what an extension adds to a release, not what it adds to a package (0033)."""
    story.told()
    designations.proposal_lot()
    target = tmp_path / "page.json"
    target.write_bytes(client.get("/ocds/releases.json?page_size=1").content)
    said = found(target)
    assert said["validation_errors"] == [] and said["deprecated_fields"] == []
    assert said["additional_closed_codelist_values"] == {}
    assert [(one["path"], one["field"]) for one in said["additional_fields"]] == [("", "links")]


def test_it_sees_what_is_wrong(tmp_path):
    """So that its silence means something."""
    story.told()
    target = exported(tmp_path)
    package = json.loads(target.read_bytes())
    package["releases"][0]["colour"] = "blue"
    package["releases"][1]["tag"] = ["gone"]
    package["releases"][2]["date"] = 7
    target.write_text(json.dumps(package))
    said = found(target)
    assert said["validation_errors"] and said["additional_fields"]
    assert "releases/tag" in said["additional_closed_codelist_values"]
