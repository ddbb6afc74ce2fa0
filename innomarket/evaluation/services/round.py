"""Making a round, seating by hand, starting and cancelling it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import changed, created
from innomarket.common.clock import now
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock, lock_all, share
from innomarket.common.moves import ask_move
from innomarket.common.numbers import next_number
from innomarket.common.reasons import reason_given
from innomarket.common.refusals import Refusal, Refused, ask
from innomarket.notifications.services import tell
from innomarket.submissions.models import Call, CallStage, Lot, Submission, SupplementRequest
from innomarket.submissions.services.reading import want_copies, want_pages
from innomarket.submissions.states import CallState

from .. import beside, objections, permissions, reads, words
from ..loads import hold_loads, loads_of
from ..models import DrawStep, Entry, Evaluator, Panelist, Result, Round, Sheet
from ..states import ROUND_MOVES, SHEET_MOVES, WRITING, DrawState, Purpose, RoundState
from .blinding import make_blind
from .calling import call_for_found, call_next, left_over, standing_draw
from .publication import void_publication
from .seating import REASON_MAX, ask_seating, assign, take_seat, tell_started, users_of

NUMBER = "RD"


def create_round(
    *,
    lot: Lot,
    by: Any,
    chief: Any = None,
    due_at: datetime | None = None,
    pass_mark: Decimal | None = None,
) -> Round:
    """A round of a lot's next stage: the first whose result is not published. It counts as the call announced.

    Its panel is empty. ``chief`` (default: who makes it) is told when it is scored. ``pass_mark`` is taken only
    where the call was announced before its stages were written down. Raises Refused where a round of the lot is
    under way or its last results are published, or where the call is not announced.
    """
    with transaction.atomic():
        lot = lock(Lot.objects.select_related("call"), lot.pk)
        ask(permissions.may_create(by))
        _ask_call(lot.call)
        stage = reads.next_stage(lot)
        if stage is None:
            raise Refused("published", _("The results of this lot are already published."), field="lot")
        if due_at is not None and due_at <= now():
            raise Refused("due_is_past", _("This time is already past. Choose a later one."), field="due_at")
        _ask_pass_mark(stage, pass_mark)
        with in_words(Round, one_active_round_of_a_lot="lot"):
            return created(
                Round(
                    number=next_number(NUMBER),
                    lot=lot,
                    stage=stage,
                    chief=chief or by,
                    due_at=due_at,
                    pass_mark=stage.pass_mark if pass_mark is None else pass_mark,
                    least_sheets=stage.least_sheets,
                    trim_from=stage.trim_from,
                ),
                actor=by,
                verb="evaluation.create_round",
                lot=lot.pk,
                stage=stage.order,
            )


def seat_panelist(*, round: Round, by: Any, user: Any, reason: str) -> Panelist:
    """Appoint a person by hand, in the next place, with the reason; while the round is scored they get every entry.

    The exception: panels are drawn. Raises Refused for people of the institution whose need the lot is (now or in
    the past years), for who sits already or left this panel after it had started, for who sat in the former panel
    of what is evaluated anew, for who would judge blind and know who applied, for who has reached the year's cap, and
    where a draw is committed, unless its order has come to its end.
    """
    with transaction.atomic():
        round = lock(Round.objects.select_related("lot"), round.pk)
        ask(permissions.may_seat(by, round))
        ask_seating(round)
        ask(
            permissions.may_be_seated(user, round.lot),
            permissions.is_new_to(user, round),
        )
        reason = reason_given(reason, most=REASON_MAX)
        ask(open_by_hand(round))
        before = round.panelists.filter(user=user)
        if before.filter(left_at__isnull=False, assignments__isnull=False).exists():
            text = _("%(name)s has left this panel and cannot return.")
            raise Refused("has_left", text % {"name": user}, field="user")
        _ask_load(user)
        ask(
            permissions.keep_blind([user], round)
        )  # under the lock on loads: two rounds do not pass each other
        panelist = take_seat(
            round=round,
            user=user,
            by=by,
            verb="evaluation.seat_panelist",
            reason=reason,
            kind=Evaluator.objects.filter(user=user).values_list("kind", flat=True).first() or "",
        )
        if round.state == RoundState.SCORING:
            entries = list(round.entries.select_related("submission"))
            assign(round, [panelist], entries)
            tell_started(round, [panelist], len(entries))
    return panelist


def unseat_panelist(*, panelist: Panelist, by: Any, reason: str) -> Panelist:
    """Take a person off the panel. What they submitted still counts unless it is set aside; drafts are.

    Where the panel was drawn the next in the order is called.
    """
    with transaction.atomic():
        round = lock(Round.objects.select_related("lot"), panelist.round_id)
        panelist = lock(Panelist.objects.select_related("user"), panelist.pk)
        ask(permissions.may_seat(by, round))
        return leave_panel(
            round=round, panelist=panelist, by=by, reason=reason, verb="evaluation.unseat_panelist"
        )


def leave_panel(
    *, round: Round, panelist: Panelist, by: Any, reason: str, verb: str, cause: str = DrawStep.Cause.LEFT
) -> Panelist:
    """One seat becomes free, and the next in the draw's order is called. Hold the round's lock, then the seat's."""
    ask_seating(round)
    if panelist.left_at is not None:
        raise Refused("has_left", _("%(name)s has already left this panel.") % {"name": panelist.user})
    reason = reason_given(reason, most=REASON_MAX)
    # What evaluators say of themselves stands in the seat, where an erasure finds it, and not in the history.
    said = "" if by == panelist.user else reason
    panelist = changed(panelist, actor=by, verb=verb, reason=said, left_at=now(), left_reason=reason)
    for sheet in Sheet.objects.filter(assignment__panelist=panelist, state__in=WRITING).order_by("pk"):
        state = ask_move(SHEET_MOVES, "set_aside", sheet)
        changed(sheet, actor=by, verb="evaluation.set_aside_sheet", reason=said, state=state)
    if round.state == RoundState.SCORING and by != panelist.user:
        tell(
            kind="evaluation.left_panel",
            people=[panelist.user],
            about=panelist,
            values=words.of_round(round) | {"reason": reason},
            url=words.QUEUE_PATH,
        )
    if panelist.kind:
        single = panelist.origin == Panelist.Origin.SUBSTITUTE
        theirs = left_over(panelist) if single else None
        call_next(round=round, instead_of=panelist, cause=cause, by=by, entries=theirs)
    return panelist


def start_round(*, round: Round, by: Any) -> Round:
    """Fix what is judged and hand it out: every submission that counts, to every member of the panel.

    After the first stage these are the ones that passed the stage before, without those that an objection holds
    back: they are judged later, in a supplementary round. An evaluation anew judges the same revisions as before.
    Entries are the submissions at their current revision, in the order of their numbers; of a blind stage in a
    random one, each with its anonymous copy. A member of the panel who belongs to an applicant is recused from that
    entry, with the reason, and where the panel was drawn the next in the order is called for it. Raises Refused
    before the recorded opening, with fewer evaluators than sheets are needed, where nothing was submitted, or where a
    member would judge blind and know who applied; in a blind stage also where a copy cannot be shown.
    """
    with transaction.atomic():
        share(Call, round.lot.call_id)
        round = lock(Round.objects.select_related("lot__call", "stage"), round.pk)
        ask(permissions.may_start(by, round))
        state = ask_move(ROUND_MOVES, "start", round)
        at = now()
        if round.lot.call.opened_at is None:
            raise Refused(
                "not_opened", _("Open the submissions of the call first. Until then they are sealed.")
            )
        draw = standing_draw(round)
        if draw is not None and draw.state == DrawState.COMMITTED:
            raise Refused("draw_pending", _("Carry out draw %(number)s first.") % {"number": draw.number})
        panel = list(round.panelists.filter(left_at=None).select_related("user"))
        if len(panel) < round.least_sheets:
            raise Refused(
                "panel_too_small",
                _(
                    "A result needs %(least)s sheets, and the panel has %(n)s members. Seat more evaluators first."
                )
                % {"least": round.least_sheets, "n": len(panel)},
            )
        _ask_supplements(round)
        ask(permissions.keep_blind([seat.user for seat in panel], round))
        entries = _take_entries(round)
        round = changed(round, actor=by, verb="evaluation.start_round", state=state, started_at=at)
        assign(round, panel, entries)
        want = want_copies if round.stage.blind else want_pages
        want(revisions=[entry.revision for entry in entries])
        tell_started(round, panel, len(entries))
        if draw is not None:
            call_for_found(round=round, by=by)
    return round


def cancel_round(*, round: Round, by: Any, reason: str) -> Round:
    """End a round without a result. Its sheets are kept and count for nothing; a new round can be made.

    The revisions that an evaluation anew had computed go: the next one follows the same published results.
    """
    with transaction.atomic():
        round = lock(Round, round.pk)
        ask(permissions.may_cancel(by, round))
        started = round.started_at is not None
        state = ask_move(ROUND_MOVES, "cancel", round)
        reason = reason_given(reason)
        void_publication(round, by=by, reason=_("The round was cancelled."))
        round = changed(round, actor=by, verb="evaluation.cancel_round", reason=reason, state=state)
        Result.objects.filter(entry__round=round, supersedes__isnull=False).delete()
        round.reevaluations.filter(standing=True).update(standing=False)  # it can be opened again
        if started:
            tell(
                kind="evaluation.round_cancelled",
                people=users_of(round.panelists.filter(left_at=None).select_related("user")),
                about=round,
                values=words.of_round(round) | {"reason": reason},
                url=words.QUEUE_PATH,
            )
    return round


# ── what a start is made of ──


def _ask_pass_mark(stage: CallStage, pass_mark: Decimal | None) -> None:
    if pass_mark is None:
        return
    if not stage.from_before:
        raise Refused(
            "pass_mark_announced",
            _("The pass mark was announced with the call and stays as it is."),
            field="pass_mark",
        )
    if not 0 <= pass_mark <= 100:
        raise Refused("pass_mark", _("A pass mark lies between 0 and 100."), field="pass_mark")


def _ask_call(call: Call) -> None:
    if call.state in (CallState.DRAFT, CallState.CANCELLED):
        raise Refused("call_not_announced", _("Only an announced call is evaluated."), field="lot")


def _ask_supplements(round: Round) -> None:
    """The formal check comes first (domain.md §2.3): its supplements are concluded before anything is judged."""
    waiting = SupplementRequest.objects.under_way().filter(submission__lot=round.lot_id).order_by("number")
    if waiting.exists():
        raise Refused(
            "supplements_under_way",
            _("Conclude the supplement requests of this lot first: %(numbers)s.")
            % {"numbers": ", ".join(one.number for one in waiting[:20])},
        )


def refuse_excluded_entry(*, submission: Submission) -> None:
    """What is being judged cannot be excluded beside its round. Raises Refused, naming the round."""
    entry = (
        Entry.objects.filter(submission=submission)
        .exclude(round__state=RoundState.CANCELLED)
        .select_related("round")
        .first()
    )
    if entry is not None:
        raise Refused(
            "in_a_round",
            _("The round %(round)s already judges this submission. Cancel the round first, or keep it in.")
            % {"round": entry.round.number},
            field="outcome",
        )


def _take_entries(round: Round) -> list[Entry]:
    judged = (
        [(one.submission, one.revision) for one in beside.entries_anew(round)]
        if round.purpose == Purpose.ANEW
        else [(submission, submission.current) for submission in _not_held_back(round)]
    )
    entries = [
        Entry(round=round, submission=submission, revision=revision, order=order)
        for order, (submission, revision) in enumerate(judged, start=1)
    ]
    if not entries:
        raise Refused(
            "nothing_to_judge", _("Nothing was submitted here that counts. Cancel the round instead.")
        )
    if round.stage.blind:
        make_blind(entries)
    return Entry.objects.bulk_create(entries)


def _not_held_back(round: Round) -> list[Submission]:
    """What the stage takes now. After the first one the submissions are locked: an objection comes before or after."""
    found = beside.judges(round)
    if CallStage.objects.filter(call=round.lot.call_id, order__lt=round.stage.order).exists():
        lock_all(found)
    counted = list(found.select_related("current").order_by("number"))
    held = objections.held_back(one.pk for one in counted)
    if counted and len(held) == len(counted):
        raise Refused(
            "held_back",
            _("Everybody who goes on waits for an objection: %(numbers)s.")
            % {"numbers": ", ".join(sorted({one.number for one in held.values()}))},
        )
    return [one for one in counted if one.pk not in held]


def open_by_hand(round: Round) -> Refusal | None:
    """A drawn panel is filled by its draw; by hand only what its order could not fill."""
    draw = standing_draw(round)
    if draw is None:
        return None
    open_ = draw.steps.filter(result=DrawStep.Result.EXHAUSTED).count()
    taken = round.panelists.filter(origin=Panelist.Origin.APPOINTED, seated_at__gte=draw.committed_at).count()
    if draw.state == DrawState.DRAWN and open_ > taken:
        return None
    return Refusal(
        "panel_is_drawn",
        _(
            "The panel of this round is drawn (%(draw)s). "
            "Somebody is appointed only when nobody is left in its order."
        )
        % {"draw": draw.number},
    )


def _ask_load(user: Any) -> None:
    rule = hold_loads()
    if loads_of([user.pk]).get(user.pk, 0) >= rule.load_cap:
        raise Refused(
            "cap_reached",
            _("%(name)s has sat on %(cap)s panels this year. More are not allowed.")
            % {"name": user, "cap": rule.load_cap},
            field="user",
        )
