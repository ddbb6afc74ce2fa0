"""File names as people gave them, made safe to store, show and send. Pure functions."""

import re
import unicodedata

MAX_BYTES = 200  # of UTF-8: file systems take 255, and a browser may add " (1)"

# Cc control (CR, LF, NUL), Cf format (right-to-left override, zero width), Cs surrogates, Co private, Cn unassigned.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_RESERVED_CHARACTERS = re.compile(r'[<>:"|?*]')
_RESERVED_NAMES = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)")
_SPACES = re.compile(r"\s+")


def safe_name(name: str) -> str:
    """The name without path, hidden or reserved characters, in NFC, at most 200 bytes; "file" when none is left.

    Korean stays as it is; what a Mac sends as loose letters (NFD) becomes whole syllables. The extension is kept.
    """
    text = unicodedata.normalize("NFC", str(name))
    text = text.replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(letter for letter in text if unicodedata.category(letter) not in _HIDDEN)
    text = _SPACES.sub(" ", _RESERVED_CHARACTERS.sub("_", text)).strip(" .")
    text = _RESERVED_NAMES.sub(r"_\1", text)
    stem, dot, extension = text.rpartition(".")
    if not dot:
        stem, extension = text, ""
    return _cut(stem or "file", MAX_BYTES - len(extension.encode()) - 1) + (f".{extension}" if dot else "")


def extension_of(name: str) -> str:
    """The part behind the last dot, lower case, without the dot; empty when there is none."""
    _stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot else ""


def _cut(text: str, most: int) -> str:
    """At most so many bytes of UTF-8, never half a letter."""
    return text.encode()[: max(most, 1)].decode(errors="ignore").rstrip(" .") or "file"
