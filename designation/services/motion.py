"""Motions to designate: tabled, recused from, voted on, decided."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from challenges.names import frozen
from innomarket.accounts.reads import people_of
from innomarket.audit.services import changed, created
from innomarket.common.clock import KST, now
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refusal, Refused, ask
from innomarket.evaluation.models import Result
from innomarket.evaluation.objections import is_held_back
from innomarket.notifications.services import tell
from innomarket.submissions.models import Submission
from innomarket.submissions.words import moment
from innomarket.timeline.services import add_milestone

from .. import names, permissions, votes
from ..models import Ballot, Decision, Meeting, Motion, MotionRecusal, Seat
from ..models.motion import UNDECIDED_OR_ADOPTED
from ..states import MEETING_MOVES, MOTION_MOVES, Choice, MotionState
from .designation import designate
from .review import settle

RECUSAL_REASON_MAX = 300


def table_motion(*, meeting: Meeting, by: Any, submission: Submission) -> Motion:
    """Put the designation of a selected proposal on the agenda; its company is told.

    Only a published, selected result of the kind "proposal" qualifies, and a proposal stands on one
    agenda at a time. One that was rejected or put off may be tabled again (our default). An objection that
    concerns it and is not answered holds it back.
    """
    with transaction.atomic():
        meeting = lock(Meeting, meeting.pk)
        submission = lock(Submission, submission.pk)
        ask(permissions.may_keep_committee(by))
        ask_move(MEETING_MOVES, "add_motion", meeting)
        _ask_selected(submission)
        ask(is_held_back(submission))
        if Motion.objects.filter(submission=submission, state__in=UNDECIDED_OR_ADOPTED).exists():
            raise Refused(
                "already_tabled",
                _("Proposal %(number)s is already on an agenda, or designated.")
                % {"number": submission.number},
                field="submissions",
            )
        last = meeting.motions.aggregate(last=Max("order"))["last"] or 0
        motion = created(
            Motion(meeting=meeting, order=last + 1, submission=submission),
            actor=by,
            verb="designation.table_motion",
            submission=submission.pk,
        )
        tell(
            kind="designation.motion_tabled",
            people=people_of(submission.applicant_organisation),
            about=submission,
            version=motion.pk,
            values={"title": frozen(submission).title, "when": moment(meeting.held_at)},
            url=names.url(submission),
        )
    return motion


def table_motions(*, meeting: Meeting, by: Any, submissions: Iterable[Submission]) -> list[Motion]:
    """Several at once, in the order given: all of them or none."""
    with transaction.atomic():
        return [table_motion(meeting=meeting, by=by, submission=submission) for submission in submissions]


def recuse(*, motion: Motion, by: Any, seat: Seat, reason: str) -> MotionRecusal:
    """Take a seat out of a motion's base: asked by its holder or recorded by the secretary.

    Not after the seat has voted: a ballot is never taken back. It stands: there is no way back in.
    """
    with transaction.atomic():
        meeting = lock(Meeting, motion.meeting_id)
        motion = lock(Motion, motion.pk)
        ask(permissions.may_recuse(by, seat))
        ask_move(MEETING_MOVES, "recuse", meeting)
        ask_move(MOTION_MOVES, "recuse", motion)
        if not reason.strip():
            raise Refused("reason_needed", _("Say why: the reason is kept in the record."), field="reason")
        if len(reason.strip()) > RECUSAL_REASON_MAX:
            raise Refused(
                "reason_too_long",
                _("Give the reason in at most %(most)s characters.") % {"most": RECUSAL_REASON_MAX},
                field="reason",
            )
        if seat.committee_id != meeting.committee_id:
            raise Refused("not_a_seat", _("This seat is not one of this committee."), field="seat")
        if motion.recusals.filter(seat=seat).exists():
            raise Refused("already_recused", _("This member is recused from this motion already."))
        if motion.ballots.filter(seat=seat).exists():
            raise Refused("has_voted", _("This member has voted on this motion. A vote is not taken back."))
        return _recuse(motion, by, seat, reason.strip())


def open_vote(*, motion: Motion, by: Any) -> Motion:
    """Open the vote. Members who belong to the company are recused by this (found, not declared).

    An objection that concerns the proposal and is not answered holds it back; a vote that is open goes on. Refused
    where an evaluation anew has taken its ground away since it was tabled: then it is put off.
    """
    with transaction.atomic():
        meeting = lock(Meeting, motion.meeting_id)
        motion = lock(Motion.objects.select_related("wanted__result"), motion.pk)
        ask(permissions.may_keep_committee(by))
        ask_move(MEETING_MOVES, "vote", meeting)
        target = ask_move(MOTION_MOVES, "open_vote", motion)
        submission = lock(Submission, motion.submission_id)
        ask(is_held_back(submission), _still_asked(motion, submission))
        instant = now()
        _ask_nothing_else_open(motion)
        _recuse_own_people(motion, by, instant.astimezone(KST).date())
        return changed(motion, actor=by, verb="designation.open_vote", state=target, voting_opened_at=instant)


def cast_ballot(*, motion: Motion, by: Any, choice: str) -> Ballot:
    """Vote for, against, or abstain; one vote a seat, by its holder, never changed.

    Raises Refused before and after the vote is open, to those who hold no seat on that day, are
    recused, are not recorded as present, or have voted.
    """
    with transaction.atomic():
        meeting = lock(Meeting, motion.meeting_id)
        motion = lock(Motion, motion.pk)
        seat = permissions.seat_of(by, meeting.committee, votes.day_of(motion))
        ask(permissions.may_vote(by, motion, seat))
        ask_move(MEETING_MOVES, "vote", meeting)
        ask_move(MOTION_MOVES, "vote", motion)
        if choice not in Choice.values:
            raise Refused("no_such_choice", _("Choose for, against or abstention."), field="choice")
        if motion.ballots.filter(seat=seat).exists():
            raise Refused("has_voted_already", _("You have voted on this motion. A vote is not changed."))
        # How somebody voted is in the ballot; the history says only that they did.
        return created(
            Ballot(motion=motion, seat=seat, choice=choice, cast_by=by),
            actor=by,
            verb="designation.cast_ballot",
            motion=motion.pk,
        )


def close_vote(*, motion: Motion, by: Any) -> Decision:
    """Count the vote and record the decision; an adopted one designates the product, or ends its designation.

    Refused while the quorum is missing. Present members who have not voted count for the quorum only,
    as abstentions do.
    """
    with transaction.atomic():
        meeting = lock(Meeting, motion.meeting_id)
        motion = lock(Motion, motion.pk)
        ask(permissions.may_keep_committee(by))
        ask_move(MEETING_MOVES, "vote", meeting)
        target = ask_move(MOTION_MOVES, "close_vote", motion)
        count = votes.count_of(motion)
        _ask_quorum(count.quorum)
        decision = created(
            Decision(
                motion=motion,
                base=count.quorum.base,
                present=count.quorum.present,
                votes_for=count.votes_for,
                votes_against=count.votes_against,
                votes_abstain=count.votes_abstain,
                majority_base=count.majority_base,
                adopted=count.adopted,
                decided_at=now(),
                decided_by=by,
            ),
            actor=by,
            verb="designation.decide",
            adopted=count.adopted,
        )
        motion = changed(
            motion,
            actor=by,
            verb="designation.close_vote",
            state=target if count.adopted else MotionState.REJECTED,
        )
        if motion.wanted_id is not None:
            settle(decision=decision, by=by)
        elif count.adopted:
            designate(decision=decision, by=by)
        else:
            _tell_rejected(motion)
    return decision


def defer_motion(*, motion: Motion, by: Any, reason: str) -> Motion:
    """Take a motion off the agenda before its vote, with a reason; it may be tabled again."""
    with transaction.atomic():
        lock(Meeting, motion.meeting_id)
        motion = lock(Motion, motion.pk)
        ask(permissions.may_keep_committee(by))
        target = ask_move(MOTION_MOVES, "defer", motion)
        if motion.state == MotionState.VOTING:
            raise Refused(
                "vote_is_open", _("The vote is open. Close it, or end the meeting without a quorum.")
            )
        if not reason.strip():
            raise Refused("reason_needed", _("Say why: the reason is kept in the record."), field="reason")
        return changed(motion, actor=by, verb="designation.defer_motion", reason=reason.strip(), state=target)


def _is_selected(submission: Submission) -> bool:
    chosen = Result.objects.selected().filter(
        entry__submission=submission, entry__submission__lot__call__kind=names.CODE
    )
    return chosen.exists()


def _still_asked(motion: Motion, submission: Submission) -> Refusal | None:
    """The result that a motion rests on, as it stands now. Hold the submission's lock."""
    if motion.wanted is None and not _is_selected(submission):
        return Refusal(
            "selected_no_longer",
            _("Proposal %(number)s was evaluated anew and is selected no longer. Put the motion off.")
            % {"number": submission.number},
        )
    if motion.wanted is not None and motion.wanted.result.superseded_at is not None:
        return Refusal(
            "wanted_no_longer",
            _(
                "A later evaluation anew of %(number)s has taken the place of this motion's ground. Put it off."
            )
            % {"number": submission.number},
        )
    return None


def _ask_selected(submission: Submission) -> None:
    if not _is_selected(submission):
        raise Refused(
            "not_selected",
            _("Proposal %(number)s is not selected, or its results are not yet published.")
            % {"number": submission.number},
            field="submissions",
        )


def _ask_nothing_else_open(motion: Motion) -> None:
    other = Motion.objects.filter(meeting=motion.meeting_id, state=MotionState.VOTING).first()
    if other is not None:
        raise Refused(
            "another_vote_is_open",
            _("The vote on motion %(order)s is open. Close that one first.") % {"order": other.order},
        )


def _ask_quorum(quorum: Any) -> None:
    if quorum.base == 0:
        raise Refused(
            "nobody_entitled",
            _("Every member is recused: this committee cannot decide. The motion goes to the body above it."),
        )
    if not quorum.reached:
        raise Refused(
            "no_quorum",
            _(
                "There is no quorum: %(present)s of %(base)s entitled members are present, and %(needed)s are"
                " needed. Nothing was decided."
            )
            % {"present": quorum.present, "base": quorum.base, "needed": quorum.needed},
        )


def _recuse(motion: Motion, by: Any, seat: Seat, reason: str) -> MotionRecusal:
    return created(
        MotionRecusal(motion=motion, seat=seat, reason=reason),
        actor=by,
        verb="designation.recuse",
        motion=motion.pk,
        seat=seat.pk,
    )


def _recuse_own_people(motion: Motion, by: Any, day: Any) -> None:
    seats = Seat.objects.filled_on(day).filter(
        committee=motion.meeting.committee_id,
        holder__memberships__organisation=motion.submission.applicant_organisation_id,
        holder__memberships__left_at=None,
    )
    with override("ko"):  # the record is kept in one language
        reason = str(_("Belongs to the company that made the proposal (found when the vote was opened)."))
    for seat in seats.exclude(recusals__motion=motion).distinct():
        _recuse(motion, by, seat, reason)


def _tell_rejected(motion: Motion) -> None:
    submission = motion.submission
    tell(
        kind="designation.rejected",
        people=people_of(submission.applicant_organisation),
        about=submission,
        version=motion.pk,
        values={"title": frozen(submission).title},
        url=names.url(submission),
    )
    if submission.story:
        add_milestone(
            submission.story, kind="rejected", text=_("The committee did not adopt the designation")
        )
