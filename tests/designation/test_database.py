"""What the database itself refuses, asked in SQL past every service."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from designation.models import Ballot, Decision, Designation, Motion, Seat
from designation.services import motion as motions
from tests.accounts.factories import person
from tests.designation import factories as make

pytestmark = pytest.mark.django_db


def run(sql: str, *values) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def refused(sql: str, *values, says: str = "") -> None:
    with pytest.raises(DatabaseError, match=says or None), transaction.atomic():
        run(sql, *values)


BALLOT = "INSERT INTO designation_ballot (motion_id, seat_id, choice, cast_by_id) VALUES (%s, %s, %s, %s)"


def test_ballot_of_a_member_is_taken():
    motion = make.voting()
    seat = make.seats_of(motion.meeting.committee)[0]
    assert run(BALLOT, motion.pk, seat.pk, "for", seat.holder_id) == 1


def test_ballot_of_a_non_member_is_refused():
    motion = make.voting()
    seat, foreign = make.seats_of(motion.meeting.committee)[0], make.seats_of(make.committee())[0]
    refused(BALLOT, motion.pk, seat.pk, "for", person().pk, says="not a member")
    refused(BALLOT, motion.pk, foreign.pk, "for", foreign.holder_id, says="not a member")


def test_ballot_of_an_absent_or_former_member_is_refused():
    body = make.committee(4)
    motion = make.voting(make.session(body, present=3))
    absent = make.seats_of(body)[3]
    refused(BALLOT, motion.pk, absent.pk, "for", absent.holder_id, says="not a member")
    former = Seat.objects.create(
        committee=body, place=9, holder=person(), valid=DateRange(date(2020, 1, 1), date(2020, 2, 1))
    )
    motion.meeting.attendances.create(seat=former)
    refused(BALLOT, motion.pk, former.pk, "for", former.holder_id, says="not a member")


def test_ballot_of_a_recused_member_is_refused():
    motion = make.voting()
    seat = make.seats_of(motion.meeting.committee)[0]
    motions.recuse(motion=motion, by=seat.holder, seat=seat, reason="x")
    refused(BALLOT, motion.pk, seat.pk, "for", seat.holder_id, says="recused")


def test_ballot_before_and_after_the_vote_is_refused():
    motion = make.motion()
    seat = make.seats_of(motion.meeting.committee)[3]
    refused(BALLOT, motion.pk, seat.pk, "for", seat.holder_id, says="not a member")
    by = make.secretary()
    motion = motions.open_vote(motion=motion, by=by)
    make.cast(motion, "for", "for", "for")
    motions.close_vote(motion=motion, by=by)
    refused(BALLOT, motion.pk, seat.pk, "for", seat.holder_id, says="not a member")


def test_second_ballot_of_a_seat_is_refused():
    motion = make.voting()
    make.cast(motion, "for")
    seat = make.seats_of(motion.meeting.committee)[0]
    refused(BALLOT, motion.pk, seat.pk, "against", seat.holder_id, says="one_vote_a_seat")


def test_ballot_is_not_changed_or_removed():
    motion = make.voting()
    make.cast(motion, "for")
    ballot = Ballot.objects.get()
    refused("UPDATE designation_ballot SET choice = 'against' WHERE id = %s", ballot.pk)
    refused("DELETE FROM designation_ballot WHERE id = %s", ballot.pk)


def test_ballot_of_another_choice_is_refused():
    motion = make.voting()
    seat = make.seats_of(motion.meeting.committee)[0]
    refused(BALLOT, motion.pk, seat.pk, "maybe", seat.holder_id, says="ballot_is_for")


def test_recusal_after_the_vote_or_of_a_foreign_seat_is_refused():
    motion = make.voting()
    make.cast(motion, "for")
    seat, foreign = make.seats_of(motion.meeting.committee)[0], make.seats_of(make.committee())[0]
    sql = "INSERT INTO designation_motionrecusal (motion_id, seat_id, reason) VALUES (%s, %s, 'x')"
    refused(sql, motion.pk, seat.pk, says="has voted")
    refused(sql, motion.pk, foreign.pk, says="not a seat")


DECISION = """INSERT INTO designation_decision
    (motion_id, base, present, votes_for, votes_against, votes_abstain, majority_base, adopted, decided_by_id)
    VALUES (%s, %s, %s, %s, %s, %s, 'votes', %s, %s)"""


def test_decision_with_other_counts_than_the_ballots_is_refused():
    motion = make.voting()
    make.cast(motion, "for", "for", "against")
    by = person().pk
    refused(DECISION, motion.pk, 5, 5, 3, 0, 0, True, by, says="count is not")
    assert run(DECISION, motion.pk, 5, 5, 2, 1, 0, True, by) == 1


def test_decision_without_majority_or_quorum_is_refused():
    motion = make.voting()
    make.cast(motion, "for", "against")
    by = person().pk
    refused(DECISION, motion.pk, 5, 5, 1, 1, 0, True, by, says="adopted_by_more")
    refused(DECISION, motion.pk, 5, 2, 1, 1, 0, False, by, says="decision_has_its_quorum")
    refused(DECISION, motion.pk, 4, 2, 1, 1, 0, False, by, says="decision_has_its_quorum")


DESIGNATION = """INSERT INTO designation_designation
    (number, decision_id, submission_id, organisation_id, type, product_name_ko, product_name_en,
     designated_on, valid)
    VALUES ('X', %s, %s, %s, 'type2', 'a', 'b', '2026-01-01', '[2026-01-01,2029-01-01)')"""


def test_designation_without_an_adopted_decision_is_refused():
    by, motion = make.secretary(), make.voting()
    make.cast(motion, "for", "against", "against")
    decision = motions.close_vote(motion=motion, by=by)
    submission = motion.submission
    refused(DESIGNATION, decision.pk, submission.pk, submission.applicant_organisation_id, says="no adopted")


def test_designation_of_another_proposal_than_the_decided_is_refused():
    decision = make.adopted_decision(make.selected_proposal())
    other = make.selected_proposal()
    refused(DESIGNATION, decision.pk, other.pk, other.applicant_organisation_id, says="no adopted")


def test_designation_and_decision_stand():
    by, motion = make.secretary(), make.voting()
    make.cast(motion, "for", "for", "for")
    decision = motions.close_vote(motion=motion, by=by)
    refused("UPDATE designation_decision SET adopted = false WHERE id = %s", decision.pk)
    refused("UPDATE designation_designation SET product_name_ko = 'z'")
    refused("DELETE FROM designation_designation")
    assert Decision.objects.count() == Designation.objects.count() == 1


def test_second_motion_for_a_proposal_is_refused():
    motion = make.motion()
    with pytest.raises(DatabaseError, match="one_motion_for_a_proposal"), transaction.atomic():
        Motion.objects.create(meeting=make.planned(), order=1, submission=motion.submission)


def test_two_holders_of_a_seat_and_two_chairs_are_refused():
    body = make.committee(1)
    for fields in ({"place": 1}, {"place": 2, "is_chair": True}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Seat.objects.create(
                committee=body, holder=person(), valid=DateRange(date(2026, 1, 1), None), **fields
            )
