"""Kinds of messages. Each app registers its own in ``AppConfig.ready()``, from its ``messages.py``."""

from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class MessageKind:
    """``subject`` and ``body`` are lazy messages with %(name)s places for the values of ``services.tell``."""

    code: str
    subject: Text
    body: Text


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


def all_kinds() -> list[MessageKind]:
    """Every registered kind, by code."""
    return [_kinds[code] for code in sorted(_kinds)]
