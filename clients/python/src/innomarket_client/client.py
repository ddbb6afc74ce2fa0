"""The client: generated operations, and what goes through several answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from .models import Change, Changes, Product
from .operations import Operations
from .transport import ApiProblem, CutOff, Fetch, fetch

__all__ = ["ApiProblem", "Client", "CutOff"]


class Client(Operations):
    """``base`` is the portal's address; ``token`` one of an organisation (it raises limits); ``fetch`` for tests."""

    def __init__(
        self, base: str, *, token: str | None = None, language: str = "ko", fetch: Fetch = fetch
    ) -> None:
        self.base = base.rstrip("/")
        self.headers = {"Accept-Language": language, "Accept": "application/json"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        self._fetch = fetch

    def raw(self, address: str) -> Iterator[bytes]:
        """The body of an address, whole or relative. Raises ApiProblem, and CutOff where it ends early."""
        url = address if "://" in address else self.base + address
        return self._fetch(url, self.headers)

    def json(self, address: str) -> Any:
        """The body as JSON. Raises ApiProblem and CutOff."""
        return json.loads(b"".join(self.raw(address)))

    def pages(self, page: Mapping[str, Any]) -> Iterator[Any]:
        """The rows of a page and of all that follow it."""
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self.json(page["next"])

    def follow(self, since: int) -> Iterator[Change]:
        """Every change behind a place, up to now. Keep the ``since`` of each: from there one goes on another time."""
        answer = self.products_changes_retrieve(since=since)
        while True:
            yield from answer["results"]
            if not answer["more"]:
                return
            answer = cast(Changes, self.json(answer["next"]))

    def whole_catalogue(self) -> tuple[list[Product], int]:
        """Every product, and the place from which to follow. Raises CutOff for a stream that ended early."""
        digest, lines = hashlib.sha256(), b"".join(self.raw("/api/v1/bulk/products.ndjson")).splitlines(True)
        try:
            trailer = json.loads(lines.pop())["trailer"]
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise CutOff("no trailer") from error
        for line in lines:
            digest.update(line)
        if trailer["rows"] != len(lines) or trailer["sha256"] != digest.hexdigest():
            raise CutOff("rows or SHA-256 differ")
        return [json.loads(line) for line in lines], trailer["since"]
