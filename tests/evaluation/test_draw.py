"""The draw through its services: promised, carried out, followed."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from innomarket.accounts.services.membership import add_member
from innomarket.common.clock import moved_to, now, today
from innomarket.common.refusals import Refused
from innomarket.evaluation import drawfile, drawing
from innomarket.evaluation.models import (
    Draw,
    DrawRule,
    Panelist,
    Recusal,
)
from innomarket.evaluation.services.conflict import declare_conflict, declare_conflicts
from innomarket.evaluation.services.draw import carry_out_draw, commit_draw, enter_value, give_up_draw
from innomarket.evaluation.services.evaluator import add_absence, add_tie, suspend_evaluator
from innomarket.evaluation.services.pledge import decline_seat, sign_pledge
from innomarket.evaluation.services.round import create_round, seat_panelist, start_round, unseat_panelist
from innomarket.evaluation.services.sheet import save_sheet, submit_sheet
from innomarket.notifications.models import Message
from tests.accounts.factories import company, institution, member, person, staff

from .factories import (
    SEATS,
    committed,
    drawn_round,
    evaluator,
    evaluators,
    opened_for,
    opened_lot,
    pledge_and_declare,
)


def refused(code: str):
    return pytest.raises(Refused, check=lambda error: error.code == code)


def replayed(draw):
    """What anyone finds from the two files alone: (seed, order, the codes that the first walk seats)."""
    pool_bytes, draw_file = draw.pool.encode(), json.loads(drawfile.text_of(draw))
    pool = json.loads(pool_bytes)
    assert hashlib.sha256(pool_bytes).hexdigest() == draw_file["pool_sha256"]
    secret = bytes.fromhex(draw_file["secret"])
    assert hashlib.sha256(secret).hexdigest() == pool["secret_sha256"] == draw_file["secret_sha256"]
    if pool["public_value"]["source"] == "receipts":
        value = hashlib.sha256(b"".join(bytes.fromhex(one) for one in draw_file["receipts"])).digest()
    else:
        value = draw_file["named_value"].encode()
    length = lambda part: len(part).to_bytes(8, "big") + part  # noqa: E731
    seed = hashlib.sha256(length(secret) + length(value)).digest()
    order = sorted(
        (one["code"] for one in pool["candidates"]),
        key=lambda code: hashlib.sha256(length(seed) + length(code.encode())).digest(),
    )
    skips = {one["code"]: one["ground"] for one in draw_file["steps"] if one["walk"] == 1 and one["ground"]}
    known, open_, sitting, seated = {one["code"]: one for one in pool["candidates"]}, {}, {}, []
    open_ |= pool["rule"]["seats"]
    for code in order:
        if not any(open_.values()):
            break
        one = known[code]
        house = one["organisation"]
        full = house and sitting.get(house, 0) >= pool["rule"]["most_of_one_organisation"]
        balance = "kind_full" if not open_.get(one["kind"]) else "organisation_full" if full else ""
        if one["excluded"] or balance:
            assert skips[code] == (one["excluded"] or balance)
        elif code not in skips:
            open_[one["kind"]] -= 1
            sitting[house] = sitting.get(house, 0) + 1
            seated.append(code)
    return seed.hex(), order, seated


@pytest.mark.django_db
def test_draw_is_repeated_from_its_two_files_alone():
    evaluators()
    made = drawn_round()
    seed, order, seated = replayed(made.draw)
    assert seed == made.draw.seed
    steps = made.draw.steps.filter(result="seated").order_by("place")
    assert [step.code for step in steps] == seated
    assert [order.index(step.code) + 1 for step in steps] == [step.position for step in steps]
    assert [seat.kind for seat in made.panel].count("technical") == 2
    assert {seat.origin for seat in made.panel} == {"drawn"}
    assert Message.objects.filter(kind="evaluation.drawn").count() == 3
    assert made.draw.receipts == [one.current.sha256 for one in made.submissions]


@pytest.mark.django_db
def test_secret_is_sealed_until_it_is_opened_and_names_stand_in_no_file():
    pool = evaluators()
    made = committed()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM evaluation_draw WHERE id = %s", [made.draw.pk])
        kept = cursor.fetchone()[0]
    secret = Draw.objects.get(pk=made.draw.pk).secret
    assert kept.startswith("sealed:") and secret not in kept
    assert hashlib.sha256(bytes.fromhex(secret)).hexdigest() == made.draw.secret_sha256
    file = drawfile.text_of(made.draw).decode()
    assert json.loads(file)["secret"] is None and secret not in file
    made = opened_for(made)
    done = carry_out_draw(draw=made.draw, by=made.staff)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM evaluation_draw WHERE id = %s", [made.draw.pk])
        assert cursor.fetchone()[0] == secret
    files = done.pool + drawfile.text_of(done).decode()
    assert not any(one.user.name in files or one.user.email in files for one in pool)


@pytest.mark.django_db
def test_commit_is_refused_from_the_closing_on_unless_the_value_is_to_come():
    evaluators()
    by, lot = staff("run_rounds"), opened_lot()
    round_ = create_round(lot=lot, by=by)
    with refused("receipts_known"):
        commit_draw(round=round_, by=by, seats=SEATS)
    with refused("value_not_to_come"):
        commit_draw(round=round_, by=by, seats=SEATS, source_text="KOSPI", source_from=now())
    later = now() + timedelta(hours=1)
    draw = commit_draw(round=round_, by=by, seats=SEATS, source_text="KOSPI close", source_from=later)
    assert (draw.source, draw.source_from) == ("named", later)
    with refused("value_too_early"):
        enter_value(draw=draw, by=by, value="2731.90")
    with refused("value_needed"):
        carry_out_draw(draw=draw, by=by)


@pytest.mark.django_db
def test_named_value_takes_two_people():
    evaluators()
    source_from = now() + timedelta(hours=1)
    made = opened_for(committed(source_text="Lottery draw 1200", source_from=source_from))
    with moved_to(source_from + timedelta(hours=1)):
        draw = enter_value(draw=made.draw, by=made.staff, value=" 3 11 24 ")
        with refused("second_person"):
            carry_out_draw(draw=draw, by=made.staff)
        done = carry_out_draw(draw=draw, by=staff("run_rounds"))
    assert replayed(done)[0] == done.seed


@pytest.mark.django_db
def test_draw_before_the_opening_and_start_before_the_draw_are_refused():
    evaluators()
    made = committed()
    with refused("not_opened"):
        carry_out_draw(draw=made.draw, by=made.staff)
    made = opened_for(made)
    with refused("draw_pending"):
        start_round(round=made.round, by=made.staff)
    with refused("not_staff"):
        carry_out_draw(draw=made.draw, by=person())


@pytest.mark.django_db
def test_seating_by_hand_is_refused_while_a_draw_stands_and_allowed_when_its_order_has_ended():
    pool = evaluators(technical=2, policy=1)
    made = committed()
    with refused("panel_is_drawn"):
        seat_panelist(round=made.round, by=made.staff, user=person(), reason="Quicker.")
    made = opened_for(made)
    made.draw = carry_out_draw(draw=made.draw, by=made.staff)
    with refused("panel_is_drawn"):
        seat_panelist(round=made.round, by=made.staff, user=person(), reason="Quicker.")
    seat = made.panel[0]
    decline_seat(panelist=seat, by=seat.user, reason="Ill.")
    assert made.draw.steps.filter(result="exhausted").count() == 1
    with refused("reason_needed"):
        seat_panelist(round=made.round, by=made.staff, user=person(), reason=" ")
    seat_panelist(round=made.round, by=made.staff, user=person(), reason="Nobody is left.")
    with refused("panel_is_drawn"):
        seat_panelist(round=made.round, by=made.staff, user=person(), reason="One more.")
    file = json.loads(drawfile.text_of(made.draw))
    assert [one["reason"] for one in file["appointed"]] == ["Nobody is left."]
    assert len(pool) == 3


@pytest.mark.django_db
def test_people_of_the_lots_institution_and_of_applicants_are_passed_over_with_their_ground():
    owner, firm, other = institution(), company(), company()
    pool = evaluators(technical=3, policy=1)
    bound = [evaluator("technical") for _ in range(4)]
    member(bound[0].user, owner)
    ties = {1: ("employed", today()), 2: ("advisor", None), 3: ("employed", None)}
    for n, (kind, to_on) in ties.items():
        add_tie(
            evaluator=bound[n],
            by=bound[n].user,
            kind=kind,
            from_on=today() - timedelta(days=400),
            to_on=to_on if to_on is None else today() - timedelta(days=30),
            organisation=None if n == 3 else firm,
            name=f"주식회사 {firm.name_ko}" if n == 3 else "",
        )
    made = opened_for(committed(owner=owner), firm, other)
    excluded = {one["excluded"] for one in json.loads(made.draw.pool)["candidates"]}
    assert excluded == {"", "lot_owner"}  # who applied is not known, nor told, before the opening
    made.draw = carry_out_draw(draw=made.draw, by=made.staff)
    assert {seat.user for seat in made.panel} <= {one.user for one in pool}
    known = {bound[0].pk: "lot_owner", bound[1].pk: "past_organisation", bound[2].pk: "tie"}
    known[bound[3].pk] = "same_organisation"
    for step in made.draw.steps.filter(evaluator__in=bound).exclude(ground="kind_full"):
        assert step.ground == known[step.evaluator_id]


@pytest.mark.django_db
def test_who_is_away_or_at_the_cap_is_excluded_when_the_pool_is_frozen():
    evaluators(technical=2, policy=1)
    away, tired = evaluator("technical"), evaluator("technical")
    add_absence(evaluator=away, by=away.user, from_on=today(), to_on=today() + timedelta(days=3))
    DrawRule.objects.update(load_cap=1)
    other = create_round(lot=opened_lot(), by=staff("run_rounds"))
    seat_panelist(round=other, by=staff("run_rounds"), user=tired.user, reason="No pool then.")
    made = committed()
    rows = json.loads(made.draw.pool)["candidates"]
    assert sorted(one["excluded"] for one in rows) == ["", "", "", "away", "cap"]


@pytest.mark.django_db
def test_pool_that_cannot_fill_the_seats_is_refused():
    evaluators(technical=1, policy=4)
    with refused("pool_too_small"):
        committed()
    assert not Draw.objects.exists()


@pytest.mark.django_db
def test_one_organisation_sends_no_more_than_its_most():
    house = company()
    for one in [*evaluators(technical=6, policy=0)]:
        member(one.user, house)
    evaluators(technical=2, policy=2)
    for _ in range(3):
        made = drawn_round()
        assert sum(seat.user.memberships.filter(organisation=house).exists() for seat in made.panel) <= 1


@pytest.mark.django_db
def test_draws_of_a_year_give_everybody_at_most_the_cap_and_are_refused_when_the_pool_is_spent():
    """Nine people, three panels of three each at a cap of one; then twice that at a cap of two, and never more."""
    evaluators(technical=6, policy=3)
    for cap in (1, 2):
        DrawRule.objects.update(load_cap=cap)
        for _each in range(3):
            drawn_round()
        counted = Panelist.objects.values("user").annotate(panels=Count("round"))
        assert {one["panels"] for one in counted} == {cap} and len(counted) == 9
        with refused("pool_too_small"):
            committed()


@pytest.mark.django_db
def test_decline_calls_the_next_of_the_same_kind_at_once():
    evaluators()
    made = drawn_round()
    seat = made.panel[0]
    with refused("not_on_panel"):
        decline_seat(panelist=seat, by=person(), reason="Not mine.")
    with refused("reason_needed"):
        decline_seat(panelist=seat, by=seat.user, reason=" ")
    decline_seat(panelist=seat, by=seat.user, reason="On leave.")
    found = made.round.panelists.get(in_place_of=seat)
    assert (found.kind, found.origin, found.left_at) == (seat.kind, "drawn", None)
    step = made.draw.steps.get(panelist=found)
    assert (step.walk, step.cause, step.instead_of) == (2, "declined", seat)
    assert Message.objects.filter(kind="evaluation.drawn", recipient=found.user).exists()
    used = set(made.draw.steps.filter(result="seated").values_list("code", flat=True))
    order = drawing.order_of(
        bytes.fromhex(made.draw.seed), [c["code"] for c in json.loads(made.draw.pool)["candidates"]]
    )
    kinds = {c["code"]: c["kind"] for c in json.loads(made.draw.pool)["candidates"]}
    first_walk = set(made.draw.steps.filter(walk=1, result="seated").values_list("code", flat=True))
    assert step.code == next(code for code in order if code not in first_walk and kinds[code] == seat.kind)
    assert len(used) == 4


@pytest.mark.django_db
def test_nothing_opens_before_the_pledge():
    evaluators()
    made = drawn_round().started(declared=False)
    seat = made.panel[0]
    with refused("pledge_first"):
        declare_conflicts(round=made.round, by=seat.user, conflicts={})
    with refused("not_on_panel"):
        sign_pledge(panelist=seat, by=person())
    pledge = sign_pledge(panelist=seat, by=seat.user)
    assert pledge.text_sha256 == pledge.text.sha256
    with refused("pledged_already"):
        sign_pledge(panelist=seat, by=seat.user)
    declare_conflicts(round=made.round, by=seat.user, conflicts={})
    with refused("opened_already"):
        decline_seat(panelist=seat, by=seat.user, reason="Changed my mind.")


@pytest.mark.django_db
def test_conflict_after_scoring_keeps_the_sheet_and_calls_the_next_for_that_entry_alone():
    evaluators()
    made = drawn_round().started()
    seat = made.panel[0]
    assignment = seat.assignments.select_related("entry", "panelist").get(entry__order=1)
    sheet = save_sheet(assignment=assignment, by=seat.user, points=made.points(7), comment="좋습니다.")
    submit_sheet(sheet=sheet, by=seat.user)
    declare_conflict(assignment=assignment, by=seat.user, reason="A friend joined them.")
    sheet.refresh_from_db()
    assert (sheet.state, sheet.scores.count()) == ("set_aside", 3)
    called = made.round.panelists.get(origin="substitute")
    assert (called.in_place_of, called.kind) == (seat, seat.kind)
    assert list(called.assignments.values_list("entry__order", flat=True)) == [1]
    assert Message.objects.filter(kind="evaluation.called", recipient=called.user).exists()
    # A second conflict of the same seat goes to the same substitute.
    second = seat.assignments.select_related("entry", "panelist").get(entry__order=2)
    declare_conflict(assignment=second, by=seat.user, reason="And these.")
    assert made.round.panelists.filter(origin="substitute").count() == 1
    assert called.assignments.count() == 2


@pytest.mark.django_db
def test_who_joins_an_applicant_while_scoring_is_recused_and_replaced_for_it():
    evaluators()
    firm = company()
    owner = person()
    member(owner, firm)
    made = drawn_round(firm, company()).started()
    seat = made.panel[0]
    add_member(organisation=firm, by=owner, user=seat.user, role="viewer")
    recusal = Recusal.objects.get(panelist=seat)
    assert (recusal.ground, recusal.entry.submission.applicant_organisation) == ("same_organisation", firm)
    assert made.round.panelists.filter(origin="substitute", in_place_of=seat).count() == 1


@pytest.mark.django_db
def test_who_joined_an_applicant_between_draw_and_start_is_recused_and_replaced_for_it():
    evaluators()
    firm = company()
    made = drawn_round(firm, company())
    seat = made.panel[0]
    member(seat.user, firm)
    made.started(declared=False)
    recused = Recusal.objects.get(panelist=seat)
    called = made.round.panelists.get(origin="substitute", in_place_of=seat)
    assert list(called.assignments.values_list("entry", flat=True)) == [recused.entry_id]
    assert made.draw.steps.get(panelist=called).cause == "conflict"


@pytest.mark.django_db
def test_who_replaces_a_seat_judges_what_it_left_over_and_nobody_has_judged():
    """A replacement that leaves again hands on its own entries alone, and none that a substitute judges."""
    evaluators()
    made = drawn_round(*(company() for _n in range(3))).started()
    first = made.panel[0]
    one, two, _three = first.assignments.select_related("entry", "panelist").order_by("entry__order")
    sheet = save_sheet(assignment=one, by=first.user, points=made.points(7), comment="근거가 분명합니다.")
    submit_sheet(sheet=sheet, by=first.user)
    declare_conflict(assignment=two, by=first.user, reason="아는 회사입니다.")
    unseat_panelist(panelist=first, by=made.staff, reason="아픕니다.")
    second = made.round.panelists.get(in_place_of=first, origin="drawn")
    assert list(second.assignments.values_list("entry__order", flat=True)) == [3]
    unseat_panelist(panelist=second, by=made.staff, reason="아픕니다.")
    third = made.round.panelists.get(in_place_of=second)
    assert list(third.assignments.values_list("entry__order", flat=True)) == [3]


@pytest.mark.django_db
def test_a_substitute_who_leaves_after_handing_in_is_not_replaced():
    evaluators()
    made = drawn_round().started()
    seat = made.panel[0]
    declare_conflict(assignment=seat.assignments.get(entry__order=1), by=seat.user, reason="아는 회사입니다.")
    called = made.round.panelists.get(origin="substitute")
    pledge_and_declare(made.round, called.user)
    (assignment,) = called.assignments.select_related("entry", "panelist")
    sheet = save_sheet(
        assignment=assignment, by=called.user, points=made.points(7), comment="근거가 분명합니다."
    )
    submit_sheet(sheet=sheet, by=called.user)
    unseat_panelist(panelist=called, by=made.staff, reason="떠납니다.")
    assert not made.round.panelists.filter(in_place_of=called).exists()


@pytest.mark.django_db
def test_suspended_evaluator_is_passed_over_though_frozen_as_fit():
    pool = evaluators(technical=4, policy=1)
    made = opened_for(committed())
    for one in pool[:2]:
        suspend_evaluator(evaluator=one, by=made.staff, reason="Under inquiry.")
    made.draw = carry_out_draw(draw=made.draw, by=made.staff)
    assert {seat.user for seat in made.panel} == {one.user for one in pool[2:]}


@pytest.mark.django_db
def test_promise_steps_and_pledges_withstand_plain_sql():
    evaluators()
    made = committed()
    for column, value in (("pool", "'{}'"), ("secret_sha256", f"'{'0' * 64}'"), ("evaluators", "'{}'")):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE evaluation_draw SET {column} = {value} WHERE id = %s", [made.draw.pk])
    made = opened_for(made)
    carry_out_draw(draw=made.draw, by=made.staff)
    for statement in (
        "UPDATE evaluation_draw SET seed = repeat('0', 64)",
        "DELETE FROM evaluation_drawstep",
        "UPDATE evaluation_drawstep SET code = 'C0000'",
        "UPDATE evaluation_panelist SET origin = 'appointed', reason = ''",
    ):
        with (
            pytest.raises(Exception, match=r"pgtrigger|appointed_panelist_says_why"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.django_db
def test_draw_given_up_stays_published_and_its_secret_closed():
    evaluators()
    made = committed()
    with refused("reason_needed"):
        give_up_draw(draw=made.draw, by=made.staff, reason="")
    done = give_up_draw(draw=made.draw, by=made.staff, reason="Another rule.")
    assert json.loads(drawfile.text_of(done))["secret"] is None
    again = commit_draw(round=made.round, by=made.staff, seats=SEATS)
    assert again.number != done.number


@pytest.mark.django_db
def test_statements_of_a_draw_do_not_grow_with_pool_or_entries():
    evaluators(technical=30, policy=30)
    small = opened_for(committed())
    with CaptureQueriesContext(connection) as few:
        carry_out_draw(draw=small.draw, by=small.staff)
    evaluators(technical=60, policy=60)
    large = opened_for(committed(), *[company() for _ in range(6)])
    with CaptureQueriesContext(connection) as many:
        carry_out_draw(draw=large.draw, by=large.staff)
    assert len(few) == len(many)
