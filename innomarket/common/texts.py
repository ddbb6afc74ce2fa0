"""Texts as people type and paste them, before they are kept."""

import re
from typing import Any

UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold, and nobody sees."""


def tidy(text: str) -> str:
    """The same with one kind of line end and without what nobody sees, so that every file gives it back as it is."""
    return UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def tidied(value: Any) -> Any:
    """Every text inside a plain value."""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, dict):
        return {name: tidied(each) for name, each in value.items()}
    return [tidied(each) for each in value] if isinstance(value, list) else value
