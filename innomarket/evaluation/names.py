"""Names of organisations as people write them, made comparable."""

import re
import unicodedata

_LEGAL = re.compile(r"\((?:주|유|재|사|주식회사|재단법인|사단법인)\)|㈜|주식회사|유한회사|재단법인|사단법인")
_FOREIGN = re.compile(r"\b(?:co|ltd|inc|corp|llc)\b\.?", re.IGNORECASE)


def key_of(name: str) -> str:
    """The name without legal form, spaces and punctuation, in lower case; the bare name where nothing is left."""
    text = unicodedata.normalize("NFKC", name)
    bare = _FOREIGN.sub("", _LEGAL.sub("", text))
    key = re.sub(r"[\W_]+", "", bare).casefold()
    return (key or text.strip().casefold())[:120]
