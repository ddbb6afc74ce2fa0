"""The Python client: generated from the committed description, typed, and at work against the API."""

import contextlib
import gzip
import socket
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client as Django

from tests.catalog.factories import category, product
from tools import api_client

sys.path.insert(0, str(Path(api_client.PACKAGE).parent))
from innomarket_client import ApiProblem, Client, CutOff

pytestmark = pytest.mark.django_db


def through_django(cut: int | None = None):
    """The client's transport, without a socket; ``cut``: the body ends so many bytes early."""

    def fetch(url, headers):
        parts = urlsplit(url)
        answer = Django().get(f"{parts.path}?{parts.query}", headers=dict(headers))
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.status_code != 200:
            raise ApiProblem(answer.status_code, body)
        yield body[: len(body) - cut] if cut else body

    return fetch


@pytest.fixture
def api():
    return Client("https://innomarket.example", language="en", fetch=through_django())


def test_generated_files_are_those_of_the_description():
    for path, text in api_client.files().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: make api"


def test_client_reads_pages_and_one(api):
    listed = [product(category=category()) for _ in range(3)]
    page = api.products_list(page_size=2, in_force=True, category=["environment"], ordering="listed_at")
    assert [row["number"] for row in api.pages(page)] == [each.number for each in listed]
    assert api.products_retrieve(listed[0].number)["category"]["name"] == "Environment"
    assert api.statistics()["designated"] == 3


def test_client_tells_problems(api):
    with pytest.raises(ApiProblem) as problem:
        api.products_list(page_size=0)
    assert problem.value.status == 400 and problem.value.errors[0]["parameter"] == "page_size"


def test_client_takes_everything_and_follows(api):
    listed = product()
    rows, since = api.whole_catalogue()
    assert [row["number"] for row in rows] == [listed.number] and list(api.follow(since)) == []
    later = product()
    assert [change["number"] for change in api.follow(since)] == [later.number]


def test_follower_that_stops_goes_on_behind_the_last_change(api):
    listed = [product() for _ in range(3)]
    first = next(api.follow(0))
    assert first["number"] == listed[0].number
    assert [change["number"] for change in api.follow(first["since"])] == [each.number for each in listed[1:]]


@pytest.mark.parametrize("cut", [2, 100, 300])
def test_client_recognises_a_cut_stream(cut):
    product(), product()
    with pytest.raises(CutOff):
        Client("https://innomarket.example", fetch=through_django(cut)).whole_catalogue()


@contextlib.contextmanager
def answering(*pieces: bytes, reset: bool = False):
    """A server that sends this to whoever asks first, and closes; ``reset``: without a good-bye."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            line, _from = server.accept()
            with line:
                line.recv(65_536)
                line.sendall(b"".join(pieces))
                if reset:
                    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield Client(f"http://127.0.0.1:{server.getsockname()[1]}")
        thread.join(10)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("pieces", "reset"),
    [
        ((HEAD, b"Content-Length: 100\r\n\r\n", b'{"results": ['), False),
        ((HEAD, b"Transfer-Encoding: chunked\r\n\r\n", b"d\r\n", b'{"results": ['), False),
        ((HEAD, b"Transfer-Encoding: chunked\r\n\r\n", b"ff\r\n", b'{"results": ['), False),
        ((HEAD, b"Content-Length: 100\r\n\r\n", b'{"results": ['), True),
    ],
)
def test_line_that_breaks_is_a_cut_stream(pieces, reset):
    with answering(*pieces, reset=reset) as api, pytest.raises(CutOff):
        api.statistics()


def test_answer_that_is_whole_is_read():
    with answering(HEAD, b"Content-Length: 2\r\n\r\n{}") as api:
        assert api.json("/") == {}


PACKED = HEAD + b"Content-Encoding: gzip\r\n"


def test_compressed_answers_and_refusals_are_read():
    body = gzip.compress(b'{"detail": "no", "code": "invalid"}')
    with answering(PACKED, b"Content-Length: %d\r\n\r\n" % len(body), body) as api:
        assert api.json("/")["detail"] == "no"
    refused = PACKED.replace(b"200 OK", b"400 Bad Request")
    with (
        answering(refused, b"Content-Length: %d\r\n\r\n" % len(body), body) as api,
        pytest.raises(ApiProblem, match="400 no") as problem,
    ):
        api.json("/")
    assert problem.value.code == "invalid"


@pytest.mark.parametrize("body", [gzip.compress(b'{"a": 1}')[:-9], gzip.compress(b"{}")[:5], b"{}", b""])
def test_compressed_body_that_ends_early_is_a_cut_stream(body):
    """Without a length nothing else tells: the line closes as it would at the end."""
    with answering(PACKED, b"Connection: close\r\n\r\n", body) as api, pytest.raises(CutOff):
        api.json("/")
