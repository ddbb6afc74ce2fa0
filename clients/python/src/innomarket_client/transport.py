"""HTTP by the standard library."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Fetch = Callable[[str, Mapping[str, str]], Iterator[bytes]]
A_PIECE = 65_536


class ApiProblem(Exception):
    """A refusal as problem details (RFC 9457)."""

    def __init__(self, status: int, body: bytes) -> None:
        try:
            told: dict[str, Any] = json.loads(body)
        except ValueError:
            told = {}
        self.status = status
        self.code: str = told.get("code", "")
        self.detail: str = told.get("detail", "")
        self.errors: list[dict[str, str]] = told.get("errors", [])
        super().__init__(f"{status} {self.detail}")


class CutOff(Exception):
    """The answer ended early, or is not what its trailer says: ask again."""


def fetch(url: str, headers: Mapping[str, str]) -> Iterator[bytes]:
    """The body in pieces. Raises ApiProblem for an answer that is no success, CutOff where the body ends early."""
    if not url.startswith(("https://", "http://")):
        raise ValueError(url)
    asked = urllib.request.Request(url, headers={"Accept-Encoding": "gzip", **headers})
    try:
        answer = urllib.request.urlopen(asked, timeout=60)
    except urllib.error.HTTPError as error:
        with error:
            raise ApiProblem(error.code, b"".join(_body(error.fp))) from error
    with answer:
        yield from _body(answer)


def _body(answer: Any) -> Iterator[bytes]:
    """Unpacked where it was sent with gzip; a file that is itself a .gz is no such answer."""
    packed = answer.headers.get("Content-Encoding") == "gzip"
    press = zlib.decompressobj(wbits=31)
    while piece := _read(answer):
        if piece := _unpacked(press, piece) if packed else piece:
            yield piece
    if answer.length:  # what the server said is still to come
        raise CutOff(f"{answer.length} bytes are missing")
    if packed and not press.eof:
        raise CutOff("the compressed body ends early")


def _read(answer: Any) -> bytes:
    try:
        return bytes(answer.read(A_PIECE))
    except (http.client.HTTPException, OSError) as error:
        raise CutOff(str(error)) from error


def _unpacked(press: Any, piece: bytes) -> bytes:
    try:
        return bytes(press.decompress(piece))
    except zlib.error as error:
        raise CutOff(str(error)) from error
