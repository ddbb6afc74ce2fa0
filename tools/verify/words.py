"""What the program says, in Korean or English. English stands where it is said, its Korean in ``ko.json`` by it."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

LANGUAGES = ("ko", "en")
KOREAN: dict[str, str] = json.loads(
    files(__package__).joinpath("ko.json").read_text(encoding="utf-8")  # also where the program is one zip
)
_spoken: Mapping[str, str] = {}


def language_of(environment: Mapping[str, str]) -> str:
    """Korean where LC_ALL, LC_MESSAGES or LANG (the first that is set) begins with "ko", else English."""
    named = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    return "ko" if named.lower().startswith("ko") else "en"


def speak(language: str) -> None:
    """From now on everything is said in this language; English before that."""
    global _spoken
    _spoken = KOREAN if language == "ko" else {}


def say(text: str, **values: Any) -> str:
    """A text in the language that is spoken, with its values. ``text`` is written out where it is said."""
    return _spoken.get(text, text).format(**values)
