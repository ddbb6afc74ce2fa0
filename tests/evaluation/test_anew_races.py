"""Evaluations anew with real connections: opened twice, published while others object, begun while somebody objects."""

import pytest

from innomarket.evaluation import objections
from innomarket.evaluation.models import Entry, Objection, Reevaluation, Result, Round
from innomarket.evaluation.services.anew import open_reevaluation, open_supplement
from innomarket.evaluation.services.objection import file_objection
from innomarket.evaluation.services.publication import confirm_publication, prepare_publication
from innomarket.evaluation.services.result import select_entries
from innomarket.evaluation.services.round import create_round, seat_panelist, start_round
from tests.accounts.factories import person
from tests.support.races import at_once

from .factories import APPOINTED, published
from .test_anew import TEXT, filled, opened, scored, sent_to_a_new_panel
from .test_anew_stages import fit_after_all
from .test_objection import judged
from .test_races import codes, second
from .test_stages import checked, next_round

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.mark.parametrize("attempt", range(2))
def test_two_staff_open_the_same_at_once_and_one_round_stands(attempt):
    objection = sent_to_a_new_panel(judged())
    staff = [second(), second()]
    found = codes(at_once(*[lambda by=by: open_reevaluation(objections=[objection], by=by) for by in staff]))
    assert sorted(found, key=str) == [None, "one_standing_evaluation_anew"]
    assert Reevaluation.objects.count() == Round.objects.filter(purpose="anew").count() == 1


@pytest.mark.parametrize("attempt", range(2))
def test_a_revision_is_published_while_another_applicant_objects(attempt):
    made = judged(chosen=(2,))  # the first and the third passed and were left out
    again = scored(filled(made, opened(made, 3)), 10)
    prepared = prepare_publication(rounds=[again.round], by=again.staff)
    result, by, other = Result.objects.get(entry=made.entry(1)), made.submissions[0].created_by, second()
    found = codes(
        at_once(
            lambda: confirm_publication(publication=prepared, by=other),
            lambda: file_objection(result=result, by=by, text=TEXT),
        )
    )
    assert found == [None, None]
    current = Result.objects.standing().get(entry__submission=made.submissions[2])
    assert (current.ordinal, current.outcome) == (1, "selected")
    keys = [submission.pk for submission in made.submissions]
    # The objection of the first concerns whoever was selected from its place or a lower one, as it stands now.
    held = objections.held_back(keys)
    assert set(held) == {keys[0], keys[1], keys[2]}
    assert {one.pk for one in held.values()} == {Objection.objects.get(result=result).pk}


@pytest.mark.parametrize("attempt", range(2))
def test_a_stage_begins_while_somebody_objects_and_takes_them_or_leaves_them_out(attempt):
    made = checked(entries=3)
    result, by = Result.objects.get(entry=made.entry(2)), made.submissions[1].created_by
    round_ = create_round(lot=made.lot, by=made.staff)
    for _ in range(3):
        seat_panelist(round=round_, by=made.staff, user=person(), reason=APPOINTED)
    found = codes(
        at_once(
            lambda: start_round(round=round_, by=made.staff),
            lambda: file_objection(result=result, by=by, text=TEXT),
        )
    )
    assert found == [None, None]
    round_.refresh_from_db()
    if Entry.objects.filter(round=round_, submission=made.submissions[1]).exists():
        assert Objection.objects.get().filed_at > round_.started_at


@pytest.mark.parametrize("attempt", range(2))
def test_two_staff_open_a_supplementary_round_at_once_and_one_stands(attempt):
    made = checked()
    begun = next_round(made)
    begun.submissions = made.submissions[1:]
    scored(begun, 8)
    select_entries(round=begun.round, by=begun.staff, entries=[begun.entry(1).pk, begun.entry(2).pk])
    published(begun)
    fit_after_all(made)
    staff = [second(), second()]
    found = codes(at_once(*[lambda by=by: open_supplement(round=begun.round, by=by) for by in staff]))
    assert sorted(found, key=str) == [None, "late_under_way"]


def test_a_revision_is_published_by_two_at_once_and_once():
    made = judged()
    again = scored(filled(made, opened(made)), 10)
    prepared = prepare_publication(rounds=[again.round], by=again.staff)
    staff = [second(), second()]
    found = codes(at_once(*[lambda by=by: confirm_publication(publication=prepared, by=by) for by in staff]))
    assert found.count(None) == 1
    assert Result.objects.standing().filter(entry__submission=made.submissions[1]).count() == 1
