"""Draws, seats and conflicts at the same instant, with real connections."""

from datetime import timedelta

import pytest

from innomarket.common.clock import today
from innomarket.common.refusals import Refused
from innomarket.evaluation.models import (
    DrawRule,
    DrawStep,
    Evaluator,
    Panelist,
    Sheet,
)
from innomarket.evaluation.services.conflict import declare_conflict
from innomarket.evaluation.services.draw import carry_out_draw
from innomarket.evaluation.services.evaluator import add_tie
from innomarket.evaluation.services.pledge import decline_seat
from innomarket.evaluation.services.round import unseat_panelist
from tests.accounts.factories import company
from tests.support.races import at_once

from .factories import (
    committed,
    drawn_round,
    evaluators,
    opened_for,
)


def codes(outcomes):
    for outcome in outcomes:
        if outcome.error and not isinstance(outcome.error, Refused):
            raise outcome.error
    return [outcome.error.code if outcome.error else None for outcome in outcomes]


@pytest.mark.usefixtures("fresh_database")
def test_two_draws_at_once_give_the_last_panel_of_a_year_once():
    evaluators(technical=2, policy=1)
    DrawRule.objects.update(load_cap=1)
    one, two = opened_for(committed()), opened_for(committed())
    found = codes(
        at_once(
            lambda: carry_out_draw(draw=one.draw, by=one.staff),
            lambda: carry_out_draw(draw=two.draw, by=two.staff),
        )
    )
    assert found == [None, None]
    assert Panelist.objects.count() == 3
    assert DrawStep.objects.filter(result="exhausted").count() == 1


@pytest.mark.usefixtures("fresh_database")
def test_decline_at_the_same_time_as_a_replacement_fills_each_seat_once():
    evaluators()
    made = drawn_round()
    first, second = made.panel[:2]
    found = codes(
        at_once(
            lambda: decline_seat(panelist=first, by=first.user, reason="Ill."),
            lambda: unseat_panelist(panelist=first, by=made.staff, reason="Does not answer."),
            lambda: decline_seat(panelist=second, by=second.user, reason="Away."),
        )
    )
    assert found[2] is None
    assert sorted(found[:2], key=str) in ([None, "has_left"], [None, "not_on_panel"])
    assert len(made.panel) == 3
    assert made.round.panelists.exclude(in_place_of=None).count() == 2


@pytest.mark.usefixtures("fresh_database")
def test_draw_carried_out_twice_at_once_is_one():
    evaluators()
    made = opened_for(committed())
    found = codes(at_once(*[lambda: carry_out_draw(draw=made.draw, by=made.staff)] * 2))
    assert sorted(found, key=str) == [None, "carry_out_not_now"]
    assert Panelist.objects.count() == 3


@pytest.mark.usefixtures("fresh_database")
def test_conflict_declared_while_a_seat_is_replaced_leaves_each_entry_its_judges():
    evaluators()
    made = drawn_round().started()
    first, second = made.panel[:2]
    assignment = first.assignments.select_related("entry", "panelist").get(entry__order=1)
    found = codes(
        at_once(
            lambda: declare_conflict(assignment=assignment, by=first.user, reason="A friend."),
            lambda: unseat_panelist(panelist=second, by=made.staff, reason="Ill."),
        )
    )
    assert found == [None, None]
    for entry in made.round.entries.all():
        assert entry.assignments.filter(recusal=None, panelist__left_at=None).count() == 3
    assert Sheet.objects.count() == 0


@pytest.mark.usefixtures("fresh_database")
def test_conflict_found_while_the_panel_is_drawn_is_seen_or_recused():
    """A tie that is stated while the draw runs: either passed over, or recused at the start, which looks again.

    No lock is needed for that: what a start or a replacement must not miss is in ``test_locks.py``.
    """
    evaluators(technical=3, policy=1)
    firm = company()
    made = opened_for(committed(), firm)
    bound = Evaluator.objects.filter(kind="technical").first()
    user = bound.user
    found = codes(
        at_once(
            lambda: carry_out_draw(draw=made.draw, by=made.staff),
            lambda: add_tie(
                evaluator=bound,
                by=user,
                kind="advisor",
                from_on=today() - timedelta(days=9),
                organisation=firm,
            ),
        )
    )
    assert found == [None, None]
    made.started(declared=False)
    for seat in made.panel:
        if seat.user_id == user.pk:
            assert seat.assignments.get().recusal.ground == "tie"
