"""``python -m tools.verify FOLDER``, or the files by name: docs/verification.md.

Exits 0 where everything agrees, 1 where something differs, 2 where a file cannot be read.
"""

import argparse
import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from . import draw, files, panel, parts, result
from .report import Report, Unreadable
from .words import LANGUAGES, language_of, say, speak

NAMES = ("result", *parts.SHAPES, "draw", "pool")


class _Formatter(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: Any = None) -> None:
        super().add_usage(usage, actions, groups, say("usage: ") if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {say('error')}: {message}\n")


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = _Parser(
        prog="python -m tools.verify",
        usage=say("%(prog)s [options] FOLDER | RESULT"),
        description=say("Repeat the result and the draw of an evaluation round from its published files."),
        formatter_class=_Formatter,
        add_help=False,
    )
    parser._positionals.title, parser._optionals.title = say("files"), say("options")
    parser.add_argument("-h", "--help", action="help", help=say("show this and stop"))
    parser.add_argument(
        "--lang", choices=LANGUAGES, help=say("language of what is said; else that of the environment (LANG)")
    )
    parser.add_argument(
        "result", nargs="?", help=say("result.json of a published round, or a folder with its files")
    )
    parser.add_argument(
        "--sha256", default="", help=say("the hash of result.json that the round's page shows")
    )
    parser.add_argument("--rule", help="rule.json")
    parser.add_argument("--sheets", help="sheets.json")
    parser.add_argument("--assignments", help="assignments.json")
    parser.add_argument(
        "--assignments-sha256",
        default="",
        help=say("the hash of assignments.json that the round's page shows"),
    )
    parser.add_argument("--beside", help=say("result.json of the round beside which this one stands"))
    parser.add_argument("--draw", help="draw.json")
    parser.add_argument("--pool", help="pool.json")
    parser.add_argument(
        "--pool-sha256", default="", help=say("the pool's hash that you noted before the draw")
    )
    parser.add_argument(
        "--receipt",
        nargs=2,
        action="append",
        default=[],
        metavar=("NUMBER", "SHA256"),
        help=say("a receipt that you hold: is it in the draw's list, and the one that was selected?"),
    )
    found = parser.parse_args(given)
    if found.result and Path(found.result).is_dir():
        try:
            _from_folder(found)
        except Unreadable as error:
            parser.error(str(error))
    if bool(found.draw) != bool(found.pool):
        parser.error(say("--draw and --pool belong together"))
    if not found.result and any(getattr(found, part) for part in parts.SHAPES):
        parser.error(
            say("rule.json, sheets.json and assignments.json are compared with result.json: name it too")
        )
    if not (found.result or found.draw):
        parser.error(say("name result.json, or --draw and --pool, or a folder that holds them"))
    return found


def _from_folder(asked: argparse.Namespace) -> None:
    """The files of one round by the end of their names, as they are downloaded; what is named beside it counts."""
    folder, asked.result = Path(asked.result), None
    for name in NAMES:
        if getattr(asked, name):
            continue
        found = sorted(path for path in folder.iterdir() if path.name.endswith(f"{name}.json"))
        if len(found) > 1:
            raise Unreadable(
                say(
                    "{folder} holds several files of one kind: {files}",
                    folder=folder,
                    files=", ".join(path.name for path in found),
                )
            )
        setattr(asked, name, str(found[0]) if found else None)


def run(asked: argparse.Namespace) -> Report:
    """Raises Unreadable."""
    report = Report()
    outcome = drawn = pool = assignments = None
    if asked.result:
        raw = files.load(asked.result)
        outcome = files.parse(raw, "result", result.SHAPE, report, sha256=asked.sha256)
        result.verify(outcome, report, _beside(asked, outcome, report))
        assignments = _parts(asked, outcome, hashlib.sha256(raw).hexdigest(), report)
    if asked.draw:
        drawn, pool = _draw(asked, report)
        if outcome:
            words = say("draw.json is of another round than result.json.")
            report.compare(
                words, f"draw.round ({say('as in result.json')})", drawn["round"], outcome["round"]
            )
    if outcome and drawn and pool and drawn["state"] == "drawn":
        _selected(outcome, drawn, pool, report)
        if assignments:
            panel.verify(assignments, drawn, report)
    for number, sha256 in asked.receipt:
        _receipt(number, sha256.lower(), outcome, drawn, pool, report)
    return report


def _parts(asked: argparse.Namespace, outcome: dict, sha256: str, report: Report) -> Any:
    """The parts that were given, against the result; returns the assignments."""
    assignments = None
    for name, shape in parts.SHAPES.items():
        if not getattr(asked, name):
            report.unchecked.append(say(parts.UNCHECKED[name]))
            continue
        known = asked.assignments_sha256 if name == "assignments" else ""
        part = files.parse(files.load(getattr(asked, name)), name, shape, report, sha256=known)
        parts.verify(name, part, outcome, sha256, report)
        if name == "assignments":
            assignments = part
    return assignments


def _draw(asked: argparse.Namespace, report: Report) -> tuple[dict, dict]:
    raw = files.load(asked.pool)
    pool = files.parse(raw, "pool", draw.POOL, report, sha256=asked.pool_sha256)
    files.ask(list(pool["rule"]["seats"].values()), [files.POSITIVE], "pool.rule.seats")
    drawn = files.parse(files.load(asked.draw), "draw", draw.DRAW, report)
    draw.verify(drawn, pool, raw, report)
    return drawn, pool


def _selected(outcome: dict, drawn: dict, pool: dict, report: Report) -> None:
    """Whoever was selected submitted: the hash of the revision is one of those that the seed was made of."""
    if pool["public_value"]["source"] == "named":
        return
    for entry in outcome["entries"]:
        sha256 = entry.get("revision_sha256")
        if sha256 is not None and sha256 not in drawn["receipts"]:
            words = say(
                "What was selected as entry {code} is not among the receipts of the call.", code=entry["code"]
            )
            report.compare(
                words, f"result.entries[{entry['code']}].revision_sha256", sha256, say("one of draw.receipts")
            )
    report.repeated.append(say("that what was selected is among the receipts of the draw"))


def _beside(asked: argparse.Namespace, outcome: dict, report: Report) -> dict | None:
    """The list beside which the round stands, by the hash that its own file names."""
    if not asked.beside or "beside" not in outcome:
        return None
    sha256 = outcome["beside"].get("result_sha256") or ""
    return files.parse(files.load(asked.beside), "beside", result.SHAPE, report, sha256=sha256)


def _receipt(
    number: str, sha256: str, outcome: dict | None, drawn: dict | None, pool: dict | None, report: Report
) -> None:
    asked = False
    for entry in outcome["entries"] if outcome else []:
        if entry.get("submission") == number:
            asked = True
            words = say("What was selected is not the revision of your receipt of {number}.", number=number)
            path = f"result.entries[{entry['code']}].revision_sha256"
            report.compare(words, path, entry.get("revision_sha256"), sha256)
    if drawn and pool and drawn["state"] == "drawn" and pool["public_value"]["source"] != "named":
        asked = True
        if sha256 not in drawn["receipts"]:
            words = say(
                "Your receipt of {number} is not in the list of which the seed was made.", number=number
            )
            report.compare(words, "draw.receipts", say("not in the list"), f"{number} {sha256}")
    if asked:
        report.repeated.append(say("the receipt of {number}", number=number))
    else:
        report.taken.append(say("the receipt of {number}: these files do not name it", number=number))


def spoken(given: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language that was asked for, else that of the environment: known before anything is said of the rest."""
    asked = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    asked.add_argument("--lang", nargs="?")
    lang = asked.parse_known_args(given)[0].lang
    return lang if lang in LANGUAGES else language_of(environment)


def main(given: Sequence[str] | None = None) -> int:
    given = sys.argv[1:] if given is None else given
    speak(spoken(given, os.environ))
    try:
        report = run(arguments(given))
    except Unreadable as error:
        print(say("cannot be read: {error}", error=error), file=sys.stderr)
        return 2
    print("\n".join(report.lines()))
    return 1 if report.differences else 0


if __name__ == "__main__":
    sys.exit(main())
