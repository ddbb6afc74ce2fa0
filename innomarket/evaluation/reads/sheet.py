"""What a sheet says: its answers as they stand, its versions side by side, and how far sheets lie apart."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

from django.db.models import Q

from innomarket.submissions.models import Criterion, StageCheck

from ..models import EvaluationRule, Panelist, Round, Sheet, SheetReturn, SheetVersion
from ..states import SheetState
from .progress import sheet_totals

HUNDREDTH = Decimal("0.01")


def answers_of(sheet: Sheet | None) -> dict[str, Any]:
    """The answers by the names of the form's fields; nothing where there is no sheet."""
    if sheet is None:
        return {}
    found: dict[str, Any] = {"comment": sheet.comment}
    for criterion, points, comment in sheet.scores.values_list("criterion", "points", "comment"):
        found |= {f"criterion_{criterion}": points, f"comment_{criterion}": comment}
    for check, fit, reason in sheet.findings.values_list("check_asked", "fit", "reason"):
        found |= {f"check_{check}": None if fit is None else str(int(fit)), f"reason_{check}": reason}
    return found


def questions(stage: int) -> list[Any]:
    """The criteria of a stage, or its checks, in the order in which versions keep the answers."""
    criteria = Criterion.objects.filter(group__stage=stage).select_related("group")
    found: list[Any] = list(criteria.order_by("group__order", "group", "order", "pk"))
    return found or list(StageCheck.objects.filter(stage=stage).order_by("order", "pk"))


def answers_said(sheet: Sheet | None) -> list[tuple[Any, Any, str]]:
    """(question, points or fit, comment) as they are saved now, the comment for the applicant last."""
    if sheet is None:
        return []
    scores = {score.criterion_id: (score.points, score.comment) for score in sheet.scores.all()}
    findings = {one.check_asked_id: (one.fit, one.reason) for one in sheet.findings.all()}
    lines: list[tuple[Any, Any, str]] = []
    for question in questions(sheet.assignment.entry.round.stage_id):
        given = scores if isinstance(question, Criterion) else findings
        answer, comment = given.get(question.pk, (None, ""))
        lines.append((question, answer, comment))
    return [*lines, (None, None, sheet.comment)]


def last_return(sheet: Sheet | None) -> SheetReturn | None:
    """The return that the sheet waits under."""
    if sheet is None or sheet.state != SheetState.RETURNED:
        return None
    return SheetReturn.objects.filter(version__sheet=sheet, version__ordinal=sheet.version).first()


# ── versions side by side ──


@dataclass
class Compared:
    """One line of a comparison: the question (None: the comment for the applicant) and each version's answer."""

    question: Any
    answers: list[tuple[Any, str]]
    differs: bool


@dataclass
class Versions:
    versions: list[SheetVersion]
    lines: list[Compared]


def versions_of(sheet: Sheet | None) -> Versions | None:
    """The versions of a sheet beside each other; None where there are not two."""
    if sheet is None or sheet.version < 2:
        return None
    asked = questions(sheet.assignment.entry.round.stage_id)
    return compared(list(sheet.versions.select_related("returned__by").order_by("ordinal")), asked)


def compared(versions: list[SheetVersion], asked: list[Any]) -> Versions:
    is_check = bool(asked) and isinstance(asked[0], StageCheck)
    lines = []
    for n, question in enumerate(asked):
        answers = [(bool(v.points[n]) if is_check else v.points[n], v.comments[n]) for v in versions]
        lines.append(Compared(question, answers, len(set(answers)) > 1))
    texts = [(None, version.comment) for version in versions]
    lines.append(Compared(None, texts, len(set(texts)) > 1))
    return Versions(versions, lines)


def in_versions(round: Round) -> list[tuple[Sheet, Versions]]:
    """The sheets of a round that were submitted more than once or wait after a return, each with its versions."""
    sheets = Sheet.objects.filter(assignment__entry__round=round).filter(
        Q(version__gte=2) | Q(state=SheetState.RETURNED)
    )
    found = sheets.select_related("assignment__panelist__user", "assignment__entry__submission").order_by(
        "assignment__entry__order", "assignment__panelist__place"
    )
    versions: dict[int, list[SheetVersion]] = {}
    kept = SheetVersion.objects.filter(sheet__in=found).select_related("returned").order_by("ordinal")
    for version in kept:
        versions.setdefault(version.sheet_id, []).append(version)
    asked = questions(round.stage_id)
    return [(sheet, compared(versions[sheet.pk], asked)) for sheet in found]


# ── how far sheets lie apart ──


@dataclass
class Lying:
    """One sheet that counts: who gave it, its total, its distance from the entry's median, whether it stands out."""

    panelist: Panelist
    total: Decimal
    distance: Decimal
    stands_out: bool


@dataclass
class Apart:
    """An entry's counting sheets: mean, median, spread, and each of them."""

    entry: Any
    mean: Decimal
    median: Decimal
    spread: Decimal
    sheets: list[Lying] = field(default_factory=list)

    @property
    def stands_out(self) -> bool:
        return any(sheet.stands_out for sheet in self.sheets)


def lying_apart(round: Round, most: int) -> tuple[list[Apart], int]:
    """Entries with two counting sheets or more; those with a sheet that stands out first, the widest first.

    So many of them, and how many more there are: only those that are shown are read (``outliers`` says why).
    A sheet stands out when it lies at least ``outlier_points`` of the rule in force from the median (our
    default). Nothing where the stage gives no points.
    """
    limit = EvaluationRule.objects.at().outlier_points
    panel = {panelist.place: panelist for panelist in round.panelists.select_related("user")}
    totals: dict[int, list[tuple[int, Decimal]]] = {}
    for entry, place, total in sheet_totals(round):
        totals.setdefault(entry, []).append((place, total))
    orders = dict(round.entries.values_list("pk", "order"))

    def key(entry: int) -> tuple[bool, Decimal, int]:
        given = [total for _place, total in totals[entry]]
        middle = _median(given)
        stands_out = any(abs(total - middle) >= limit for total in given)
        return not stands_out, min(given) - max(given), orders[entry]

    ranked = sorted((entry for entry, given in totals.items() if len(given) > 1), key=key)
    entries = round.entries.select_related("submission", "revision").in_bulk(ranked[:most])
    shown = [_apart(entries[entry], totals[entry], panel, limit) for entry in ranked[:most]]
    return shown, len(ranked) - len(shown)


def outliers(round: Round, most: int) -> list[tuple[int, int, Decimal, Decimal]]:
    """(entry, place in the panel, total, distance from the entry's median) of what stands out, the farthest first.

    No entry itself is read: of thousands, deciphering the titles would take longer than all the rest.
    """
    limit = EvaluationRule.objects.at().outlier_points
    totals: dict[int, list[tuple[int, Decimal]]] = {}
    for entry, place, total in sheet_totals(round):
        totals.setdefault(entry, []).append((place, total))
    found = []
    for entry, given in totals.items():
        middle = _median([total for _place, total in given])
        found += [
            (entry, place, total, total - middle)
            for place, total in given
            if len(given) > 1 and abs(total - middle) >= limit
        ]
    return sorted(found, key=lambda one: (-abs(one[3]), one[0], one[1]))[:most]


def _median(totals: list[Decimal]) -> Decimal:
    return Decimal(median(totals)).quantize(HUNDREDTH, ROUND_HALF_UP)


def _apart(entry: Any, given: Iterable[tuple[int, Decimal]], panel: dict[int, Panelist], limit: int) -> Apart:
    sheets = list(given)
    totals = [total for _place, total in sheets]
    middle = _median(totals)
    return Apart(
        entry,
        (sum(totals, Decimal(0)) / len(totals)).quantize(HUNDREDTH, ROUND_HALF_UP),
        middle,
        max(totals) - min(totals),
        [Lying(panel[place], total, total - middle, abs(total - middle) >= limit) for place, total in sheets],
    )
