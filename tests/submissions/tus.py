"""A tus client for tests: what tus-js-client sends, through Django's test client."""

from __future__ import annotations

import base64
from typing import Any

from django.urls import reverse

TUS = {"Tus-Resumable": "1.0.0"}


def create(client: Any, draft: Any, name: str, size: int, slot: str = "paper") -> Any:
    return client.post(
        reverse("submissions:uploads", args=[draft.number, slot]),
        headers=TUS
        | {
            "Upload-Length": str(size),
            "Upload-Metadata": f"filename {base64.b64encode(name.encode(errors='surrogatepass')).decode()}",
        },
    )


def patch(client: Any, url: str, offset: int, content: bytes) -> Any:
    return client.generic(
        "PATCH",
        url,
        content,
        content_type="application/offset+octet-stream",
        headers=TUS | {"Upload-Offset": str(offset), "Content-Length": str(len(content))},
    )


def head(client: Any, url: str) -> Any:
    return client.head(url, headers=TUS)


def send(
    client: Any, draft: Any, name: str, content: bytes, *, slot: str = "paper", piece: int = 1 << 20
) -> Any:
    """The whole way; the answer that ended it."""
    answer = create(client, draft, name, len(content), slot)
    if answer.status_code != 201:
        return answer
    url, at = answer["Location"], 0
    while at < len(content):
        answer = patch(client, url, at, content[at : at + piece])
        if answer.status_code != 204:
            return answer
        at = int(answer["Upload-Offset"])
    return answer
