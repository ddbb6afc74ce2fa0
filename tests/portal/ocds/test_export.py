"""`manage.py export_ocds`: one valid package, the same bytes twice, in place whole or not at all."""

from __future__ import annotations

import io
import json
import sys
import tracemalloc
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from innomarket.portal.ocds import package
from innomarket.portal.ocds.since import Span
from tests.designation import factories as designations
from tests.portal.ocds import story
from tests.portal.ocds.standard import problems

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules():
    story.rules()


def exported(tmp_path, **options):
    target = tmp_path / "ocds.json"
    said = io.StringIO()
    call_command("export_ocds", output=str(target), stdout=said, **options)
    return target.read_bytes(), said.getvalue()


def test_the_whole_history_is_one_valid_package(tmp_path):
    told = story.told()
    lot = designations.proposal_lot()
    data, said = exported(tmp_path)
    found = json.loads(data)
    assert problems(found) == []
    assert said.startswith(f"{len(found['releases'])} releases")
    assert {release["ocid"] for release in found["releases"]} == {
        f"ocds-000000-{told.number}",
        f"ocds-000000-{lot.call.number}-1",
    }
    assert found["publishedDate"] == max(release["date"] for release in found["releases"])
    assert "extensions" not in found and "license" not in found


def test_two_exports_are_the_same_bytes(tmp_path):
    story.told()
    assert exported(tmp_path) == exported(tmp_path)
    assert exported(tmp_path, records=True, versioned=True) == exported(
        tmp_path, records=True, versioned=True
    )


def test_records_are_valid_and_merged(tmp_path):
    story.told()
    found = json.loads(exported(tmp_path, records=True, versioned=True)[0])
    assert problems(found) == []
    (record,) = found["records"]
    assert record["compiledRelease"]["tag"] == ["compiled"]
    assert record["versionedRelease"]["tender"]["status"][0]["value"] == "planning"


def test_the_licence_and_the_publisher_are_the_agencys(tmp_path, settings):
    settings.DATA_LICENCE, settings.OCDS_PUBLISHER = "https://example.org/licence", "어떤 전담기관"
    settings.OCDS_PREFIX = "ocds-abc123"
    story.task()
    found = json.loads(exported(tmp_path)[0])
    assert found["license"] == "https://example.org/licence" and found["publisher"]["name"] == "어떤 전담기관"
    assert found["releases"][0]["ocid"].startswith("ocds-abc123-")
    assert problems(found) == []


def test_since_writes_what_came_later(tmp_path):
    told = story.told()
    whole = json.loads(exported(tmp_path)[0])["releases"]
    instant = whole[4]["date"]
    assert json.loads(exported(tmp_path, since=instant)[0])["releases"] == whole[4:]
    with pytest.raises(CommandError, match="is no day"):
        exported(tmp_path, since="yesterday")
    assert told.number in exported(tmp_path, since=instant[:10].replace("20", "19", 1))[0].decode()


def test_standard_output_is_the_package_alone(tmp_path, monkeypatch):
    story.task()
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=written, flush=lambda: None))
    call_command("export_ocds", output="-")
    monkeypatch.undo()
    assert written.getvalue() == exported(tmp_path)[0]


def test_nothing_is_written_where_there_is_nothing(tmp_path):
    with pytest.raises(CommandError, match="nothing to publish"):
        exported(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_breaks_leaves_the_old_file(tmp_path, monkeypatch):
    story.task()
    before, _said = exported(tmp_path)

    def broken(span):
        yield {"date": "2026"}
        raise RuntimeError("the database went away")

    monkeypatch.setattr(package, "releases_in", broken)
    with pytest.raises(RuntimeError):
        exported(tmp_path)
    assert (tmp_path / "ocds.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["ocds.json"]


def test_a_folder_that_is_missing_is_said(tmp_path):
    story.task()
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_ocds", output=str(tmp_path / "none" / "ocds.json"))


def test_versioned_without_records_is_refused(tmp_path):
    with pytest.raises(CommandError, match="--records"):
        exported(tmp_path, versioned=True)


def test_a_long_history_is_written_in_constant_memory(monkeypatch):
    """What stands in memory is a batch and a release, however many have passed."""
    one = {"ocid": "ocds-000000-X", "date": "2026-01-01T00:00:00.000000Z", "text": "가" * 2000}

    def peak(count: int) -> int:
        tracemalloc.start()
        for _part in package.written("releases", ({**one, "id": str(n)} for n in range(count)), "/x"):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak(100)
    assert peak(20_000) < peak(200) * 2


def test_an_empty_span_is_all():
    story.task()
    assert len(list(package.releases_in(Span()))) == 1
