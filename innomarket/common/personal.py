"""Personal data: what each app keeps about people, said in one place by the app that keeps it.

Every app registers in ``AppConfig.ready()``, from its ``personal.py``: which notice a form shows, what a person
takes along (``Share``), which duties forbid an erasure, what an erasure removes, and what is deleted after a time
(``Kept``). ``innomarket.privacy`` asks these registries and knows none of the apps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from .refusals import Refusal

Text = str | Promise
Duty = Callable[[Any], Refusal | None]
Eraser = Callable[[Any, str], dict[str, int]]


@dataclass(frozen=True)
class Share:
    """A part of what a person takes along. ``rows`` gives one dict for each row, by the keys of ``columns``.

    Values are what JSON knows, or dates and instants. The title and the columns' labels are lazy: both languages
    stand in the export.
    """

    code: str
    title: Text
    columns: tuple[tuple[str, Text], ...]
    rows: Callable[[Any], Iterable[Any]]


@dataclass(frozen=True)
class Kept:
    """Rows that are deleted after a time. ``rows(before)`` finds those older than an instant; ``at`` is their time.

    ``remove`` deletes the given, locked rows; ``months`` and ``source`` are the default that is shipped. ``months``
    None: none is, and nothing is deleted before the agency has entered a period.
    """

    noun: str
    title: Text
    rows: Callable[[datetime], QuerySet[Any]]
    at: str
    months: int | None
    source: str
    remove: Callable[[list[Any]], None]


shares: dict[str, Share] = {}
kept: dict[str, Kept] = {}
duties: list[Duty] = []
erasers: dict[str, Eraser] = {}
forms: dict[str, str] = {}
"""Name of an address with a form -> the purpose whose notice it shows."""
without: dict[str, str] = {}
"""Name of an address with a form that takes no personal data -> why not."""
asked_of: dict[str, Callable[[Any], bool]] = {}
"""Purpose that needs consent -> whether this person is asked."""
_notice: list[Callable[[str], Any]] = []


def share(*parts: Share) -> None:
    """Let people take these parts along."""
    shares.update({part.code: part for part in parts})


def keep(*parts: Kept) -> None:
    """Have these rows deleted after the time that the dated rule of their noun gives."""
    kept.update({part.noun: part for part in parts})


def duty(*asked: Duty) -> None:
    """Ask these before an erasure: each returns None, or what must be done first."""
    duties.extend(one for one in asked if one not in duties)


def eraser(code: str, erase: Eraser) -> None:
    """Call ``erase(person, code)`` within an erasure; it returns how many rows of what it removed or changed."""
    erasers[code] = erase


def form(purpose: str, *names: str) -> None:
    """The forms at these addresses show the notice of a purpose."""
    forms.update(dict.fromkeys(names, purpose))


def no_data(why: str, *names: str) -> None:
    """The forms at these addresses take no personal data."""
    without.update(dict.fromkeys(names, why))


def consent(purpose: str, of: Callable[[Any], bool]) -> None:
    """Ask those people for their consent to a purpose."""
    asked_of[purpose] = of


def provide_notices(find: Callable[[str], Any]) -> None:
    """Given by the app that keeps the notices: purpose -> the notice in force today, or None."""
    _notice[:] = [find]


def notice_for(purpose: str) -> Any:
    """The notice in force for a purpose, or None."""
    return _notice[0](purpose) if _notice else None
