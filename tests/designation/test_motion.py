"""Votes from the agenda to the decision: what is done, and what is refused with its reason."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from designation.models import Ballot, Decision, Designation, Motion, VotingRule
from designation.services import committee as committees
from designation.services import meeting as meetings
from designation.services import motion as motions
from designation.services.designation import years_after
from innomarket.audit.models import Entry
from innomarket.common.clock import KST, moved_to, now, today
from innomarket.common.refusals import Refused
from innomarket.evaluation.models import Objection, Result
from innomarket.notifications.models import Message
from tests.accounts.factories import member, person, staff
from tests.designation import factories as make

pytestmark = pytest.mark.django_db


def refusal(call, **arguments) -> str:
    with pytest.raises(Refused) as refused:
        call(**arguments)
    return refused.value.code


@pytest.fixture
def by():
    return make.secretary()


# ── on the agenda ──


def test_table_motion_of_a_selected_proposal(by):
    meeting, submission = make.planned(by=by), make.selected_proposal()
    motion = motions.table_motion(meeting=meeting, by=by, submission=submission)
    assert (motion.order, motion.state) == (1, "tabled")
    told = Message.objects.get(kind="designation.motion_tabled")
    assert told.recipient == submission.created_by
    assert Entry.objects.filter(verb="designation.table_motion", actor=by).exists()


@pytest.mark.parametrize(
    ("outcome", "published"), [("selected", False), ("not_selected", True), ("below_pass", True)]
)
def test_table_motion_of_what_is_not_selected_and_published_is_refused(by, outcome, published):
    submission = make.submitted_proposal()
    make.result(submission, outcome=outcome, published=published)
    assert (
        refusal(motions.table_motion, meeting=make.planned(by=by), by=by, submission=submission)
        == "not_selected"
    )
    assert not Motion.objects.exists()


def test_table_motion_twice_is_refused(by):
    motion = make.motion(by=by)
    other = make.planned(by=by)
    assert (
        refusal(motions.table_motion, meeting=other, by=by, submission=motion.submission) == "already_tabled"
    )


def test_table_motion_without_the_permission_is_refused():
    meeting = make.planned()
    code = refusal(
        motions.table_motion, meeting=meeting, by=staff("run_rounds"), submission=make.selected_proposal()
    )
    assert code == "not_staff"


def test_rejected_proposal_may_be_tabled_again(by):
    motion = make.voting(by=by)
    make.cast(motion, "against", "against", "against")
    motions.close_vote(motion=motion, by=by)
    again = make.motion(make.session(by=by), by=by, submission=motion.submission)
    assert again.state == "tabled"


def test_deferred_motion_may_be_tabled_again_and_needs_a_reason(by):
    motion = make.motion(by=by)
    assert refusal(motions.defer_motion, motion=motion, by=by, reason=" ") == "reason_needed"
    assert motions.defer_motion(motion=motion, by=by, reason="자료 보완").state == "deferred"
    assert make.motion(make.session(by=by), by=by, submission=motion.submission).state == "tabled"


def test_defer_while_the_vote_is_open_is_refused(by):
    assert refusal(motions.defer_motion, motion=make.voting(by=by), by=by, reason="x") == "vote_is_open"


# ── recusal ──


def test_recuse_by_the_holder_and_by_the_secretary(by):
    motion = make.motion(by=by)
    one, two, *_ = make.seats_of(motion.meeting.committee)
    motions.recuse(motion=motion, by=one.holder, seat=one, reason="자문을 맡았습니다.")
    motions.recuse(motion=motion, by=by, seat=two, reason="알려 왔습니다.")
    assert motion.recusals.get(seat=one).reason == "자문을 맡았습니다."
    assert not Entry.objects.filter(verb="designation.recuse").exclude(reason="").exists()
    assert motion.recusals.count() == 2


def test_recuse_somebody_else_is_refused(by):
    motion = make.motion(by=by)
    one, two, *_ = make.seats_of(motion.meeting.committee)
    assert refusal(motions.recuse, motion=motion, by=one.holder, seat=two, reason="x") == "not_staff"


def test_recuse_without_a_reason_twice_or_with_a_foreign_seat_is_refused(by):
    motion = make.motion(by=by)
    seat = make.seats_of(motion.meeting.committee)[0]
    assert refusal(motions.recuse, motion=motion, by=by, seat=seat, reason="  ") == "reason_needed"
    motions.recuse(motion=motion, by=by, seat=seat, reason="x")
    assert refusal(motions.recuse, motion=motion, by=by, seat=seat, reason="x") == "already_recused"
    foreign = make.seats_of(make.committee(by=by))[0]
    assert refusal(motions.recuse, motion=motion, by=by, seat=foreign, reason="x") == "not_a_seat"


def test_recuse_after_the_vote_is_refused(by):
    motion = make.voting(by=by)
    make.cast(motion, "for")
    seat = make.seats_of(motion.meeting.committee)[0]
    assert refusal(motions.recuse, motion=motion, by=seat.holder, seat=seat, reason="x") == "has_voted"


def test_open_vote_recuses_people_of_the_company(by):
    motion = make.motion(by=by)
    seat = make.seats_of(motion.meeting.committee)[1]
    member(seat.holder, motion.submission.applicant_organisation, role="viewer")
    motion = motions.open_vote(motion=motion, by=by)
    assert [recusal.seat for recusal in motion.recusals.all()] == [seat]
    assert refusal(motions.cast_ballot, motion=motion, by=seat.holder, choice="for") == "recused"


def test_member_who_joins_the_company_during_the_vote_does_not_vote(by):
    motion = make.voting(by=by)
    seat = make.seats_of(motion.meeting.committee)[0]
    member(seat.holder, motion.submission.applicant_organisation)
    assert refusal(motions.cast_ballot, motion=motion, by=seat.holder, choice="for") == "own_company"


# ── the vote ──


def test_vote_before_it_is_open_is_refused(by):
    motion = make.motion(by=by)
    seat = make.seats_of(motion.meeting.committee)[0]
    assert refusal(motions.cast_ballot, motion=motion, by=seat.holder, choice="for") == "vote_not_now"


def test_vote_after_it_is_closed_is_refused(by):
    motion = make.voting(by=by)
    make.cast(motion, "for", "for", "for")
    motions.close_vote(motion=motion, by=by)
    late = make.seats_of(motion.meeting.committee)[4]
    assert refusal(motions.cast_ballot, motion=motion, by=late.holder, choice="against") == "vote_not_now"
    assert motion.ballots.count() == 3


def test_vote_of_a_stranger_the_secretary_and_a_member_of_another_committee_is_refused(by):
    motion = make.voting(by=by)
    other = make.seats_of(make.committee(by=make.secretary()))[0].holder
    for stranger in (person(), by, other):
        assert refusal(motions.cast_ballot, motion=motion, by=stranger, choice="for") == "not_a_member"
    assert not Ballot.objects.exists()


def test_vote_of_a_member_whose_time_is_over_is_refused(by):
    body = make.committee(4, by=by)
    past = committees.seat_member(
        committee=body,
        by=by,
        place=9,
        holder=person(),
        valid=(today() - timedelta(days=30), today()),
    )
    motion = make.voting(make.session(body, by=by, present=4), by=by)
    assert refusal(motions.cast_ballot, motion=motion, by=past.holder, choice="for") == "not_a_member"


def test_vote_of_an_absent_member_is_refused(by):
    motion = make.voting(make.session(by=by, present=4), by=by)
    absent = make.seats_of(motion.meeting.committee)[4]
    assert refusal(motions.cast_ballot, motion=motion, by=absent.holder, choice="for") == "not_present"


def test_second_vote_is_refused_and_the_first_stands(by):
    motion = make.voting(by=by)
    make.cast(motion, "for")
    seat = make.seats_of(motion.meeting.committee)[0]
    assert (
        refusal(motions.cast_ballot, motion=motion, by=seat.holder, choice="against") == "has_voted_already"
    )
    assert motion.ballots.get().choice == "for"


def test_vote_that_is_no_choice_is_refused(by):
    motion = make.voting(by=by)
    seat = make.seats_of(motion.meeting.committee)[0]
    assert refusal(motions.cast_ballot, motion=motion, by=seat.holder, choice="maybe") == "no_such_choice"


def test_history_does_not_say_how_somebody_voted(by):
    motion = make.voting(by=by)
    make.cast(motion, "against")
    entry = Entry.objects.get(verb="designation.cast_ballot")
    assert "against" not in str(entry.changes)


def test_two_votes_at_once_in_one_meeting_are_refused(by):
    meeting = make.session(by=by)
    make.voting(meeting, by=by)
    assert refusal(motions.open_vote, motion=make.motion(meeting, by=by), by=by) == "another_vote_is_open"


def test_open_vote_outside_a_session_is_refused(by):
    motion = make.motion(make.planned(by=by), by=by)
    assert refusal(motions.open_vote, motion=motion, by=by) == "vote_not_now"


# ── the decision ──


def test_close_vote_adopted_designates_for_three_years_from_the_day_in_seoul(by):
    motion = make.voting(by=by)
    make.cast(motion, "for", "for", "against", "abstain")
    decision = motions.close_vote(motion=motion, by=by)
    assert (decision.base, decision.present, decision.votes_for) == (5, 5, 2)
    assert (decision.votes_against, decision.votes_abstain, decision.adopted) == (1, 1, True)
    motion.refresh_from_db()
    assert motion.state == "adopted"
    designation = Designation.objects.get()
    day = decision.decided_at.astimezone(KST).date()
    assert designation.designated_on == designation.valid.lower == day
    assert designation.valid.upper == years_after(day, 3)
    assert designation.number[3:5] == "DS"
    assert designation.product_name_en == "Waterway inspection robot"
    submission = motion.submission
    assert submission.story.milestones.get(kind="designated").url == f"/designations/{designation.number}/"
    assert Message.objects.filter(kind="designation.designated", recipient=submission.created_by).exists()


def test_close_vote_tells_the_institution_whose_task_it_was(by):
    motion = make.voting(by=by)
    user = person()
    member(user, motion.submission.lot.owner, role="viewer")
    make.cast(motion, "for", "for", "for")
    motions.close_vote(motion=motion, by=by)
    assert Message.objects.get(recipient=user).kind == "designation.designated_for_you"


def test_close_vote_tied_is_rejected_and_told(by):
    motion = make.voting(by=by)
    make.cast(motion, "for", "for", "against", "against")
    assert not motions.close_vote(motion=motion, by=by).adopted
    motion.refresh_from_db()
    assert motion.state == "rejected"
    assert not Designation.objects.exists()
    assert Message.objects.filter(kind="designation.rejected").count() == 1


def test_close_vote_without_a_quorum_is_refused_and_nothing_is_decided(by):
    motion = make.voting(make.session(by=by, present=2), by=by)
    make.cast(motion, "for", "for")
    assert refusal(motions.close_vote, motion=motion, by=by) == "no_quorum"
    motion.refresh_from_db()
    assert motion.state == "voting"
    assert not Decision.objects.exists()


def test_close_vote_counts_more_than_half_of_a_big_base(by):
    motion = make.voting(make.session(make.committee(7, by=by), by=by, present=3), by=by)
    make.cast(motion, "for", "for", "for")
    assert refusal(motions.close_vote, motion=motion, by=by) == "no_quorum"
    meetings.record_attendance(meeting=motion.meeting, by=by, seat=make.seats_of(motion.meeting.committee)[3])
    assert motions.close_vote(motion=motion, by=by).present == 4


def test_close_vote_leaves_recused_members_out_of_base_and_present(by):
    motion = make.motion(by=by)
    seat = make.seats_of(motion.meeting.committee)[4]
    motions.recuse(motion=motion, by=seat.holder, seat=seat, reason="x")
    motion = motions.open_vote(motion=motion, by=by)
    make.cast(motion, "for", "for", "against")
    decision = motions.close_vote(motion=motion, by=by)
    assert (decision.base, decision.present) == (4, 4)


def test_close_vote_with_everybody_recused_is_refused(by):
    motion = make.motion(by=by)
    for seat in make.seats_of(motion.meeting.committee):
        motions.recuse(motion=motion, by=by, seat=seat, reason="x")
    motion = motions.open_vote(motion=motion, by=by)
    assert refusal(motions.close_vote, motion=motion, by=by) == "nobody_entitled"


def test_close_vote_by_a_member_is_refused(by):
    motion = make.voting(by=by)
    chair = make.seats_of(motion.meeting.committee)[0].holder
    assert refusal(motions.close_vote, motion=motion, by=chair) == "not_staff"


def test_close_vote_twice_is_refused(by):
    motion = make.voting(by=by)
    make.cast(motion, "for", "for", "for")
    motions.close_vote(motion=motion, by=by)
    assert refusal(motions.close_vote, motion=motion, by=by) == "close_vote_not_now"


def test_close_vote_by_the_rule_of_its_day(by):
    VotingRule.objects.update(majority_base="present")
    motion = make.voting(by=by)
    make.cast(motion, "for", "for", "against")
    decision = motions.close_vote(motion=motion, by=by)
    assert (decision.majority_base, decision.adopted) == ("present", False)


def test_designation_of_a_leap_day_ends_on_the_first_of_march():
    assert years_after(date(2024, 2, 29), 3) == date(2027, 3, 1)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_designation_shortly_after_midnight_in_seoul_has_the_day_of_seoul(by):
    from innomarket.common.clock import kst

    with transaction.atomic(), moved_to(kst(2031, 3, 2, 0, 30)):
        motion = make.voting(by=by)
        make.cast(motion, "for", "for", "for")
        motions.close_vote(motion=motion, by=by)
    assert Designation.objects.get().designated_on.isoformat() == "2031-03-02"


# ── meetings and seats ──


def test_plan_meeting_tells_those_who_sit_on_that_day(by):
    body = make.committee(3, by=by)
    committees.seat_member(
        committee=body, by=by, place=8, holder=person(), valid=(today() - timedelta(days=9), today())
    )
    meetings.plan_meeting(committee=body, by=by, held_at=now() + timedelta(days=1))
    assert Message.objects.filter(kind="designation.meeting_planned").count() == 3


def test_plan_meeting_on_a_past_day_is_refused(by):
    code = refusal(
        meetings.plan_meeting, committee=make.committee(by=by), by=by, held_at=now() - timedelta(days=2)
    )
    assert code == "in_the_past"


def test_open_meeting_before_its_day_is_refused(by):
    meeting = meetings.plan_meeting(committee=make.committee(by=by), by=by, held_at=now() + timedelta(days=2))
    assert refusal(meetings.open_meeting, meeting=meeting, by=by) == "before_its_day"


def test_record_attendance_of_a_foreign_seat_is_refused(by):
    meeting = make.session(by=by)
    foreign = make.seats_of(make.committee(by=by))[0]
    assert refusal(meetings.record_attendance, meeting=meeting, by=by, seat=foreign) == "not_a_seat"


def test_record_attendance_twice_is_once(by):
    meeting = make.session(by=by, present=1)
    seat = make.seats_of(meeting.committee)[0]
    meetings.record_attendance(meeting=meeting, by=by, seat=seat)
    assert meeting.attendances.count() == 1


def test_close_meeting_puts_off_what_was_not_voted_on(by):
    motion = make.motion(by=by)
    closed = meetings.close_meeting(meeting=motion.meeting, by=by)
    motion.refresh_from_db()
    assert (closed.state, motion.state) == ("closed", "deferred")


def test_close_meeting_with_an_open_vote_that_has_its_quorum_is_refused(by):
    motion = make.voting(by=by)
    assert refusal(meetings.close_meeting, meeting=motion.meeting, by=by) == "vote_is_open"


def test_close_meeting_puts_off_a_vote_without_a_quorum(by):
    motion = make.voting(make.session(by=by, present=1), by=by)
    meetings.close_meeting(meeting=motion.meeting, by=by)
    motion.refresh_from_db()
    assert motion.state == "deferred"


def test_seat_member_while_a_meeting_is_in_session_is_refused(by):
    meeting = make.session(by=by)
    code = refusal(
        committees.seat_member,
        committee=meeting.committee,
        by=by,
        place=9,
        holder=person(),
        valid=(today(), None),
    )
    assert code == "meeting_in_session"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"place": 1}, "seat_taken"), ({"holder": None}, "holder_seated"), ({"is_chair": True}, "chair_taken")],
)
def test_seat_member_twice_is_refused(by, change, code):
    body = make.committee(2, by=by)
    values = {"place": 7, "holder": person(), "valid": (today(), None)} | change
    if values["holder"] is None:
        values["holder"] = make.seats_of(body)[0].holder
    assert refusal(committees.seat_member, committee=body, by=by, **values) == code


def test_vacate_seat_ends_it_and_keeps_what_was_attended(by):
    meeting = make.session(by=by)
    seat = make.seats_of(meeting.committee)[0]
    assert (
        refusal(committees.vacate_seat, seat=seat, by=by, last_day=today(), reason="x")
        == "meeting_in_session"
    )
    meetings.close_meeting(meeting=meeting, by=by)
    yesterday = today() - timedelta(days=1)
    assert (
        refusal(committees.vacate_seat, seat=seat, by=by, last_day=yesterday, reason="x")
        == "was_present_later"
    )
    seat = committees.vacate_seat(seat=seat, by=by, last_day=today(), reason="임기 만료")
    assert seat.valid.upper == today() + timedelta(days=1)


def test_unanswered_objection_holds_back_the_agenda_and_the_vote(by):
    body = make.committee(by=by)
    meeting, submission = make.session(body, by=by), make.selected_proposal()
    result = Result.objects.get(entry__submission=submission)
    tabled = make.selected_proposal()
    motion = motions.table_motion(meeting=meeting, by=by, submission=tabled)
    waiting = [
        Objection.objects.create(
            number=f"TEST-OB-{one.pk}",
            result=Result.objects.get(entry__submission=one),
            state="filed",
            text="Why?",
            until=result.published_at + timedelta(days=14),
            filed_at=result.published_at,
            filed_by=one.created_by,
        )
        for one in (submission, tabled)
    ]
    for call, arguments in (
        (motions.table_motion, {"meeting": meeting, "submission": submission}),
        (motions.open_vote, {"motion": motion}),
    ):
        with pytest.raises(Refused) as caught:
            call(by=by, **arguments)
        assert caught.value.code == "held_back"
    for objection in waiting:
        Objection.objects.filter(pk=objection.pk).update(state="withdrawn", ended_at=result.published_at)
    assert motions.table_motion(meeting=meeting, by=by, submission=submission).state == "tabled"
    assert motions.open_vote(motion=motion, by=by).state == "voting"
