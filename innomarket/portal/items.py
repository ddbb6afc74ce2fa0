"""The rows of a workspace: something to do, something that others have to move, something that ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from innomarket.common import clock, formats

MOST = 20
LATE = datetime.max.replace(tzinfo=clock.KST)
PROPOSAL = "proposal"


@dataclass(frozen=True)
class Task:
    """One thing to do. ``due``: the instant of its deadline, where it has one."""

    title: str
    url: str
    state: str
    tone: str = "warning"
    number: str = ""
    text: str = ""
    due: datetime | None = None
    action: str = ""


@dataclass(frozen=True)
class Waiting:
    """Something of one's own that others have to move."""

    title: str
    url: str
    state: str
    tone: str
    who: str
    number: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Done:
    title: str
    url: str
    state: str
    tone: str
    at: datetime


def in_order(tasks: Iterable[Task]) -> list[Task]:
    """The nearest deadline first; what has none follows in the order in which it was found."""
    return sorted(tasks, key=lambda task: task.due or LATE)


def titled(thing: Any) -> str:
    """A title that exists in two languages, in that of the page."""
    return thing.title_en if get_language() == "en" and thing.title_en else thing.title_ko


def named(thing: Any) -> str:
    """A name that exists in two languages, in that of the page."""
    return thing.name_en if get_language() == "en" and thing.name_en else thing.name_ko


def day(value: Any) -> str:
    """A date as the page writes it."""
    return formats.kst(value, get_language() or "ko")
