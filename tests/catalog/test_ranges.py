"""Parts of a nightly file: a download that broke off goes on where it stopped."""

import gzip
import hashlib

import pytest

from catalog.models import Snapshot
from catalog.services import snapshot as snapshots
from innomarket.common.clock import today
from tests.catalog.factories import product

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole(client, settings, tmp_path):
    """Tonight's NDJSON: its address, bytes and ETag."""
    settings.MEDIA_ROOT = tmp_path
    product()
    kind = next(kind for kind in snapshots.KINDS if (kind.format, kind.language) == ("ndjson", "ko"))
    assert snapshots.make_snapshot(day=today(), kind=kind)
    url = f"/api/v1/snapshots/{Snapshot.objects.get().name}"
    answer = client.get(url)
    assert answer.status_code == 200 and answer["Accept-Ranges"] == "bytes"
    return url, b"".join(answer.streaming_content), answer["ETag"]


def part(client, url, asked, **headers):
    answer = client.get(url, headers={"range": asked, **headers})
    return answer, b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_parts_together_are_the_file(client, whole):
    url, data, etag = whole
    assert gzip.decompress(data) and etag == f'"{hashlib.sha256(data).hexdigest()}"'
    first, begun = part(client, url, "bytes=0-99")
    rest, ended = part(client, url, "bytes=100-", **{"if-range": first["ETag"]})
    assert (first.status_code, rest.status_code) == (206, 206) and begun + ended == data
    assert first["Content-Range"] == f"bytes 0-99/{len(data)}" and first["Content-Length"] == "100"
    assert rest["Content-Range"] == f"bytes 100-{len(data) - 1}/{len(data)}" and rest["ETag"] == etag
    assert first["Content-Type"] == "application/gzip" and "attachment" in first["Content-Disposition"]


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-0", 0, 1), ("bytes=-1", -1, None), ("Bytes=5-5", 5, 6), ("bytes=10-99999999", 10, None)],
)
def test_part_of_any_length(client, whole, asked, first, last):
    url, data, _etag = whole
    answer, body = part(client, url, asked)
    assert answer.status_code == 206 and body == data[first:last]
    assert int(answer["Content-Length"]) == len(body)


def test_more_than_there_is_from_the_end_is_the_whole_as_a_part(client, whole):
    answer, body = part(client, whole[0], "bytes=-99999999")
    assert answer.status_code == 206 and body == whole[1]


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0", "bytes=99999999-999999999"])
def test_part_behind_the_end_is_refused(client, whole, asked):
    url, data, _etag = whole
    answer, _body = part(client, url, asked)
    assert answer.status_code == 416 and answer["Content-Range"] == f"bytes */{len(data)}"
    assert answer["Content-Type"] == "application/problem+json" and answer.json()["code"] == "no_such_part"


@pytest.mark.parametrize(
    "asked", ["bytes=5-4", "bytes=0-1,5-6", "lines=0-1", "bytes=", "bytes=-", "bytes=a-b", "bytes=٣-", "0-1"]
)
def test_what_is_no_single_range_gives_the_whole(client, whole, asked):
    answer, body = part(client, whole[0], asked)
    assert answer.status_code == 200 and body == whole[1]


@pytest.mark.parametrize("held", ['"another"', "Mon, 30 Nov 2026 00:00:00 GMT", "W/{etag}"])
def test_another_file_is_sent_whole(client, whole, held):
    answer, body = part(client, whole[0], "bytes=100-", **{"if-range": held.format(etag=whole[2])})
    assert answer.status_code == 200 and body == whole[1]


def test_kept_file_is_told_before_its_parts(client, whole):
    answer, _body = part(client, whole[0], "bytes=0-1", **{"if-none-match": whole[2]})
    assert answer.status_code == 304


def test_head_has_no_parts(client, whole):
    answer = client.head(whole[0], headers={"range": "bytes=0-1"})
    assert answer.status_code == 200 and answer["Content-Length"] == str(len(whole[1]))
    answer.close()
