"""What happens at the same moment, with real connections."""

import pytest

from designation.models import Ballot, Decision, Designation, Motion, WantedMotion
from designation.services import motion as motions
from innomarket.common.refusals import Refused
from tests.designation import factories as make
from tests.support.races import at_once

from .test_review import coming, publish

pytestmark = pytest.mark.usefixtures("fresh_database")


def codes(outcomes) -> list[str]:
    """ "ok", or the code of the refusal; another error is raised."""
    found = []
    for outcome in outcomes:
        if outcome.error is not None and not isinstance(outcome.error, Refused):
            raise outcome.error
        found.append(outcome.error.code if outcome.error else "ok")
    return found


@pytest.mark.parametrize("turn", range(4))
def test_last_vote_and_close_of_the_vote_agree(turn):
    by, motion = make.secretary(), make.voting()
    make.cast(motion, "for", "for", "against")
    last = make.seats_of(motion.meeting.committee)[3].holder
    vote, close = codes(
        at_once(
            lambda: motions.cast_ballot(motion=motion, by=last, choice="against"),
            lambda: motions.close_vote(motion=motion, by=by),
        )
    )
    assert close == "ok"
    decision = Decision.objects.get()
    counted = decision.votes_for + decision.votes_against
    assert vote in ("ok", "vote_not_now")
    assert counted == Ballot.objects.count() == (4 if vote == "ok" else 3)
    assert decision.adopted == Designation.objects.exists() == (vote != "ok")


def test_two_decisions_at_once_make_one():
    one, two, motion = make.secretary(), make.secretary(), make.voting()
    make.cast(motion, "for", "for", "for")
    found = codes(
        at_once(
            lambda: motions.close_vote(motion=motion, by=one),
            lambda: motions.close_vote(motion=motion, by=two),
        )
    )
    assert sorted(found) == ["close_vote_not_now", "ok"]
    assert Decision.objects.count() == Designation.objects.count() == 1


def test_two_motions_for_one_proposal_at_once_make_one():
    by, submission = make.secretary(), make.selected_proposal()
    one, two = make.planned(by=by), make.planned(by=by)
    found = codes(
        at_once(
            lambda: motions.table_motion(meeting=one, by=by, submission=submission),
            lambda: motions.table_motion(meeting=two, by=by, submission=submission),
        )
    )
    assert sorted(found) == ["already_tabled", "ok"]
    assert Motion.objects.count() == 1


def test_one_member_voting_twice_at_once_votes_once():
    motion = make.voting()
    holder = make.seats_of(motion.meeting.committee)[0].holder
    found = codes(
        at_once(
            lambda: motions.cast_ballot(motion=motion, by=holder, choice="for"),
            lambda: motions.cast_ballot(motion=motion, by=holder, choice="against"),
        )
    )
    assert sorted(found) == ["has_voted_already", "ok"]
    assert Ballot.objects.count() == 1


def test_recusal_and_vote_at_once_are_never_both():
    motion = make.voting()
    seat = make.seats_of(motion.meeting.committee)[0]
    found = codes(
        at_once(
            lambda: motions.recuse(motion=motion, by=seat.holder, seat=seat, reason="x"),
            lambda: motions.cast_ballot(motion=motion, by=seat.holder, choice="for"),
        )
    )
    assert sorted(found) in (["has_voted", "ok"], ["ok", "recused"])


@pytest.mark.parametrize("attempt", range(2))
def test_a_vote_designates_while_a_revision_is_published_and_one_motion_is_wanted(attempt):
    """Whichever comes first, the other sees it: neither a designation nor a revision passes unseen."""
    by = make.secretary()
    motion = make.voting(by=by)
    make.cast(motion, "for", "for", "for")
    result = coming(motion.submission)
    found = codes(at_once(lambda: motions.close_vote(motion=motion, by=by), lambda: publish(result)))
    assert found == ["ok", "ok"]
    assert WantedMotion.objects.get().designation.submission == motion.submission
