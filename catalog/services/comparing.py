"""What differs between two contents of a listing, and marks of what a page showed of one."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from innomarket.common.refusals import Refused

from .content import COLUMNS, KEYS, MODEL, PARTS, SPECIFICATION

# The columns of rows in the order of the page: a database gives the keys of a value back in an order of its own.
_NAMES = (
    *MODEL,
    "specifications",
    "attribute",
    *SPECIFICATION,
    *(name for _model, names in PARTS.values() for name in names),
)
_ORDER = {name: place for place, name in enumerate(dict.fromkeys(_NAMES))}


@dataclass(frozen=True)
class Difference:
    """One value that is not the same: ``path`` as "models.0.specifications.2.value"; None where there was none."""

    path: str
    before: Any
    after: Any

    @property
    def part(self) -> str:
        return self.path.split(".")[0]


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Every value that differs, in the order of the page."""
    found: list[Difference] = []
    for name in (*COLUMNS[:4], *KEYS, *COLUMNS[4:], "models", *PARTS):
        _compare(name, before.get(name), after.get(name), found)
    return found


def changed_parts(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The names of the columns and parts that differ."""
    return {difference.part for difference in differences(before, after)}


def stamp(content: dict[str, Any], parts: Iterable[str]) -> str:
    """A short mark of what some parts say: a page hands it back, so that a later save overwrites nothing unseen."""
    said = json.dumps({part: content.get(part) for part in parts}, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:20]


def ask_unchanged(content: dict[str, Any], parts: Iterable[str], seen: str | None) -> None:
    """Refuse (code "changed_elsewhere") where the parts no longer say what a page showed: ``seen`` is their stamp."""
    if seen is not None and seen != stamp(content, parts):
        raise changed_elsewhere()


def changed_elsewhere() -> Refused:
    """Somebody saved what a page still shows as it was."""
    text = _("Meanwhile this was changed in another window or by a colleague. Nothing was overwritten.")
    return Refused("changed_elsewhere", text)


def _compare(path: str, before: Any, after: Any, found: list[Difference]) -> None:
    if before == after or (before in (None, []) and after in (None, [])):
        return
    if isinstance(before or {}, dict) and isinstance(after or {}, dict) and (before or after):
        before, after = before or {}, after or {}
        for key in sorted({*before, *after}, key=lambda name: _ORDER.get(name, len(_ORDER))):
            _compare(f"{path}.{key}", before.get(key), after.get(key), found)
    elif _has_rows(before) or _has_rows(after):
        before, after = before or [], after or []
        for place in range(max(len(before), len(after))):
            old, new = (rows[place] if place < len(rows) else None for rows in (before, after))
            _compare(f"{path}.{place}", old, new, found)
    else:
        found.append(Difference(path, before, after))


def _has_rows(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(row, dict) for row in value)
