"""Two texts for one answer: what was typed here beside what somebody else saved, and the choice between them."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from ..models import DraftEdit
from ..services import filling
from ..templatetags.submissions import answer

KEEP = "keep:"  # before a field's name: whose text stays, "mine" or "theirs"
ALL = "keep-all"
ASKED = "asked"
WINDOW = re.compile(r"[\w-]{1,22}", re.ASCII)


def window_of(sent: QueryDict | None) -> str:
    """The random name of the open page: the one that it sent, or a new one."""
    name = "" if sent is None else sent.get("window", "")
    return name if WINDOW.fullmatch(name) else secrets.token_urlsafe(9)


def version_of(sent: QueryDict) -> int | None:
    """The version that the page showed."""
    text = sent.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def side_by_side(
    stored: forms.ModelForm, typed: forms.ModelForm, theirs: Mapping[str, DraftEdit], sent: QueryDict
) -> list[dict[str, Any]]:
    """The answers that somebody else changed to something else, each with both texts, who saved it and when.

    What only the person here changed is no question: it stays in the form below. A page that asks again asks what it
    asked before, and what was saved since.
    """
    asked, version = sent.getlist(ASKED), version_of(sent) or 0
    return [
        {
            "name": f"{KEEP}{name}",
            "field": name,
            "label": stored[name].label,
            "mine": answer(_in_words(stored.fields[name], typed[name].value())),
            "stored": answer(_in_words(stored.fields[name], stored[name].value())),
            "by": theirs[name].by,
            "at": theirs[name].last_at,
            "chosen": sent.get(f"{KEEP}{name}", ""),
        }
        for name in filling.differing(stored, typed)
        if name in theirs and (not asked or name in asked or theirs[name].fields[name] > version)
    ]


def undecided(sent: QueryDict) -> list[str]:
    """The answers for which the page asked whose text stays, and nothing was chosen."""
    if sent.get(ALL) in ("mine", "theirs"):
        return []
    return [name for name in sent.getlist(ASKED) if sent.get(f"{KEEP}{name}") not in ("mine", "theirs")]


def chosen(submission: Any, step: Any, sent: QueryDict) -> QueryDict:
    """What was sent, with the saved text in the answers for which it was chosen."""
    every = sent.get(ALL)
    theirs = {name for name in sent.getlist(ASKED) if (every or sent.get(f"{KEEP}{name}")) == "theirs"}
    if not theirs:
        return sent
    merged, stored = sent.copy(), filling.step_form(submission, step)
    for name in theirs & set(stored.fields):
        value = stored[name].value()
        values = value if isinstance(value, (list, tuple)) else [value]
        merged.setlist(name, ["" if one is None else str(one) for one in values])
    return merged


def _in_words(field: forms.Field, value: Any) -> Any:
    choices = {str(key): str(text) for key, text in getattr(field, "choices", ()) or ()}
    if isinstance(value, (list, tuple)):
        return [choices.get(str(item), str(item)) for item in value]
    return choices.get(str(value), value) if isinstance(value, (str, int, type(None))) else str(value)
