"""Who comes to a panel of a lot with a blind stage, by hand, by draw or as a substitute, keeps that stage blind."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission

from innomarket.common.clock import moved_to, now
from innomarket.evaluation import drawfile, drawing
from innomarket.evaluation.models import Evaluator, Recusal
from innomarket.evaluation.services import blinding
from innomarket.evaluation.services.anew import open_reevaluation
from innomarket.evaluation.services.conflict import declare_conflict
from innomarket.evaluation.services.draw import carry_out_draw, commit_draw, enter_value
from innomarket.evaluation.services.round import create_round, seat_panelist, start_round, unseat_panelist
from innomarket.notifications.models import Message
from tests.accounts.factories import company, person, staff
from tools.verify.draw import verify
from tools.verify.report import Report

from .factories import APPOINTED, committed, drawn_round, evaluator, evaluators, opened_for
from .test_anew import sent_to_a_new_panel
from .test_locks import judging
from .test_round import refused
from .test_stages import checked

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def every_copy_can_be_shown(monkeypatch):
    """Here it is about seats: what is judged has no copies."""
    monkeypatch.setattr(blinding, "_ask_copies", lambda entries: None)


def two_rounds():
    """A blind round that is being filled, and beside it an open one in which an earlier stage is judged anew."""
    made = checked(entries=3, blind=True)
    objection = sent_to_a_new_panel(made, 1)
    blind = create_round(lot=made.lot, by=made.staff)
    by = staff("run_rounds")
    return made, blind, open_reevaluation(objections=[objection], by=by)


def seat(round_, user):
    return seat_panelist(round=round_, by=round_.chief, user=user, reason=APPOINTED)


def runs_rounds(user):
    type(user).objects.filter(pk=user.pk).update(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="run_rounds"))


# ── by hand ──


def test_who_judges_blind_is_seated_in_no_open_round_of_the_lot():
    _made, blind, anew = two_rounds()
    user = person()
    seat(blind, user)
    with refused("not_blind"):
        seat(anew, user)
    unseat_panelist(panelist=blind.panelists.get(), by=blind.chief, reason="Needed elsewhere.")
    assert seat(anew, user).round == anew


def test_who_has_a_seat_in_an_open_round_that_will_begin_is_seated_in_no_blind_one():
    _made, blind, anew = two_rounds()
    user = person()
    seat(anew, user)
    with refused("not_blind"):
        seat(blind, user)


def test_an_open_round_does_not_start_with_somebody_who_judges_blind():
    _made, blind, anew = two_rounds()
    user = person()
    moved = seat(anew, person())
    seat(blind, user)
    type(moved).objects.filter(pk=moved.pk).update(user=user)  # past the services
    with refused("not_blind"):
        start_round(round=anew, by=anew.chief)


# ── by draw ──


def drawn_for(round_, seats):
    by, at = round_.chief, now()
    draw = commit_draw(
        round=round_, by=by, seats=seats, source_text="The lottery", source_from=at + timedelta(hours=1)
    )
    with moved_to(at + timedelta(hours=2)):
        enter_value(draw=draw, by=by, value="4 8 15")
        return carry_out_draw(draw=draw, by=staff("run_rounds"))


def test_a_draw_for_an_open_round_excludes_who_judges_blind_and_publishes_the_ground():
    _made, blind, anew = two_rounds()
    judging = evaluator()
    seat(blind, judging.user)
    free = evaluator()
    draw = drawn_for(anew, {"technical": 1})
    grounds = [one["excluded"] for one in json.loads(draw.pool)["candidates"]]
    assert sorted(grounds) == ["", drawing.BLINDNESS]
    assert [one.user for one in anew.panelists.all()] == [free.user]


def blind_scoring():
    evaluators()
    return drawn_round(blind=True).started()


def next_in_order(made, kind):
    """The evaluator whom a walk for a seat of this kind would seat now."""
    draw = made.draw
    pool = {one["code"]: one for one in json.loads(draw.pool)["candidates"]}
    keys = dict(zip(pool, draw.evaluators, strict=True))
    seated = set(draw.steps.filter(result="seated").values_list("code", flat=True))
    order = drawing.order_of(bytes.fromhex(draw.seed), pool)
    code = next(code for code in order if pool[code]["kind"] == kind and code not in seated)
    return code, Evaluator.objects.select_related("user").get(pk=keys[code])


def grounds_of(draw):
    return {step.code: step.ground for step in draw.steps.filter(ground=drawing.BLINDNESS)}


@pytest.mark.parametrize("whole_seat", [True, False])
def test_a_substitute_of_a_blind_scoring_is_asked_the_same_as_who_was_drawn(whole_seat):
    made = blind_scoring()
    leaving = made.panel[0]
    code, knowing = next_in_order(made, leaving.kind)
    runs_rounds(knowing.user)
    if whole_seat:
        unseat_panelist(panelist=leaving, by=made.staff, reason="Is ill.")
    else:
        declare_conflict(assignment=leaving.assignments.first(), by=leaving.user, reason="A friend's.")
    assert grounds_of(made.draw) == {code: drawing.BLINDNESS}
    seated = made.round.panelists.order_by("-place").first()
    assert seated.in_place_of == leaving and seated.user != knowing.user


def test_a_substitute_who_came_to_know_takes_no_further_entry():
    made = blind_scoring()
    leaving = made.panel[0]
    first, second = leaving.assignments.order_by("entry__order")[:2]
    declare_conflict(assignment=first, by=leaving.user, reason="A friend's.")
    known = leaving.substitutes.get()
    runs_rounds(known.user)
    declare_conflict(assignment=second, by=leaving.user, reason="Another friend's.")
    assert known.assignments.count() == 1
    assert leaving.substitutes.exclude(pk=known.pk).get().assignments.get().entry == second.entry


def test_an_entry_that_closes_by_the_records_leaves_without_a_word():
    evaluators()
    firm = company()
    seat_ = drawn_round(firm, blind=True).started().panel[0]
    declare_conflict(assignment=judging(seat_.user, firm), by=seat_.user, reason="My former student.")
    assert Recusal.objects.filter(panelist=seat_).exists()
    assert not Message.objects.filter(kind="evaluation.entries_closed").exists()


def test_the_first_walk_passes_over_who_came_to_know_since_the_pool_was_frozen():
    evaluators()
    made = opened_for(committed(blind=True))
    pool = json.loads(made.draw.pool)["candidates"]
    assert {one["excluded"] for one in pool} == {""}
    technical = Evaluator.objects.filter(pk__in=made.draw.evaluators, kind="technical")
    stays = technical.last()
    for one in technical.exclude(pk=stays.pk):
        runs_rounds(one.user)
    carry_out_draw(draw=made.draw, by=made.staff)
    assert (
        len(grounds_of(made.draw)) == technical.count() - 1
    )  # one seat finds nobody: the order comes to its end
    assert [seat.user for seat in made.panel if seat.kind == "technical"] == [stays.user]


def test_whoever_repeats_the_draw_takes_the_ground_from_the_records():
    made = blind_scoring()
    leaving = made.panel[0]
    code, knowing = next_in_order(made, leaving.kind)
    runs_rounds(knowing.user)
    unseat_panelist(panelist=leaving, by=made.staff, reason="Is ill.")
    report = Report()
    pool = made.draw.pool.encode()
    verify(json.loads(drawfile.text_of(made.draw)), json.loads(pool), pool, report)
    assert not report.differences
    assert any(f"{code} {drawing.BLINDNESS}" in line for line in report.taken)
