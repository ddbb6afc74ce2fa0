"""Repeat a round's result and draw with ``tools/verify``, from the files as they are or would be published."""

import json
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from innomarket.common.clock import now
from innomarket.evaluation import drawfile, part_files, pool, ranking, result_file
from innomarket.evaluation.models import Draw, Result, ResultFile, Round
from innomarket.evaluation.states import DrawState, Outcome
from innomarket.submissions.freezing import canonical
from tools.verify import __main__ as verify
from tools.verify import result as again
from tools.verify.report import Report, Unreadable

# What is computed, without names and titles: an organisation may be renamed after the publication.
ENTRY = ("sheets", "total", "group_means", "criterion_means", "checks", "passed", "place", "outcome")
Asked = list[str]


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
                reports = _reports(round, Path(folder))
            except Unreadable as error:
                raise CommandError(f"cannot be read: {error}", returncode=2) from error
        if not reports:
            raise CommandError(f"Round {number} has neither results nor a draw yet.", returncode=2)
        for report in reports:
            self.stdout.write("\n".join(report.lines()))
        if any(report.differences for report in reports):
            raise CommandError(f"Round {number}: something differs.", returncode=1)


def _reports(round: Round, folder: Path) -> list[Report]:
    """The result with the draw that stands, as anybody would verify them; then each draw that was given up."""
    draws = list(round.draws.order_by("pk"))
    standing = next((draw for draw in draws if draw.state == DrawState.DRAWN), None)
    alone = [_draw(round, draw, folder) for draw in draws if draw is not standing]
    if not Result.objects.filter(entry__round=round).exists():
        return [*alone, _draw(round, standing, folder)] if standing else alone
    drawn = _draw_files(standing, folder) if standing else []
    return [*alone, _result(round, standing, drawn, folder)]


def _result(round: Round, draw: Draw | None, drawn: Asked, folder: Path) -> Report:
    """The published files, or before the publication those that would be; then what is stored."""
    file = ResultFile.objects.filter(round=round).first()
    files, asked = _published(round, file) if file else _to_come(round)
    for name, content in files.items():
        (folder / f"{name}.json").write_bytes(content)
    given = [name for name in part_files.PARTS if name in files]
    parts = [word for name in given for word in (f"--{name}", str(folder / f"{name}.json"))]
    listed = ResultFile.objects.filter(round=round.beside_id).first() if round.beside_id else None
    if listed is not None:
        other = folder / "beside.json"
        other.write_bytes(listed.content.encode())
        asked = [*asked, "--beside", str(other)]
    report = verify.run(verify.arguments([str(folder / "result.json"), *parts, *asked, *drawn]))
    data = json.loads(files["result"])
    if file is not None:
        _compare_live(data, round, report)
        if "assignments" in files:
            _compare_assigned(data, json.loads(files["assignments"]), round, report)
    _compare_inputs(round, data, report)
    if draw is not None:
        _compare_receipts(round, draw, report)
    return report


def _published(round: Round, file: ResultFile) -> tuple[dict[str, bytes], Asked]:
    assigned = part_files.frozen_assignments(round)
    parts = {part: part_files.content_of(round, part) for part in part_files.names_of(round)}
    asked = ["--sha256", file.sha256]
    if assigned is not None:
        asked += ["--assignments-sha256", assigned.sha256]
    return {"result": file.content.encode(), **parts}, asked


def _to_come(round: Round) -> tuple[dict[str, bytes], Asked]:
    """With codes for this one time; who passes and is not decided stands as not selected."""
    data = result_file.as_data(round)
    data["published_at"] = data["published_at"] or now().isoformat()
    keys = Result.objects.filter(entry__round=round).order_by("code", "pk").values_list("entry", flat=True)
    codes = {entry: f"{n:08d}" for n, entry in enumerate(keys)}
    for code, entry in zip(codes.values(), data["entries"], strict=True):
        entry["code"] = code
        if entry["outcome"] == Outcome.OPEN:
            entry["outcome"] = Outcome.NOT_SELECTED
    content = canonical(data)
    sha256 = result_file.sha256_of(content)
    files = {
        "rule": part_files.rule_of(data, sha256),
        "sheets": part_files.sheets_of(data, sha256),
        "assignments": part_files.assignments_of(round, data, sha256, codes),
    }
    return {"result": content, **{name: canonical(part) for name, part in files.items()}}, []


def _compare_live(published: dict[str, Any], round: Round, report: Report) -> None:
    """What was published against what is stored now."""
    live = result_file.as_data(round)
    words = "The rule of the round that is stored now is not the published one."
    report.compare(words, "stored rule", published["rule"], live["rule"])
    stored = {entry["code"]: entry for entry in live["entries"]}
    words = "The results that are stored now are not those of the published codes."
    report.compare(words, "stored codes", [entry["code"] for entry in published["entries"]], list(stored))
    for entry in published["entries"]:
        code = entry["code"]
        for name in ENTRY if code in stored else ():
            words = f"What is stored now of entry {code} is not what was published."
            report.compare(words, f"stored [{code}].{name}", entry[name], stored[code][name])
    report.repeated.append("the published file against the stored results")


def _compare_assigned(
    published: dict[str, Any], assigned: dict[str, Any], round: Round, report: Report
) -> None:
    """Who was to judge what, as it was published, against the rows as they stand."""
    again_assigned = part_files.assignments_of(round, published, assigned["result_sha256"])
    for mine, theirs in zip(assigned["entries"], again_assigned["entries"], strict=True):
        words = f"The assignments that are stored now of entry {mine['code']} are not the published ones."
        report.compare(words, f"stored assignments of {mine['code']}", mine["assigned"], theirs["assigned"])
    report.repeated.append("the published assignments against the stored ones")


def _compare_inputs(round: Round, data: dict[str, Any], report: Report) -> None:
    """The hash of each entry's inputs, the unpublished ones too: stored, of the file, of the sheets that stand."""
    standing = {row["entry_id"]: row["inputs_sha256"] for row in ranking.provisional_results(round)}
    results = (
        Result.objects.filter(entry__round=round).select_related("entry__revision").order_by("code", "pk")
    )
    for result, entry in zip(results, data["entries"], strict=True):
        code, path = entry["code"], f"stored inputs_sha256 of {entry['code']}"
        recomputed = again.inputs_sha256(data, entry, result.entry.revision.sha256)
        words = (
            f"The stored result of entry {code} was computed from other sheets, or another rule or revision."
        )
        report.compare(words, path, result.inputs_sha256, recomputed)
        words = f"The sheets of entry {code} that stand now are not those of its stored result."
        stands = standing[result.entry_id]
        report.compare(words, f"{path} (sheets that stand now)", result.inputs_sha256, stands)
    report.repeated.append("the hash of the inputs of every entry, against the sheets that stand")


def _draw(round: Round, draw: Draw, folder: Path) -> Report:
    report = verify.run(verify.arguments(_draw_files(draw, folder)))
    _compare_receipts(round, draw, report)
    return report


def _draw_files(draw: Draw, folder: Path) -> Asked:
    """Both files of a draw, written down, and how they are asked for."""
    asked = ["--pool-sha256", draw.pool_sha256]
    for name, content in (("pool", draw.pool.encode()), ("draw", drawfile.text_of(draw))):
        path = folder / f"{name}.json"
        path.write_bytes(content)
        asked += [f"--{name}", str(path)]
    return asked


def _compare_receipts(round: Round, draw: Draw, report: Report) -> None:
    if draw.state == DrawState.DRAWN and draw.source == Draw.Source.RECEIPTS:
        words = "The draw was made of other receipts than those that were frozen with the opening."
        stored = pool.receipts_of(round.lot.call)
        report.compare(words, "stored receipts of the call", draw.receipts, stored)
        report.repeated.append("the list of receipts against the call's")
