"""Evaluating anew after an objection, and judging who came late: rounds beside the published one of a stage."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import created
from innomarket.common.clock import now
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock, lock_all
from innomarket.common.numbers import next_number
from innomarket.common.refusals import Refused, ask
from innomarket.submissions.models import Submission

from .. import beside, permissions
from ..models import Objection, Reevaluation, Round
from ..states import Purpose, RoundState
from .round import NUMBER


def open_reevaluation(
    *, objections: Iterable[Objection], by: Any, chief: Any = None, due_at: datetime | None = None
) -> Round:
    """A round of a new panel for the entries of objections that were upheld so; usually one.

    All of one published round. It counts by that round's rule and judges the same revisions. Its panel is empty:
    nobody who sat in the former one may be drawn or appointed. What the objections hold back waits until its
    result is published. Raises Refused for other answers, where it is under way already, and where ``chief``
    (default: who opens it) led a round of the lot.
    """
    keys = sorted({one.pk for one in objections})
    with transaction.atomic():
        former = Objection.objects.filter(pk__in=keys).values("result__entry__submission")
        lock_all(Submission.objects.filter(pk__in=former))
        wanted = lock_all(
            Objection.objects.filter(pk__in=keys).select_related(
                "result__entry__round", "result__entry__submission"
            )
        )
        ask(permissions.may_create(by))
        rounds = _ask_wanted(wanted)
        original = lock(Round.objects.select_related("lot"), rounds.pop())
        chief = chief or by
        ask(permissions.may_lead_anew(chief, original))
        round = _make(original, Purpose.ANEW, by=by, chief=chief, due_at=due_at)
        for objection in wanted:
            with in_words(Reevaluation):
                created(
                    Reevaluation(objection=objection, round=round, opened_by=by),
                    actor=by,
                    verb="evaluation.open_reevaluation",
                    objection=objection.pk,
                    round=round.pk,
                )
    return round


def open_supplement(*, round: Round, by: Any, due_at: datetime | None = None) -> Round:
    """A round for those who may be judged in a stage and came after its round had begun.

    An objection held them back, or they go on only after an evaluation anew. Raises Refused where the stage's
    round is not published yet, nobody came late, or such a round is under way.
    """
    with transaction.atomic():
        original = lock(Round.objects.select_related("lot", "stage"), round.pk)
        ask(permissions.may_create(by))
        if not original.is_first or original.state != RoundState.PUBLISHED:
            raise Refused("not_published", _("Possible beside the published round of a stage."))
        if original.beside_it.filter(purpose=Purpose.LATE).exclude(
            state__in=[RoundState.PUBLISHED, RoundState.CANCELLED]
        ):
            raise Refused("late_under_way", _("A supplementary round of this stage is already under way."))
        if not beside.late(original).exists():
            raise Refused("nobody_late", _("Nobody waits for this stage: its round has judged everybody."))
        return _make(original, Purpose.LATE, by=by, chief=by, due_at=due_at)


# ── what the steps are made of ──


def _ask_wanted(wanted: list[Objection]) -> set[int]:
    """The round beside which they are evaluated anew: one. Raises Refused."""
    if not wanted:
        raise Refused("no_objections", _("Choose an objection that is to be evaluated anew."))
    waiting = set(
        Objection.objects.to_evaluate_anew()
        .filter(pk__in=[one.pk for one in wanted])
        .values_list("pk", flat=True)
    )
    for objection in wanted:
        if objection.pk not in waiting:
            raise Refused(
                "not_anew",
                _("Objection %(number)s was not answered so, or is evaluated anew already.")
                % {"number": objection.number},
            )
    rounds = {one.result.entry.round.beside_id or one.result.entry.round_id for one in wanted}
    if len(rounds) > 1:
        raise Refused("several_rounds", _("These objections are to results of different rounds."))
    return rounds


def _make(original: Round, purpose: str, *, by: Any, chief: Any, due_at: datetime | None) -> Round:
    if due_at is not None and due_at <= now():
        raise Refused("due_is_past", _("This time is already past. Choose a later one."), field="due_at")
    with in_words(Round):
        return created(
            Round(
                number=next_number(NUMBER),
                lot=original.lot,
                stage_id=original.stage_id,
                purpose=purpose,
                beside=original,
                chief=chief,
                due_at=due_at,
                pass_mark=original.pass_mark,
                least_sheets=original.least_sheets,
                trim_from=original.trim_from,
            ),
            actor=by,
            verb=f"evaluation.open_{purpose}_round",
            beside=original.pk,
            stage=original.stage_id,
        )
