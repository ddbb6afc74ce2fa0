"""Every address of the project by its name, walked from the address table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, get_resolver


def walk(patterns: Any = None, namespace: str = "") -> Iterator[str]:
    """Names as ``reverse`` takes them. What has no name is a catch-all that answers 404 (tested by address)."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield f"{namespace}{pattern.name}"
            continue
        inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
        yield from walk(pattern.url_patterns, inner)


def names() -> set[str]:
    return set(walk())
