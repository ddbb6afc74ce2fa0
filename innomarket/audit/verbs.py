"""The words of every verb in the history. Each app keeps its own in ``verbs.py``, found as its admin is."""

from collections.abc import Mapping

from django.utils.functional import Promise

Text = str | Promise

_words: dict[str, Text] = {}


def register(table: Mapping[str, Text]) -> None:
    """Make verbs known. Raises ValueError where two apps use one verb."""
    for verb, words in table.items():
        if _words.setdefault(verb, words) is not words:
            raise ValueError(f"Two apps use the verb {verb}.")


def words_of(verb: str) -> Text:
    """What was done, in words; the code itself for a verb that is no longer used: its entries stay."""
    return _words.get(verb, verb)


def known() -> frozenset[str]:
    """Every verb that has words."""
    return frozenset(_words)
