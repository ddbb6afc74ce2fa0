"""What stands in an address is looked for as it is: what cannot exist is not found, and never an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver
from django.urls.converters import IntConverter, StringConverter, UUIDConverter, get_converters
from django.utils.translation import override

from tests.accounts import factories as accounts
from tests.support.staff import sign_in

pytestmark = pytest.mark.django_db

SAMPLES = {UUIDConverter: "00000000-0000-0000-0000-000000000000", IntConverter: "1"}
STRANGE = {"nul": "A%00B", "half a character": "%ED%A0%80", "long": "x" * 3000}


def addresses(strange: str, patterns: Any = None, before: str = "") -> Iterator[str]:
    """Each address of the project that takes free text in its path, with this text there."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from addresses(strange, pattern.url_patterns, route)
            continue
        made = re.sub(r"<(?:(\w+):)?(\w+)>", "{}", route)
        kinds = list(_converters(route))
        if "(?" not in route and any(issubclass(kind, StringConverter) for kind in kinds):
            yield "/" + made.format(*(SAMPLES.get(kind, strange) for kind in kinds))


def _converters(route: str) -> Iterator[type]:
    for name, _parameter in re.findall(r"<(?:(\w+):)?(\w+)>", route):
        yield type(get_converters()[name or "str"])


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize("who", ["nobody", "person", "staff"])
def test_text_that_names_nothing_is_not_found_at_every_address(client, who, strange):
    if who != "nobody":
        sign_in(client, accounts.staff("run_rounds") if who == "staff" else accounts.person())
    client.raise_request_exception = False
    with override("ko"):
        found = {one: client.get(one).status_code for one in addresses(strange)}
    assert len(found) > 40
    # Elsewhere: asked to sign in, or sent on to the address with its slash.
    assert set(found.values()) <= ({404} if "%00" in strange else {301, 302, 401, 403, 404, 405}), found
