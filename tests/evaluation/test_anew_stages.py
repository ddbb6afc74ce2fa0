"""Evaluated anew where stages follow: who goes on after all, and who falls after having gone on."""

import pytest
from django.db import transaction

from innomarket.evaluation import beside, reads
from innomarket.evaluation.models import Result
from innomarket.evaluation.services.anew import open_reevaluation, open_supplement
from innomarket.evaluation.services.objection import answer_objection, file_objection
from innomarket.evaluation.services.result import finish_round, select_entries
from tests.accounts.factories import staff

from .factories import published
from .test_anew import filled, opened, scored, sent_to_a_new_panel
from .test_objection import TEXT
from .test_round import refused
from .test_stages import checked, next_round, say

pytestmark = pytest.mark.django_db


def fit_after_all(made, entry=1):
    """The entry that the document check found unfit, evaluated anew and fit."""
    again = filled(made, opened(made, entry), panel=1)
    say(again, 1, 1, True, True)
    again.round = finish_round(round=again.round, by=again.staff)
    published(again)
    return again


def test_who_goes_on_after_all_joins_the_next_stage_where_it_has_not_begun():
    made = checked()
    fit_after_all(made)
    second = next_round(made)
    assert second.round.entries.count() == 3
    assert reads.results_of(made.submissions[0])[0].outcome == "advances"


def test_who_goes_on_after_the_next_stage_had_begun_is_judged_in_a_supplementary_round():
    made = checked()
    second = next_round(made)
    objection = sent_to_a_new_panel(made, 1)
    second.submissions = made.submissions[1:]
    scored(second, 8)
    select_entries(round=second.round, by=second.staff, entries=[second.entry(1).pk, second.entry(2).pk])
    published(second)
    by = staff("run_rounds")
    with refused("nobody_late"):
        open_supplement(round=second.again().round, by=by)
    again = filled(made, open_reevaluation(objections=[objection], by=by), panel=1)
    say(again, 1, 1, True, True)
    again.round = finish_round(round=again.round, by=again.staff)
    published(again)
    assert list(beside.late(second.round)) == [made.submissions[0]]
    assert list(beside.rounds_with_late()) == [second.round]
    late = open_supplement(round=second.round, by=by)
    assert not beside.rounds_with_late().exists()
    with refused("late_under_way"):
        open_supplement(round=second.round, by=by)
    third = filled(made, late)
    third.criteria = second.criteria
    scored(third, 7)
    (result,) = Result.objects.filter(entry__round=late)
    assert (result.ordinal, result.rank, result.outcome) == (0, 3, "selected")
    published(third)
    assert Result.objects.selected().filter(entry__submission=made.submissions[0]).exists()
    assert not beside.late(second.round).exists() and not beside.rounds_with_late().exists()


def test_start_of_the_next_stage_leaves_out_who_is_held_back_and_refuses_where_all_are():
    made = checked(entries=3)
    results = [Result.objects.get(entry=made.entry(n)) for n in (2, 3)]  # both go on, and object all the same
    first, _ = [
        file_objection(result=result, by=made.submissions[n].created_by, text=TEXT)
        for n, result in enumerate(results, start=1)
    ]
    with refused("held_back"), transaction.atomic():
        next_round(made)
    answer_objection(objection=first, by=staff("run_rounds"), outcome="rejected", answer="그대로입니다.")
    begun = next_round(made)
    assert [entry.submission for entry in begun.round.entries.all()] == [made.submissions[1]]
    assert list(beside.late(begun.round)) == [made.submissions[2]]


def test_a_stage_that_nobody_passed_goes_on_with_who_is_found_fit_anew():
    made = checked(entries=2, unfit=2)
    assert reads.next_stage(made.lot) is None
    fit_after_all(made)
    assert reads.next_stage(made.lot).order == 2
    assert next_round(made).round.entries.count() == 1


def test_who_falls_in_an_evaluation_anew_goes_on_no_longer():
    made = checked(entries=3)
    objection = sent_to_a_new_panel(made, 2)  # it went on, and objects to a finding all the same
    again = filled(made, open_reevaluation(objections=[objection], by=staff("run_rounds")), panel=1)
    say(again, 1, 1, True, False)
    again.round = finish_round(round=again.round, by=again.staff)
    published(again)
    assert [one.submission for one in next_round(made).round.entries.all()] == [made.submissions[2]]
    assert reads.where_it_stands(made.submissions[1]) is None


def test_who_falls_after_a_later_stage_selected_it_is_no_longer_selected():
    made = checked(entries=3)
    second = next_round(made)
    second.submissions = made.submissions[1:]
    objection = sent_to_a_new_panel(made, 2)
    scored(second, 8)
    select_entries(round=second.round, by=second.staff, entries=[second.entry(1).pk, second.entry(2).pk])
    published(second)
    assert Result.objects.selected().count() == 2
    again = filled(made, open_reevaluation(objections=[objection], by=staff("run_rounds")), panel=1)
    say(again, 1, 1, False, True)
    again.round = finish_round(round=again.round, by=again.staff)
    published(again)
    assert Result.objects.selected().get().entry.submission == made.submissions[2]
    (deciding,) = Result.objects.deciding().filter(entry__submission=made.submissions[1])
    assert (deciding.ordinal, deciding.outcome) == (1, "unfit")


def fallen_while_the_second_of_three_is_held():
    """Three stages; the second has published that two go on, and one of them has fallen in the first since."""
    made = checked(entries=3, stages=("document_check", "fit_check", "scored"))
    objection = sent_to_a_new_panel(made, 2)
    second = next_round(made, panelists=1)
    second.submissions = made.submissions[1:]
    return made, second, objection


def fell_in_the_first(made, objection):
    again = filled(made, open_reevaluation(objections=[objection], by=staff("run_rounds")), panel=1)
    say(again, 1, 1, True, False)
    again.round = finish_round(round=again.round, by=again.staff)
    published(again)


def test_who_fell_two_stages_back_is_not_judged_and_waits_for_nothing():
    made, second, objection = fallen_while_the_second_of_three_is_held()
    entries = second.round.entries.select_related("submission").order_by("order")
    # An answer that sends it to a new panel holds it back: it is not in the second stage.
    assert [entry.submission for entry in entries] == [made.submissions[2]]
    say(second, 1, 1, True, True)
    second.round = finish_round(round=second.round, by=second.staff)
    published(second)
    assert list(beside.rounds_with_late()) == [second.round]
    again = filled(made, open_reevaluation(objections=[objection], by=staff("run_rounds")), panel=1)
    say(again, 1, 1, True, True)
    again.round = finish_round(round=again.round, by=again.staff)
    published(again)
    late = filled(made, open_supplement(round=second.again().round, by=staff("run_rounds")), panel=1)
    say(late, 1, 1, True, True)
    late.round = finish_round(round=late.round, by=late.staff)
    published(late)
    assert set(reads.to_be_judged(made.lot, reads.next_stage(made.lot))) == set(made.submissions[1:])
    # It is objected to once more, and now it falls in the first stage.
    result = Result.objects.standing().get(entry__submission=made.submissions[1], ordinal=1)
    objection = file_objection(result=result, by=made.submissions[1].created_by, text=TEXT)
    objection = answer_objection(
        objection=objection, by=staff("run_rounds"), outcome="anew", answer="다시 평가합니다."
    )
    fell_in_the_first(made, objection)
    assert list(reads.to_be_judged(made.lot, reads.next_stage(made.lot))) == [made.submissions[2]]
    assert reads.where_it_stands(made.submissions[1]) is None
    assert reads.where_it_stands(made.submissions[2])[0].order == 3
    assert not Result.objects.going_on().filter(entry__submission=made.submissions[1]).exists()


def test_a_stage_whose_only_passer_fell_before_concludes_the_lot():
    made = checked(entries=2, stages=("document_check", "fit_check", "scored"))
    second = next_round(made, panelists=1)
    second.submissions = made.submissions[1:]
    say(second, 1, 1, True, True)
    second.round = finish_round(round=second.round, by=second.staff)
    published(second)
    assert reads.next_stage(made.lot).order == 3
    fell_in_the_first(made, sent_to_a_new_panel_in(made, 2))
    assert reads.next_stage(made.lot) is None
    assert not beside.rounds_with_late().exists()


def sent_to_a_new_panel_in(made, entry):
    """The same as ``sent_to_a_new_panel``, of the round of ``made`` though a later one has published since."""
    result = Result.objects.standing().get(entry=made.entry(entry))
    objection = file_objection(result=result, by=made.submissions[entry - 1].created_by, text=TEXT)
    return answer_objection(
        objection=objection, by=staff("run_rounds"), outcome="anew", answer="다시 평가합니다."
    )


def test_who_fell_meanwhile_cannot_be_selected_and_leaving_it_out_takes_no_reason():
    made = checked(entries=3)
    second = next_round(made)
    second.submissions = made.submissions[1:]
    objection = sent_to_a_new_panel_in(made, 2)
    for evaluator in range(1, 4):
        second.score(1, evaluator, 9)
        second.score(2, evaluator, 8)
    second.round = finish_round(round=second.round, by=second.staff)
    fell_in_the_first(made, objection)
    with refused("fell_before"):
        select_entries(round=second.round, by=second.staff, entries=[second.entry(1).pk, second.entry(2).pk])
    select_entries(round=second.round, by=second.staff, entries=[second.entry(2).pk])
    published(second)
    assert [one.entry.submission for one in Result.objects.selected()] == [made.submissions[2]]
