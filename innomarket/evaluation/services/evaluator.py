"""The pool: people apply or are invited, say what they know and to whom they are tied; staff verify and suspend."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.audit.services import changed, created, record
from innomarket.common.clock import now, today
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.reasons import reason_given
from innomarket.common.refusals import Refused, ask
from innomarket.notifications.services import tell

from .. import permissions
from ..models import Absence, Evaluator, Expertise, ExpertKind, Tie
from ..names import key_of
from ..states import EVALUATOR_MOVES, EvaluatorState
from .conflict import check_rounds, hold_rounds
from .seating import REASON_MAX

PATH = "/evaluation/profile/"
WORDS = {
    EvaluatorState.INVITED: gettext_lazy("you are invited to join it"),
    EvaluatorState.ACTIVE: gettext_lazy("you are in it"),
    EvaluatorState.REFUSED: gettext_lazy("your application was refused"),
    EvaluatorState.SUSPENDED: gettext_lazy("you are suspended"),
}


def apply_to_pool(
    *, by: Any, kind: str, fields: Iterable[Expertise], most_panels: int | None = None
) -> Evaluator:
    """A person offers to evaluate; staff verify. Who was refused or has left may apply again."""
    with transaction.atomic():
        evaluator = _mine(by)
        if evaluator is None:
            evaluator = created(
                Evaluator(user=by, state=EvaluatorState.APPLIED, state_since=now()),
                actor=by,
                verb="evaluation.apply_to_pool",
            )
        else:
            _move(evaluator, "apply", by=by, verb="evaluation.apply_to_pool")
        return _keep(evaluator, by=by, kind=kind, fields=fields, most_panels=most_panels)


def accept_invitation(
    *, by: Any, kind: str, fields: Iterable[Expertise], most_panels: int | None = None
) -> Evaluator:
    """Who was invited joins, saying what they know."""
    with transaction.atomic():
        evaluator = _mine(by)
        if evaluator is None:
            raise Refused("not_invited", _("You have not been invited. Apply instead."), status=403)
        ask_move(EVALUATOR_MOVES, "accept", evaluator)
        _keep(evaluator, by=by, kind=kind, fields=fields, most_panels=most_panels)
        return _move(evaluator, "accept", by=by, verb="evaluation.accept_pool_invitation", verified_at=now())


def save_profile(
    *, evaluator: Evaluator, by: Any, kind: str, fields: Iterable[Expertise], most_panels: int | None = None
) -> Evaluator:
    """Kind of expert, fields, most panels a year: from the next draw on."""
    with transaction.atomic():
        evaluator = lock(Evaluator, evaluator.pk)
        ask(permissions.may_keep_evaluator(by, evaluator))
        return _keep(evaluator, by=by, kind=kind, fields=fields, most_panels=most_panels)


def leave_pool(*, evaluator: Evaluator, by: Any) -> Evaluator:
    """No further panel is drawn with them; seats that they hold stay until they are given back."""
    with transaction.atomic():
        evaluator = lock(Evaluator, evaluator.pk)
        ask(permissions.may_keep_evaluator(by, evaluator))
        return _move(evaluator, "leave", by=by, verb="evaluation.leave_pool")


def invite_to_pool(*, user: Any, by: Any) -> Evaluator:
    """Staff ask a registered person to join; nothing is kept of them but that, until they accept."""
    with transaction.atomic():
        ask(permissions.may_run_rounds(by))
        evaluator = _mine(user)
        if evaluator is None:
            evaluator = created(
                Evaluator(user=user, state=EvaluatorState.INVITED, state_since=now()),
                actor=by,
                verb="evaluation.invite_to_pool",
                user=user.pk,
            )
        else:
            _move(evaluator, "invite", by=by, verb="evaluation.invite_to_pool")
        _tell(evaluator)
    return evaluator


def verify_evaluator(*, evaluator: Evaluator, by: Any) -> Evaluator:
    """Staff have looked at what was said: from now on panels are drawn with them."""
    return _decide(evaluator, "verify", by, verified_at=now())


def refuse_evaluator(*, evaluator: Evaluator, by: Any, reason: str) -> Evaluator:
    """With the reason, which the person reads."""
    return _decide(evaluator, "refuse", by, reason=reason)


def suspend_evaluator(*, evaluator: Evaluator, by: Any, reason: str) -> Evaluator:
    """No panel is drawn with them until the suspension is lifted."""
    return _decide(evaluator, "suspend", by, reason=reason)


def lift_suspension(*, evaluator: Evaluator, by: Any) -> Evaluator:
    """Back into the pool."""
    return _decide(evaluator, "lift", by)


def add_tie(
    *,
    evaluator: Evaluator,
    by: Any,
    kind: str,
    from_on: date,
    to_on: date | None = None,
    organisation: Any = None,
    name: str = "",
) -> Tie:
    """To whom one is or was tied: by the evaluator, or found by staff. Two present employers are allowed.

    What these submitted to rounds that are being scored closes for the evaluator at once.
    """
    with transaction.atomic():
        rounds = hold_rounds(evaluator.user)
        evaluator = lock(Evaluator, evaluator.pk)
        source = Tie.Source.STATED if evaluator.user_id == by.pk else Tie.Source.FOUND
        if source == Tie.Source.FOUND:
            ask(permissions.may_run_rounds(by))
        name = "" if organisation is not None else name.strip()
        if kind not in Tie.Kind.values:
            raise Refused("no_such_tie", _("Choose a kind of tie."), field="kind")
        with in_words(Tie, tie_to_one_organisation="name", tie_dates_in_order="to_on"):
            tie = created(
                Tie(
                    evaluator=evaluator,
                    kind=kind,
                    organisation=organisation,
                    name=name,
                    name_key=key_of(name) if name else "",
                    from_on=from_on,
                    to_on=to_on,
                    source=source,
                ),
                actor=by,
                verb="evaluation.add_tie",
                evaluator=evaluator.pk,
                kind=kind,
            )
        check_rounds(rounds.values(), evaluator.user)
    return tie


def end_tie(*, tie: Tie, by: Any, to_on: date) -> Tie:
    """The last day of a tie; it goes on counting for the years of the rule. Only one's own."""
    with transaction.atomic():
        tie = _own_tie(tie, by)
        with in_words(Tie, tie_dates_in_order="to_on"):
            return changed(tie, actor=by, verb="evaluation.end_tie", to_on=to_on)


def withdraw_tie(*, tie: Tie, by: Any) -> Tie:
    """What was stated by mistake counts no more; it stays on record. What the agency found, the agency withdraws."""
    with transaction.atomic():
        tie = _own_tie(tie, by)
        return changed(tie, actor=by, verb="evaluation.withdraw_tie", withdrawn_at=now())


def add_absence(*, evaluator: Evaluator, by: Any, from_on: date, to_on: date) -> Absence:
    """Days on which no panel shall be drawn with them."""
    with transaction.atomic():
        evaluator = lock(Evaluator, evaluator.pk)
        ask(permissions.may_keep_evaluator(by, evaluator))
        if to_on < today():
            raise Refused("absence_is_past", _("These days are already past."), field="to_on")
        with in_words(Absence, absence_dates_in_order="to_on"):
            return created(
                Absence(evaluator=evaluator, from_on=from_on, to_on=to_on),
                actor=by,
                verb="evaluation.add_absence",
                evaluator=evaluator.pk,
            )


def remove_absence(*, absence: Absence, by: Any) -> None:
    """From the next draw on these days count no more; one that is gone already is no harm."""
    with transaction.atomic():
        evaluator = lock(Evaluator, absence.evaluator_id)
        ask(permissions.may_keep_evaluator(by, evaluator))
        record(actor=by, verb="evaluation.remove_absence", subject=evaluator, changes={"absence": absence.pk})
        Absence.objects.filter(pk=absence.pk, evaluator=evaluator).delete()


def _mine(user: Any) -> Evaluator | None:
    return Evaluator.objects.select_for_update(of=("self",)).filter(user=user.pk).first()


def _keep(
    evaluator: Evaluator, *, by: Any, kind: str, fields: Iterable[Expertise], most_panels: int | None
) -> Evaluator:
    if kind not in ExpertKind.values:
        raise Refused("no_kind", _("Say which kind of expert you are."), field="kind")
    chosen = list(fields)
    if not chosen:
        raise Refused("no_fields", _("Choose at least one field."), field="fields")
    evaluator = changed(
        evaluator, actor=by, verb="evaluation.save_profile", kind=kind, most_panels=most_panels or None
    )
    evaluator.fields.set(chosen)
    return evaluator


def _move(evaluator: Evaluator, move: str, *, by: Any, verb: str, reason: str = "", **more: Any) -> Evaluator:
    state = ask_move(EVALUATOR_MOVES, move, evaluator)
    with in_words(Evaluator):
        return changed(
            evaluator,
            actor=by,
            verb=verb,
            reason=reason,
            state=state,
            state_since=now(),
            state_reason=reason,
            **more,
        )


def _decide(evaluator: Evaluator, move: str, by: Any, *, reason: str | None = None, **more: Any) -> Evaluator:
    with transaction.atomic():
        evaluator = lock(Evaluator.objects.select_related("user"), evaluator.pk)
        ask(permissions.may_run_rounds(by))
        if evaluator.user_id == by.pk:
            raise Refused("own_place", _("Somebody else decides on your own place in the pool."), status=403)
        ask_move(EVALUATOR_MOVES, move, evaluator)
        said = "" if reason is None else reason_given(reason, most=REASON_MAX)
        evaluator = _move(evaluator, move, by=by, verb=f"evaluation.{move}_evaluator", reason=said, **more)
        _tell(evaluator)
    return evaluator


def _own_tie(tie: Tie, by: Any) -> Tie:
    evaluator = lock(Evaluator, tie.evaluator_id)
    tie = lock(Tie, tie.pk)
    if tie.source == Tie.Source.FOUND:
        ask(permissions.may_run_rounds(by))
    else:
        ask(permissions.may_keep_evaluator(by, evaluator))
    if tie.withdrawn_at is not None:
        raise Refused("withdrawn_already", _("This tie is withdrawn already."))
    return tie


def _tell(evaluator: Evaluator) -> None:
    tell(
        kind="evaluation.pool",
        people=[evaluator.user],
        about=evaluator,
        version=evaluator.state_since.isoformat(),
        values={"what": WORDS[EvaluatorState(evaluator.state)], "reason": evaluator.state_reason},
        url=PATH,
    )
