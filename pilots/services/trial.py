"""The trial: what was measured and found, and the verdict that is published as it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innomarket.audit.services import changed, created, record
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask

from .. import messages
from ..models import Pilot, TestMeasure, TestResult
from ..permissions import may_record
from ..states import PILOT_MOVES, Verdict
from . import news
from .pilot import lock_pilot

TEXTS = ("name", "target", "method", "found")
MOST_TEXT = {"name": 120, "target": 120, "method": 300, "found": 120}
MOST_MEASURES = 30


def record_measures(*, pilot: Pilot, by: Any, measures: Sequence[Mapping[str, Any]]) -> list[TestMeasure]:
    """Put these measures in the place of those recorded so far; possible until the verdict.

    Each holds name, target, method and found (texts) and reached (bool). A refusal names its field
    as in the form: ``found_2`` is what was found in the second.
    """
    with transaction.atomic():
        pilot = lock_pilot(pilot)
        ask(may_record(by, pilot))
        ask_move(PILOT_MOVES, "measure", pilot)
        rows = _rows(pilot, measures)
        TestMeasure.objects.filter(pilot=pilot).delete()
        TestMeasure.objects.bulk_create(rows)
        reached = sum(row.reached for row in rows)
        record(
            actor=by,
            verb="pilots.measure",
            subject=pilot,
            changes={"measures": len(rows), "reached": reached},
        )
    return rows


def conclude(*, pilot: Pilot, by: Any, verdict: str, summary: str) -> TestResult:
    """Give the verdict. It stands, and the product's page, the story and both sides learn of it.

    Raises Refused without measures: a verdict rests on what was measured.
    """
    with transaction.atomic():
        pilot = lock_pilot(pilot)
        ask(may_record(by, pilot))
        state = ask_move(PILOT_MOVES, "conclude", pilot)
        _ask_verdict(pilot, verdict, summary)
        result = TestResult(pilot=pilot, verdict=verdict, summary=summary.strip(), given_by=by)
        created(result, actor=by, verb="pilots.conclude", verdict=str(verdict))
        changed(pilot, actor=by, verb="pilots.conclude", state=state)
        news.note_in_catalogue(pilot)
        label = Verdict(verdict).label
        news.add_news(pilot, kind="verdict", text=_("The trial is concluded: %(verdict)s"), verdict=label)
        news.tell_people(pilot, messages.CONCLUDED, staff=True, verdict=label)
    return result


def _rows(pilot: Pilot, measures: Sequence[Mapping[str, Any]]) -> list[TestMeasure]:
    if not measures:
        raise Refused("no_measures", _("Enter at least one measure of the trial."), field="name_1")
    if len(measures) > MOST_MEASURES:
        raise Refused(
            "too_many_measures", _("At most %(most)s measures can be recorded.") % {"most": MOST_MEASURES}
        )
    return [_row(pilot, place, measure) for place, measure in enumerate(measures, start=1)]


def _row(pilot: Pilot, place: int, measure: Mapping[str, Any]) -> TestMeasure:
    texts = {name: str(measure.get(name) or "").strip() for name in TEXTS}
    for name, text in texts.items():
        most = MOST_TEXT[name]
        if not text:
            raise Refused(
                "measure_incomplete",
                _("Measure %(place)s: say what was to be reached, how it was measured and what was found.")
                % {"place": place},
                field=f"{name}_{place}",
            )
        if len(text) > most:
            raise Refused(
                "measure_too_long",
                _("Measure %(place)s: at most %(most)s characters here.") % {"place": place, "most": most},
                field=f"{name}_{place}",
            )
    if not isinstance(measure.get("reached"), bool):
        raise Refused(
            "measure_open",
            _("Measure %(place)s: say whether the target was reached.") % {"place": place},
            field=f"reached_{place}",
        )
    return TestMeasure(pilot=pilot, order=place, reached=measure["reached"], **texts)


def _ask_verdict(pilot: Pilot, verdict: str, summary: str) -> None:
    if not TestMeasure.objects.filter(pilot=pilot).exists():
        raise Refused(
            "verdict_without_measures",
            _("Record what was measured first: a verdict rests on the measures of the trial."),
        )
    if verdict not in Verdict.values:
        raise Refused("verdict_unknown", _("Choose the verdict."), field="verdict")
    if not summary.strip():
        raise Refused(
            "verdict_unexplained",
            _("Say what the trial showed: it is published with the verdict."),
            field="summary",
        )
