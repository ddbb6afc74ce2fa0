"""Every verb that a service writes into the history has its words, in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import override

from innomarket.audit.verbs import known, words_of
from innomarket.submissions.states import GLASS_MOVES

ROOT = Path(__file__).resolve().parents[2]
APPS = ("innomarket", "challenges", "designation", "catalog", "pilots")
CODE = re.compile(r"[a-z]+\.[a-z_]*[a-z]")
NO_SERVICES = {"migrations", "embedded", "admin", "admin.py", "console", "views", "moves.py"}


def sources() -> list[ast.Module]:
    return [
        ast.parse(path.read_text())
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if not NO_SERVICES & set(path.parts)
    ]


def texts(node: ast.AST) -> Iterator[str]:
    """The codes in an expression: app.verb."""
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and CODE.fullmatch(each.value):
            yield each.value


def places_of_verbs(nodes: list[ast.AST]) -> dict[str, int]:
    """Functions that take a verb by place: name -> which."""
    found = {}
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            names = [each.arg for each in node.args.args]
            if "verb" in names:
                found[node.name] = names.index("verb")
    return found


def used(trees: list[ast.Module]) -> set[str]:
    """What is given as a verb: by name, by place, or by a variable or table that is called so."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    places, found = places_of_verbs(nodes), set()
    for node in nodes:
        if isinstance(node, ast.keyword) and node.arg == "verb":
            found |= set(texts(node.value))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in places:
            for argument in node.args[places[node.func.id] : places[node.func.id] + 1]:
                found |= set(texts(argument))
        elif isinstance(node, ast.Assign) and "verb" in ast.unparse(node.targets[0]).lower():
            found |= set(texts(node.value))
    return found


def test_verbs_are_found_however_a_service_gives_them():
    """Else the test below could not fail."""
    source = """
def end(row, verb): pass
end(1, "a.by_place")
record(verb="a.by_name")
verb = "a.by_variable"
row, verb = 1, "a.by_tuple"
record(verb="a.one" if row else "a.other")
VERBS = [(signal, "a.by_table")]
"""
    given = {"by_place", "by_name", "by_variable", "by_tuple", "one", "other", "by_table"}
    assert used([ast.parse(source)]) == {f"a.{name}" for name in given}


def test_every_verb_of_a_service_has_words():
    verbs = used(sources())
    assert len(verbs) > 100
    assert verbs - known() == set()


def test_verbs_made_of_a_move_have_words():
    assert {f"submissions.break_glass_{name}" for name in GLASS_MOVES} <= known()


@pytest.mark.parametrize("verb", sorted(known()))
def test_words_differ_by_language_and_from_the_code(verb):
    said = set()
    for language in ("ko", "en"):
        with override(language):
            said.add(str(words_of(verb)))
    assert len(said) == 2 and verb not in said


def test_words_of_a_verb_that_is_no_longer_used_are_its_code():
    assert words_of("old.verb") == "old.verb"
