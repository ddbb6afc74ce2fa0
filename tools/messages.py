"""The catalogues, without gettext's programs: extract, merge, check, compile. A bare machine has none of them.

    python -m tools.messages extract    add the code's new msgids, empty, to the catalogue of their app
    python -m tools.messages check      fail where a translation is missing, fuzzy, does not fit or is said twice
    python -m tools.messages compile    write the .mo files (never committed)

The msgids are found by reading Python as a syntax tree and templates through Django's own `templatize`. Korean is
written in locale/parts/, one file an app (`look.po` also holds better words for texts of Django and allauth); together
they are compiled to locale/ko/LC_MESSAGES/django.mo.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
SOURCES = ("innomarket", "challenges", "designation", "catalog", "pilots", "templates")
# function -> (index of the msgid, of the plural, of the context)
FUNCTIONS: dict[str, tuple[int, int | None, int | None]] = {
    "gettext": (0, None, None),
    "gettext_lazy": (0, None, None),
    "gettext_noop": (0, None, None),
    "_": (0, None, None),
    "ngettext": (0, 1, None),
    "ngettext_lazy": (0, 1, None),
    "pgettext": (1, None, 0),
    "pgettext_lazy": (1, None, 0),
    "npgettext": (1, 2, 0),
    "npgettext_lazy": (1, 2, 0),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sdf]|\{\w*\}")
Key = tuple[str, str]  # context, msgid


@dataclass
class Message:
    """One msgid and where it stands."""

    msgid: str
    plural: str = ""
    context: str = ""
    places: list[tuple[str, str]] = field(default_factory=list)
    python_format: bool = False

    @property
    def key(self) -> Key:
        return (self.context, self.msgid)


def found_in_python(text: str, place: str) -> Iterator[Message]:
    """The messages of a Python source: calls of gettext's functions under any alias, with literal arguments."""
    tree = ast.parse(text)
    aliases = {name: name for name in FUNCTIONS}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.utils.translation"):
            aliases |= {alias.asname or alias.name: alias.name for alias in node.names}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        shape = FUNCTIONS.get(aliases.get(name, ""))
        if shape is None:
            continue
        texts = [_literal(argument) for argument in node.args]
        msgid, plural, context = (_at(texts, index) for index in shape)
        if msgid:
            yield Message(msgid, plural or "", context or "", [(place, str(node.lineno))], "%(" in msgid)


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _at(texts: list[str | None], index: int | None) -> str | None:
    return texts[index] if index is not None and index < len(texts) else None


def found_in_template(text: str, place: str) -> Iterator[Message]:
    """The messages of a template. `templatize` turns it into the calls that xgettext would read."""
    from django.utils.translation.template import templatize

    for number, line in enumerate(templatize(text, origin=place).split("\n"), 1):
        for call in re.finditer(r"(?<![\w.])(_|gettext|ngettext|pgettext|npgettext)\(", line):
            yield from _call_at(line, call.start(), place, number)
    yield from _multiline(templatize(text, origin=place), place)


def _call_at(line: str, start: int, place: str, number: int) -> Iterator[Message]:
    """The one call that begins there, cut at the bracket that makes it whole Python."""
    for end in (match.end() for match in re.finditer(r"\)", line[start:])):
        try:
            ast.parse(line[start : start + end].strip())
        except SyntaxError:
            continue
        for message in found_in_python(line[start : start + end], place):
            message.places = [(place, str(number))]
            yield message
        return


def _multiline(code: str, place: str) -> Iterator[Message]:
    """Calls that templatize spreads over lines (a blocktranslate that is not trimmed)."""
    for call in re.finditer(r"(?<![\w.])n?p?gettext\(u?'''|(?<![\w.])n?p?gettext\((?=[^)\n]*\n)", code):
        piece = code[call.start() :]
        for end in (match.end() for match in re.finditer(r"\)", piece)):
            try:
                yield from found_in_python(piece[:end], place)
            except SyntaxError:
                continue
            break


def sources(root: Path = ROOT) -> Iterator[Path]:
    """The files that hold messages: Python and templates, without migrations and tests."""
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts and path.is_file():
                yield path


def extract(root: Path = ROOT) -> dict[Key, Message]:
    """All messages of the code, each with all its places."""
    found: dict[Key, Message] = {}
    for path in sources(root):
        place = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        reader = found_in_python if path.suffix == ".py" else found_in_template
        for message in reader(text, place):
            known = found.setdefault(message.key, message)
            if known is not message:
                known.places += message.places
                known.plural = known.plural or message.plural
    return found


def catalogue_path(language: str, root: Path = ROOT) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalogue(language: str, root: Path = ROOT) -> polib.POFile:
    """The catalogue with the parts beside it taken in (Korean only: English msgids are their own translation)."""
    path = catalogue_path(language, root)
    catalogue = polib.pofile(str(path)) if path.exists() else polib.POFile(wrapwidth=110)
    catalogue.wrapwidth = 110
    catalogue.metadata = {
        "Project-Id-Version": "innomarket",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;" if language == "ko" else "nplurals=2; plural=(n != 1);",
    }
    for part in part_files(language, root):
        take_in(catalogue, read_part(part))
    return catalogue


def part_files(language: str, root: Path = ROOT) -> list[Path]:
    return sorted((root / "locale" / "parts").glob("*.po")) if language == "ko" else []


def read_part(path: Path) -> polib.POFile:
    """A part: plain entries without a header.

    Raises ValueError that names the file when it cannot be read.
    """
    text = path.read_text(encoding="utf-8")
    if not text.lstrip().startswith('msgid ""\nmsgstr ""\n"'):
        text = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n' + text
    try:
        return polib.pofile(text)
    except (OSError, ValueError) as failure:
        raise ValueError(f"{path}: {failure}") from failure


def take_in(catalogue: polib.POFile, part: polib.POFile) -> None:
    """Entries of the part fill what the catalogue lacks; what it already says stays."""
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in catalogue}
    for entry in part:
        if not entry.msgid or entry.obsolete or not entry.translated():
            continue
        there = known.get((entry.msgctxt or "", entry.msgid))
        if there is None:
            catalogue.append(entry)
            known[(entry.msgctxt or "", entry.msgid)] = entry
        elif not there.translated():
            there.msgstr, there.msgstr_plural, there.obsolete = entry.msgstr, entry.msgstr_plural, False
            there.flags = [flag for flag in there.flags if flag != "fuzzy"]


def part_for(place: str, root: Path = ROOT) -> Path:
    """The file in which the Korean of a source stands: that of its app, else the look's."""
    names = [name for name in Path(place).parts if name not in {"innomarket", "templates", "admin"}]
    parts = {path.stem: path for path in part_files("ko", root)}
    return parts.get(names[0], root / "locale" / "parts" / "look.po")


def add_missing(root: Path = ROOT) -> int:
    """Append what has no entry yet, empty, to the file of its app; returns how many there were."""
    known = {
        (entry.msgctxt or "", entry.msgid) for part in part_files("ko", root) for entry in read_part(part)
    }
    missing = [message for key, message in sorted(extract(root).items()) if key not in known]
    for message in missing:
        entry = polib.POEntry(msgid=message.msgid, msgctxt=message.context or None)
        entry.occurrences = [(path, "") for path in sorted({path for path, _ in message.places})]
        if message.plural:
            entry.msgid_plural, entry.msgstr_plural = message.plural, {0: ""}
        part = part_for(message.places[0][0], root)
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("a", encoding="utf-8") as file:
            file.write(f"\n{entry}")
    return len(missing)


def faults(catalogue: polib.POFile, messages: dict[Key, Message]) -> list[str]:
    """What keeps the catalogue from being complete: missing, fuzzy, other placeholders than the msgid."""
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in catalogue if not entry.obsolete}
    found = []
    for key, message in sorted(messages.items()):
        entry = known.get(key)
        place = ":".join(message.places[0])
        if entry is None or not (entry.msgstr or any(entry.msgstr_plural.values())):
            found.append(f"{place}: not translated: {message.msgid!r}")
        elif "fuzzy" in entry.flags:
            found.append(f"{place}: fuzzy: {message.msgid!r}")
        else:
            found += [f"{place}: {fault}: {message.msgid!r}" for fault in _misfits(message, entry)]
    return found


def doubles(root: Path = ROOT) -> list[str]:
    """What two parts say: only the first would be read, and the second believed."""
    first: dict[Key, str] = {}
    found = []
    for path in part_files("ko", root):
        for entry in read_part(path):
            key = (entry.msgctxt or "", entry.msgid)
            if entry.msgid and not entry.obsolete and first.setdefault(key, path.name) != path.name:
                found.append(f"{path.name}: stands in {first[key]} too: {entry.msgid!r}")
    return found


def _misfits(message: Message, entry: polib.POEntry) -> Iterator[str]:
    """A placeholder that the translation invents fails when the page is made; one that it loses hides a fact."""
    allowed = set(PLACEHOLDER.findall(message.msgid)) | set(PLACEHOLDER.findall(message.plural))
    for text in [entry.msgstr] if entry.msgstr else list(entry.msgstr_plural.values()):
        used = set(PLACEHOLDER.findall(text))
        if used - allowed:
            yield f"the translation has {', '.join(sorted(used - allowed))}, which the msgid lacks"
        if not message.plural and allowed - used:
            yield f"the translation lacks {', '.join(sorted(allowed - used))}"


def languages(root: Path = ROOT) -> list[str]:
    return sorted(
        {"ko", *(path.parent.parent.name for path in (root / "locale").glob("*/LC_MESSAGES/django.po"))}
    )


def compile_all(root: Path = ROOT, *, only_stale: bool = False) -> int:
    """Write each language's .mo; with `only_stale` those that are older than a source. Returns how many."""
    written = 0
    for language in languages(root):
        path = catalogue_path(language, root)
        made = path.with_suffix(".mo")
        origins = [each for each in (path, *part_files(language, root)) if each.exists()]
        if not origins or (only_stale and made.exists() and _newest(origins) <= made.stat().st_mtime_ns):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = made.with_name(f"{made.name}.{os.getpid()}")
        read_catalogue(language, root).save_as_mofile(str(fresh))
        fresh.replace(made)  # a process that reads it meanwhile never sees half
        written += 1
    return written


def _newest(paths: list[Path]) -> int:
    return max(path.stat().st_mtime_ns for path in paths)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["extract", "check", "compile"])
    command = parser.parse_args(arguments).command
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=False)  # templatize asks for nothing but that settings exist
    if command == "extract":
        print(f"{add_missing()} new messages wait for their Korean in locale/parts/")
    elif command == "compile":
        print(f"{compile_all()} compiled")
    else:
        found = faults(read_catalogue("ko"), extract()) + doubles()
        print("\n".join(found) or "Every message is translated, once.")
        return 1 if found else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
