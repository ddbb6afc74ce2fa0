"""HTTP by the standard library."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
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
    try:
        answer = urllib.request.urlopen(urllib.request.Request(url, headers=dict(headers)), timeout=60)
    except urllib.error.HTTPError as error:
        raise ApiProblem(error.code, error.read()) from error
    with answer:
        while piece := _read(answer):
            yield piece
        if answer.length:  # what the server said is still to come
            raise CutOff(f"{answer.length} bytes are missing")


def _read(answer: Any) -> bytes:
    try:
        return bytes(answer.read(A_PIECE))
    except (http.client.HTTPException, OSError) as error:
        raise CutOff(str(error)) from error
