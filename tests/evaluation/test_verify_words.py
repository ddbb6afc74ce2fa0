"""What tools/verify says stands in Korean and English, and which of the two is spoken."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django

from tools.verify import __main__ as verify
from tools.verify import parts, result, words

FOLDER = Path(django.BASE_DIR) / "tools/verify"


def said():
    """Every text that is handed to ``say``, as it is written out in the code."""
    found = {
        *result.FOUND.values(),
        *parts.OF_THE_RULE.values(),
        parts.OF_THE_STAGE,
        *parts.UNCHECKED.values(),
    }
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            said_here = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say"
            if said_here and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


def names(text):
    return sorted(re.findall(r"\{\w+\}|%\(\w+\)s", text))


def test_everything_that_is_said_stands_in_korean_and_nothing_else():
    assert set(words.KOREAN) == said()
    for english, korean in words.KOREAN.items():
        assert re.search("[가-힣]", korean), english
        assert names(english) == names(korean)
        assert not re.search("[가-힣]", english)


def test_no_sentence_is_noted_without_say():
    """Words of a difference, a repetition or a refusal are never plain texts."""
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            plain = ()
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                noted = node.func.attr == "append" and getattr(node.func.value, "attr", "") in (
                    "repeated", "taken", "unchecked",
                )  # fmt: skip
                plain = node.args[:1] if noted or node.func.attr in ("compare", "error") else ()
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "words":
                plain = [node.value]
            for one in plain:
                assert not isinstance(one, ast.Constant | ast.JoinedStr), f"{path.name}:{one.lineno}"


@pytest.mark.parametrize(
    ("given", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "ko_KR.UTF-8"}, "ko"),
        ([], {"LANG": "en_US.UTF-8", "LC_ALL": "ko_KR.UTF-8"}, "ko"),
        ([], {"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "en"),
        (["folder", "--lang", "en"], {"LANG": "ko_KR.UTF-8"}, "en"),
        (["--lang=ko", "folder"], {"LANG": "C"}, "ko"),
        (["--lang", "fr"], {"LANG": "ko"}, "ko"),
        (["--lang"], {}, "en"),
    ],
)
def test_language_is_that_of_the_option_else_of_the_environment(given, environment, language):
    assert verify.spoken(given, environment) == language


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-S", "-E", "-X", "utf8", "-m", "tools.verify", *arguments],
        cwd=django.BASE_DIR, capture_output=True, text=True, encoding="utf-8", check=False,
        env={"PATH": os.environ["PATH"], **environment},
    )  # fmt: skip


def test_help_and_refusals_are_said_in_korean():
    told = run("--help", LANG="ko_KR.UTF-8")
    assert told.returncode == 0 and told.stdout.startswith("사용법: python -m tools.verify")
    assert "options" not in told.stdout and "접수증" in told.stdout
    refused = run("--rule", "rule.json", "--lang", "ko")
    assert refused.returncode == 2 and "오류: rule.json, sheets.json, assignments.json은" in refused.stderr
    missing = run("/nowhere/result.json", "--lang", "ko")
    assert missing.returncode == 2 and missing.stderr.startswith("읽을 수 없습니다: /nowhere/result.json")


def test_refusals_are_english_elsewhere():
    assert "error: name result.json" in run().stderr
