"""Reading a published file: JSON, its canonical spelling, its hash, and the shape of what is computed from."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from .report import Report, Unreadable
from .words import say

Shape = Any
"""A type, None, a tuple of shapes (one of them), a list of one shape, a dict of fields, or a pattern of a text."""

SHA256 = re.compile(r"[0-9a-f]{64}")
DECIMAL = re.compile(r"[0-9]{1,9}\.[0-9]{2}")
POSITIVE = range(1, 2**31)
NATURAL = range(2**31)


def load(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror or error}") from error


def parse(raw: bytes, name: str, shape: Shape, report: Report, *, sha256: str = "") -> Any:
    """The data of one file. Differences of its spelling and hash go to the report; raises Unreadable."""
    try:
        data = json.loads(raw.decode("utf-8"))
        text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        spelled = text.encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Unreadable(say("{name} is not JSON in UTF-8: {error}", name=name, error=error)) from error
    ask(data, shape, name)
    if spelled != raw:
        words = say("{name}.json is not spelled as the portal publishes it.", name=name)
        report.compare(words, f"{name} ({say('spelling')})", say("another spelling"), say("canonical JSON"))
    if sha256:
        words = say("{name}.json is not the file whose hash was given.", name=name)
        report.compare(words, f"{name} (SHA-256)", sha256.lower(), hashlib.sha256(raw).hexdigest())
    report.repeated.append(
        say("canonical form and SHA-256 of {name}", name=name)
        if sha256
        else say("canonical form of {name}", name=name)
    )
    return data


def ask(value: Any, shape: Shape, path: str) -> None:
    """Whether a value has the shape; raises Unreadable with its place."""
    if not _fits(value, shape):
        raise Unreadable(
            say("{path} is not what it should be: {value}", path=path, value=repr(str(value)[:60]))
        )
    if isinstance(shape, tuple):
        shape = next(one for one in shape if _fits(value, one))
    if isinstance(shape, list):
        for n, one in enumerate(value):
            ask(one, shape[0], f"{path}[{n}]")
    elif isinstance(shape, dict):
        for name, inner in shape.items():
            if name not in value:
                raise Unreadable(say("{path} lacks {name}", path=path, name=name))
            ask(value[name], inner, f"{path}.{name}")


def _fits(value: Any, shape: Shape) -> bool:
    if isinstance(shape, tuple):
        return any(_fits(value, one) for one in shape)
    if isinstance(shape, re.Pattern):
        return isinstance(value, str) and shape.fullmatch(value) is not None
    if isinstance(shape, range):
        return type(value) is int and value in shape
    if isinstance(shape, list | dict):
        return isinstance(value, type(shape))
    return value is None if shape is None else type(value) is shape
