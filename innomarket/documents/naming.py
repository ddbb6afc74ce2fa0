"""File names as people gave them, made safe to store, show and send. Pure functions."""

import re
import unicodedata

MAX_BYTES = 200  # of UTF-8: file systems take 255, and a browser may add " (1)"
MAX_EXTENSION = 40  # of these

# Cc control (CR, LF, NUL), Cf format (right-to-left override, zero width), Cs surrogates, Co private, Cn unassigned.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_RESERVED_CHARACTERS = re.compile(r'[<>:"|?*]')
_RESERVED_NAMES = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(?= *(\.|$))")
_SPACES = re.compile(r"\s+")


def safe_name(name: str) -> str:
    """The name without path, hidden or reserved characters, in NFC, at most 200 bytes; "file" when none is left.

    Korean stays as it is; what a Mac sends as loose letters (NFD) becomes whole syllables. The extension is kept,
    its first 40 bytes. A name that is safe stays as it is.
    """
    text = "".join(letter for letter in str(name) if unicodedata.category(letter) not in _HIDDEN)
    text = unicodedata.normalize("NFC", text)  # afterwards: letters that hidden ones kept apart join
    text = text.replace("\\", "/").rsplit("/", 1)[-1]
    text = _SPACES.sub(" ", _RESERVED_CHARACTERS.sub("_", text)).strip(" .")
    text = _RESERVED_NAMES.sub(r"_\1", text)
    stem, dot, extension = text.rpartition(".")
    if not dot:
        return _cut(text, MAX_BYTES)
    extension = _cut(extension.lstrip(), MAX_EXTENSION)
    return f"{_cut(stem, MAX_BYTES - len(extension.encode()) - 1)}.{extension}"


def extension_of(name: str) -> str:
    """The part behind the last dot, lower case, without the dot; empty when there is none."""
    _stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot else ""


def _cut(text: str, most: int) -> str:
    """At most so many bytes of UTF-8, never half a letter."""
    return text.encode()[:most].decode(errors="ignore").rstrip(" .") or "file"
