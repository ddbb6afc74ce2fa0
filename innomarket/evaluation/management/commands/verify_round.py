"""Repeat a round's result and draw with ``tools/verify``, from the files as they are or would be published."""

import json
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from innomarket.common.clock import now
from innomarket.evaluation import drawfile, pool, ranking, result_file
from innomarket.evaluation.models import Draw, Result, ResultFile, Round
from innomarket.evaluation.states import DrawState, Outcome
from innomarket.submissions.freezing import canonical
from tools.verify import __main__ as verify
from tools.verify import result as again
from tools.verify.report import Report, Unreadable

# What is computed, without names and titles: an organisation may be renamed after the publication.
ENTRY = ("sheets", "total", "group_means", "criterion_means", "checks", "passed", "place", "outcome")


class Command(BaseCommand):
    help = "Repeat the result and the draw of a round from its files, and compare both with what is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="number of the round")

    def handle(self, *args: Any, number: str, **options: Any) -> None:
        round = Round.objects.select_related("lot__call", "stage", "beside").filter(number=number).first()
        if round is None:
            raise CommandError(f"There is no round {number}.", returncode=2)
        with tempfile.TemporaryDirectory() as folder:
            try:
                reports = [*_result(round, Path(folder)), *_draws(round, Path(folder))]
            except Unreadable as error:
                raise CommandError(f"cannot be read: {error}", returncode=2) from error
        if not reports:
            raise CommandError(f"Round {number} has neither results nor a draw yet.", returncode=2)
        for report in reports:
            self.stdout.write("\n".join(report.lines()))
        if any(report.differences for report in reports):
            raise CommandError(f"Round {number}: something differs.", returncode=1)


def _result(round: Round, folder: Path) -> list[Report]:
    """The published file, or before the publication the one that would be; then what is stored."""
    if not Result.objects.filter(entry__round=round).exists():
        return []
    path, file = folder / "result.json", ResultFile.objects.filter(round=round).first()
    if file is not None:
        content, asked = file.content.encode(), ["--sha256", file.sha256]
    else:
        content, asked = _to_come(round), []
    path.write_bytes(content)
    listed = ResultFile.objects.filter(round=round.beside_id).first() if round.beside_id else None
    if listed is not None:
        other = folder / "beside.json"
        other.write_bytes(listed.content.encode())
        asked = [*asked, "--beside", str(other)]
    report = verify.run(verify.arguments([str(path), *asked]))
    data = json.loads(content)
    if file is not None:
        _compare_live(data, result_file.as_data(round), report)
    _compare_inputs(round, data, report)
    return [report]


def _to_come(round: Round) -> bytes:
    """With codes for this one time; who passes and is not decided stands as not selected."""
    data = result_file.as_data(round)
    data["published_at"] = data["published_at"] or now().isoformat()
    for n, entry in enumerate(data["entries"]):
        entry["code"] = f"{n:08d}"
        if entry["outcome"] == Outcome.OPEN:
            entry["outcome"] = Outcome.NOT_SELECTED
    return canonical(data)


def _compare_live(published: dict[str, Any], live: dict[str, Any], report: Report) -> None:
    """What was published against what is stored now."""
    report.compare("stored rule", published["rule"], live["rule"])
    stored = {entry["code"]: entry for entry in live["entries"]}
    report.compare("stored codes", [entry["code"] for entry in published["entries"]], list(stored))
    for entry in published["entries"]:
        for name in ENTRY if entry["code"] in stored else ():
            report.compare(f"stored [{entry['code']}].{name}", entry[name], stored[entry["code"]][name])
    report.repeated.append("the published file against the stored results")


def _compare_inputs(round: Round, data: dict[str, Any], report: Report) -> None:
    """The hash of each entry's inputs, the unpublished ones too: stored, of the file, of the sheets that stand."""
    standing = {row["entry_id"]: row["inputs_sha256"] for row in ranking.provisional_results(round)}
    results = (
        Result.objects.filter(entry__round=round).select_related("entry__revision").order_by("code", "pk")
    )
    for result, entry in zip(results, data["entries"], strict=True):
        path = f"stored inputs_sha256 of {entry['code']}"
        recomputed = again.inputs_sha256(data, entry, result.entry.revision.sha256)
        report.compare(path, result.inputs_sha256, recomputed)
        report.compare(f"{path} (sheets that stand now)", result.inputs_sha256, standing[result.entry_id])
    report.repeated.append("the hash of the inputs of every entry, against the sheets that stand")


def _draws(round: Round, folder: Path) -> list[Report]:
    return [_draw(round, draw, folder) for draw in round.draws.order_by("pk")]


def _draw(round: Round, draw: Draw, folder: Path) -> Report:
    files = {"pool": draw.pool.encode(), "draw": drawfile.text_of(draw)}
    asked = ["--pool-sha256", draw.pool_sha256]
    for name, content in files.items():
        path = folder / f"{name}.json"
        path.write_bytes(content)
        asked += [f"--{name}", str(path)]
    report = verify.run(verify.arguments(asked))
    if draw.state == DrawState.DRAWN and draw.source == Draw.Source.RECEIPTS:
        report.compare("stored receipts of the call", draw.receipts, pool.receipts_of(round.lot.call))
        report.repeated.append("the list of receipts against the call's")
    return report
