"""Search for references that point up: what import-linter cannot see.

A reverse accessor (`submission.challenge`), a lookup over it (`submission__challenge`), `get_model("pilots", …)`, a
relation named by string and a template's include know a higher app as well as an import does. Best effort: names are
compared, not types; a name that is also a field or an accessor of the same or a lower layer is not reported. Where
the search is wrong, write `# not upward: <why>` on the line.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# From the ground up; what stands in one row may not know each other, which import-linter holds.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("innomarket/common",),
    ("innomarket/audit",),
    ("innomarket/documents", "innomarket/notifications", "innomarket/timeline"),
    ("innomarket/accounts",),
    ("innomarket/privacy",),
    ("innomarket/submissions",),
    ("innomarket/evaluation",),
    ("challenges",),
    ("designation",),
    ("catalog",),
    ("pilots",),
    ("innomarket/portal",),
)
RANKS = {folder: rank for rank, row in enumerate(LAYERS) for folder in row}
LABELS = {folder.rpartition("/")[2]: rank for folder, rank in RANKS.items()}
# People are named from below by these two strings only; accounts depends on no app of ours.
NAMED_FROM_BELOW = {"accounts.Organisation", "accounts.User"}
EXCUSE = "not upward:"
STRING_CALLS = {
    "select_related", "prefetch_related", "values", "values_list", "order_by", "only", "defer", "F", "Prefetch",
    "Count", "Sum", "Max", "Min", "Exists", "distinct", "in_bulk", "earliest", "latest", "OuterRef",
}  # fmt: skip
MODEL_STRING = re.compile(r"([a-z_]+)\.[A-Z]\w*")
TEMPLATE_NAME = re.compile(r"{%-?\s*(?:include|extends)\s+[\"']([^\"']+)[\"']")
TEMPLATE_ATTRIBUTE = re.compile(r"\.([a-z_][a-z0-9_]*)")


@dataclass(frozen=True)
class Finding:
    """One reference that points up."""

    place: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.place}:{self.line}: {self.what}"


Forbidden = dict[str, str]  # name -> the model of the higher app that it leads to


def forbidden_names() -> dict[int, Forbidden]:
    """For each rank, the reverse names of its and lower models that lead to a higher app. Needs Django set up."""
    from django.apps import apps

    ups: list[tuple[str, int, int, str]] = []
    fine: dict[str, int] = {}
    for model in apps.get_models():
        own = LABELS.get(model._meta.app_label, -1)
        for field in model._meta.get_fields():
            names = {field.name}
            other = own
            if field.auto_created and not field.concrete and field.related_model:
                names.add(field.get_accessor_name() or field.name)  # type: ignore[union-attr]
                other = LABELS.get(field.related_model._meta.app_label, -1)  # type: ignore[union-attr]
            for name in names:
                if other > own:
                    ups.append((name, own, other, field.related_model._meta.label))  # type: ignore[union-attr]
                else:
                    fine[name] = min(fine.get(name, own), own)
    return {
        rank: {
            name: label
            for name, own, other, label in ups
            if own <= rank < other and fine.get(name, len(LAYERS)) > rank and not name.startswith("_")
        }
        for rank in range(len(LAYERS))
    }


def in_python(text: str, place: str, rank: int, forbidden: Forbidden) -> Iterator[Finding]:
    """The upward references of one Python source."""
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        for line, what in _of_node(node, rank, forbidden):
            if EXCUSE not in lines[line - 1]:
                yield Finding(place, line, what)


def _of_node(node: ast.AST, rank: int, forbidden: Forbidden) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Attribute) and node.attr in forbidden:
        yield node.lineno, f".{node.attr} leads up to {forbidden[node.attr]}"
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        named = MODEL_STRING.fullmatch(node.value)
        if named and LABELS.get(named.group(1), -1) > rank and node.value not in NAMED_FROM_BELOW:
            yield node.lineno, f'"{node.value}" names a model of a higher app'
    if isinstance(node, ast.Call):
        yield from _of_call(node, rank, forbidden)


def _of_call(node: ast.Call, rank: int, forbidden: Forbidden) -> Iterator[tuple[int, str]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    texts = [
        argument.value
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    if name == "get_model" and texts and LABELS.get(texts[0].partition(".")[0], -1) > rank:
        yield node.lineno, f'get_model("{texts[0]}") reaches into a higher app'
    if name in STRING_CALLS:
        for text in texts:
            yield from _of_lookup(node.lineno, text.lstrip("-"), forbidden)
    for keyword in node.keywords:
        if keyword.arg and "__" in keyword.arg:
            yield from _of_lookup(node.lineno, keyword.arg, forbidden)


def _of_lookup(line: int, lookup: str, forbidden: Forbidden) -> Iterator[tuple[int, str]]:
    for part in lookup.split("__"):
        if part in forbidden:
            yield line, f"lookup {lookup} leads up to {forbidden[part]}"


def in_template(text: str, place: str, rank: int, forbidden: Forbidden) -> Iterator[Finding]:
    """The upward includes and attributes of one template."""
    for number, line in enumerate(text.splitlines(), 1):
        if EXCUSE in line:
            continue
        for name in TEMPLATE_NAME.findall(line):
            if LABELS.get(name.partition("/")[0], -1) > rank and name.partition("/")[0] != "portal":
                yield Finding(place, number, f"takes in {name} of a higher app")
        for tag in re.findall(r"{[{%].*?[%}]}", line):
            for name in TEMPLATE_ATTRIBUTE.findall(re.sub(r"\"[^\"]*\"|'[^']*'", "", tag)):
                if name in forbidden:
                    yield Finding(place, number, f".{name} leads up to {forbidden[name]}")


def search(root: Path = ROOT) -> list[Finding]:
    """Every finding in the code of the apps and their templates. Needs Django set up."""
    names = forbidden_names()
    found: list[Finding] = []
    for folder, rank in RANKS.items():
        for path in sorted((root / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                place = path.relative_to(root).as_posix()
                found += in_python(path.read_text(encoding="utf-8"), place, rank, names[rank])
        label = folder.rpartition("/")[2]
        templates = [*(root / "templates" / label).rglob("*"), *(root / folder / "templates").rglob("*")]
        for path in sorted(path for path in templates if path.is_file()):
            place = path.relative_to(root).as_posix()
            found += in_template(path.read_text(encoding="utf-8"), place, rank, names[rank])
    return found


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "innomarket.settings")
    import django

    django.setup()
    found = search()
    print("\n".join(map(str, found)) or "No reference points up.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
