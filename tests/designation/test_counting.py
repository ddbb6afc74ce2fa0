"""The count of a vote, as a law over all committees (rules.md "Votes")."""

from hypothesis import given
from hypothesis import strategies as st

from designation.counting import count, quorum
from designation.states import Choice, MajorityBase

SEATS = st.sets(st.integers(1, 20), max_size=12)


@st.composite
def cases(draw):
    seats = draw(SEATS)
    some = st.sets(st.sampled_from(sorted(seats))) if seats else st.just(set())
    strangers = st.sets(st.integers(100, 103))
    voters = draw(some) | draw(strangers)
    return {
        "seats": seats,
        "recused": draw(some),
        "present": draw(some) | draw(strangers),
        "ballots": {seat: draw(st.sampled_from(Choice.values)) for seat in voters},
        "least_present": draw(st.integers(1, 6)),
        "majority_base": draw(st.sampled_from(MajorityBase.values)),
    }


@given(cases())
def test_base_is_filled_seats_less_recused(case):
    counted = count(**case).quorum
    assert counted.base == len(case["seats"] - case["recused"])
    assert counted.present == len((case["seats"] - case["recused"]) & case["present"])


@given(cases())
def test_quorum_is_more_than_half_and_the_least_number(case):
    asked = count(**case).quorum
    assert asked.reached == (
        asked.base > 0 and 2 * asked.present > asked.base and asked.present >= case["least_present"]
    )


@given(cases())
def test_votes_of_strangers_recused_and_absent_do_not_count(case):
    entitled = (case["seats"] - case["recused"]) & case["present"]
    counted = count(**case)
    only = {seat: choice for seat, choice in case["ballots"].items() if seat in entitled}
    assert counted == count(**{**case, "ballots": only})
    assert counted.votes_for + counted.votes_against + counted.votes_abstain == len(only)


@given(cases())
def test_adopted_only_with_quorum_and_more_for_than_against(case):
    counted = count(**case)
    if counted.adopted:
        assert counted.quorum.reached
        assert counted.votes_for > counted.votes_against


@given(cases())
def test_stricter_base_never_adopts_what_a_wider_one_rejects(case):
    by_base = {base: count(**{**case, "majority_base": base}).adopted for base in MajorityBase.values}
    assert by_base["seats"] <= by_base["present"] <= by_base["votes"]


@given(cases())
def test_abstention_weighs_like_silence_among_votes(case):
    case["majority_base"] = MajorityBase.VOTES
    silent = {seat: choice for seat, choice in case["ballots"].items() if choice != Choice.ABSTAIN}
    assert count(**case).adopted == count(**{**case, "ballots": silent}).adopted


def votes(*choices: str, base: str = MajorityBase.VOTES, seats: int = 5, least: int = 3):
    return count(
        seats=range(seats),
        recused=(),
        present=range(len(choices)),
        ballots={seat: choice for seat, choice in enumerate(choices) if choice},
        least_present=least,
        majority_base=base,
    )


def test_tie_is_not_adopted():
    tied = votes("for", "for", "against", "against")
    assert tied.tied
    assert not tied.adopted


def test_one_vote_more_is_adopted():
    assert votes("for", "for", "against").adopted


def test_single_vote_among_abstentions_is_adopted_by_votes_and_not_by_present():
    choices = ("for", "abstain", "abstain")
    assert votes(*choices).adopted
    assert not votes(*choices, base=MajorityBase.PRESENT).adopted


def test_half_of_all_seats_is_not_more_than_half():
    assert not votes("for", "for", "for", base=MajorityBase.SEATS, seats=6, least=1).adopted
    assert votes("for", "for", "for", "for", base=MajorityBase.SEATS, seats=6, least=1).adopted


def test_exactly_half_present_is_no_quorum():
    assert not quorum(seats=range(6), recused=(), present=range(3), least_present=1).reached
    assert quorum(seats=range(6), recused=(), present=range(4), least_present=1).reached


def test_recusal_makes_the_base_smaller():
    assert not quorum(seats=range(7), recused=(), present=range(3), least_present=3).reached
    assert quorum(seats=range(7), recused=(5, 6), present=range(3), least_present=3).reached


def test_everybody_recused_is_no_quorum_whatever_the_least_number():
    assert not quorum(seats=range(3), recused=range(3), present=range(3), least_present=0).reached


def test_no_votes_at_all_is_not_adopted():
    assert not votes("", "", "").adopted
