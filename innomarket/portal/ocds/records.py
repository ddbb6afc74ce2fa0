"""Records: the releases of a process, merged by the rules of the standard (the library ``ocdsmerge``)."""

from functools import cache
from pathlib import Path
from typing import Any

import orjson
from ocdsmerge import Merger

from .releases import Release

SCHEMA = Path(__file__).parent / "standard" / "release-schema.json"


@cache
def merger() -> Merger:
    """By the schema that lies beside this module: the library would ask the network for one."""
    return Merger(schema=orjson.loads(SCHEMA.read_bytes()))


def compiled(releases: list[Release]) -> Release:
    """What stands after the last of them."""
    return merger().create_compiled_release(releases)


def record_of(releases: list[Release], *, versioned: bool = False) -> dict[str, Any]:
    """The releases themselves, the compiled one, and where asked the history of every value."""
    record = {
        "ocid": releases[0]["ocid"],
        "releases": releases,
        "compiledRelease": compiled(releases),
    }
    if versioned:
        record["versionedRelease"] = merger().create_versioned_release(releases)
    return record
