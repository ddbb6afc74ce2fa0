"""Kinds of messages. Each app registers its own in ``AppConfig.ready()``, from its ``messages.py``."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.functional import Promise

Text = str | Promise

PLACE = re.compile(r"%\((\w+)\)s")
"""Where a value of ``services.tell`` goes."""

DIGEST = "notifications.digest"
"""The kind of the mail that gathers a day's messages: it is a mail only, never in an inbox."""


@dataclass(frozen=True)
class MessageKind:
    """``subject`` and ``body`` are lazy messages with %(name)s places for the values of ``services.tell``.

    ``binding``: receipts, results, deadlines and the like are mailed at once, whatever a person prefers.
    ``path_of``: for an address that must not stand in the outbox; asked with the message when it is sent.
    """

    code: str
    subject: Text
    body: Text
    binding: bool = False
    path_of: Callable[[Any], str] | None = None

    @property
    def group(self) -> str:
        """The label of the app that tells it: preferences are given for each group."""
        return self.code.partition(".")[0]

    @property
    def words(self) -> str:
        """Its subject in the language of the page, with … where each message has its own values."""
        return PLACE.sub("…", str(self.subject))


_kinds: dict[str, MessageKind] = {}


def register(kind: MessageKind) -> MessageKind:
    """Make a kind known; registering the same one again changes nothing.

    Raises ValueError where two apps use one code for different messages.
    """
    if _kinds.setdefault(kind.code, kind) != kind:
        raise ValueError(f"Two kinds of messages are called {kind.code}.")
    return kind


def get(code: str) -> MessageKind:
    """Raises KeyError for a code that no app has registered."""
    return _kinds[code]


def find(code: str) -> MessageKind | None:
    """None for a kind that is no longer told: its messages stay."""
    return _kinds.get(code)


def all_kinds() -> list[MessageKind]:
    """Every registered kind, by code."""
    return [_kinds[code] for code in sorted(_kinds)]


def groups() -> dict[str, Text]:
    """Every group with its name, in the order of the story (that of the installed apps)."""
    found = {kind.group for kind in _kinds.values()}
    named: dict[str, Text] = {
        app.label: app.verbose_name for app in apps.get_app_configs() if app.label in found
    }
    return named | {group: group for group in sorted(found - set(named))}


def choosable_groups() -> dict[str, Text]:
    """The groups with at least one kind that does not bind: those for which people choose a way."""
    free = {kind.group for kind in _kinds.values() if not kind.binding}
    return {group: name for group, name in groups().items() if group in free}
