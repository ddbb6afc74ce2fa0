"""``python -m tools.verify result.json [--draw draw.json --pool pool.json] [--receipt NUMBER SHA256]``

Exits 0 where everything agrees, 1 where something differs, 2 where a file cannot be read.
"""

import argparse
import sys
from collections.abc import Sequence

from . import draw, files, result
from .report import Report, Unreadable

DESCRIPTION = "Repeat the result and the draw of an evaluation round from its published files."


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.verify", description=DESCRIPTION)
    parser.add_argument("result", nargs="?", help="result.json of a published round")
    parser.add_argument("--sha256", default="", help="the hash of result.json that the round's page shows")
    parser.add_argument("--beside", help="result.json of the round beside which this one stands")
    parser.add_argument("--draw", help="draw.json")
    parser.add_argument("--pool", help="pool.json")
    parser.add_argument("--pool-sha256", default="", help="the pool's hash that you noted before the draw")
    parser.add_argument(
        "--receipt",
        nargs=2,
        action="append",
        default=[],
        metavar=("NUMBER", "SHA256"),
        help="a receipt that you hold: is it in the draw's list, and the one that was selected?",
    )
    found = parser.parse_args(given)
    if bool(found.draw) != bool(found.pool):
        parser.error("--draw and --pool belong together")
    if not (found.result or found.draw):
        parser.error("name result.json, or --draw and --pool")
    return found


def run(asked: argparse.Namespace) -> Report:
    """Raises Unreadable."""
    report = Report()
    outcome = drawn = pool = None
    if asked.result:
        outcome = files.parse(files.load(asked.result), "result", result.SHAPE, report, sha256=asked.sha256)
        result.verify(outcome, report, _beside(asked, outcome, report))
    if asked.draw:
        raw = files.load(asked.pool)
        pool = files.parse(raw, "pool", draw.POOL, report, sha256=asked.pool_sha256)
        files.ask(list(pool["rule"]["seats"].values()), [files.POSITIVE], "pool.rule.seats")
        drawn = files.parse(files.load(asked.draw), "draw", draw.DRAW, report)
        draw.verify(drawn, pool, raw, report)
        if outcome:
            report.compare("draw.round (as in result.json)", drawn["round"], outcome["round"])
    for number, sha256 in asked.receipt:
        _receipt(number, sha256.lower(), outcome, drawn, pool, report)
    return report


def _beside(asked: argparse.Namespace, outcome: dict, report: Report) -> dict | None:
    """The list beside which the round stands, by the hash that its own file names."""
    if not asked.beside or "beside" not in outcome:
        return None
    sha256 = outcome["beside"].get("result_sha256") or ""
    return files.parse(files.load(asked.beside), "beside", result.SHAPE, report, sha256=sha256)


def _receipt(
    number: str, sha256: str, outcome: dict | None, drawn: dict | None, pool: dict | None, report: Report
):
    asked = False
    for entry in outcome["entries"] if outcome else []:
        if entry.get("submission") == number:
            asked = True
            report.compare(
                f"result.entries[{entry['code']}].revision_sha256", entry.get("revision_sha256"), sha256
            )
    if drawn and pool and drawn["state"] == "drawn" and pool["public_value"]["source"] != "named":
        asked = True
        if sha256 not in drawn["receipts"]:
            report.compare("draw.receipts", "not in the list", f"{number} {sha256}")
    if asked:
        report.repeated.append(f"the receipt of {number}")
    else:
        report.taken.append(f"the receipt of {number}: these files do not name it")


def main(given: Sequence[str] | None = None) -> int:
    try:
        report = run(arguments(given))
    except Unreadable as error:
        print(f"cannot be read: {error}", file=sys.stderr)
        return 2
    print("\n".join(report.lines()))
    return 1 if report.differences else 0


if __name__ == "__main__":
    sys.exit(main())
