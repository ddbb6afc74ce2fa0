"""Matching, committing, releasing and cancelling: the proposer first, the money exact, both sides told."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from innomarket.audit.models import Entry
from innomarket.common.clock import kst, moved_to, now, today
from innomarket.common.refusals import Refused
from innomarket.evaluation.models import Objection
from innomarket.notifications.models import Message
from innomarket.timeline.models import Milestone
from pilots.models import LedgerEntry, Pilot
from pilots.services import payment
from pilots.services import pilot as pilots
from tests.accounts.factories import company, institution, member, person
from tests.designation.factories import selected_proposal
from tests.evaluation.factories import answered_anew, objected

from . import factories

pytestmark = pytest.mark.django_db


def totals(line):
    line.refresh_from_db()
    return line.appropriated, line.reserved, line.committed, line.paid


def test_match_reserves_the_money_for_the_institution_that_proposed_the_task():
    by, product = factories.budget_officer(), factories.designated_product()
    pilot = factories.matched(product=product, by=by, amount=99_000_000, line=factories.line(by=by))

    assert pilot.number[3:5] == "PL"
    assert pilot.is_proposer and pilot.state == "matched"
    assert totals(pilot.line) == (3_300_000_000, 99_000_000, 0, 0)
    product.refresh_from_db()
    assert product.pilot_count == 1
    assert Milestone.objects.get(story=product.story).kind == "pilots.matched"
    assert Entry.objects.get(verb="pilots.match").subject_label == pilot.number


def test_match_tells_both_sides_once_each():
    product = factories.designated_product()
    both = person()
    member(both, product.supplier)
    member(both, product.designation.submission.lot.owner)
    other = person()
    member(other, company())
    pilot = factories.matched(product=product)

    told = Message.objects.filter(kind="pilots.matched")
    assert [message.recipient for message in told] == [both]
    assert told[0].url == f"/pilots/{pilot.number}/"
    assert pilot.number in told[0].subject


def test_match_of_another_institution_before_the_proposer_is_refused_and_names_it():
    product = factories.designated_product()
    proposer = product.designation.submission.lot.owner

    with override("ko"), pytest.raises(Refused) as refused:
        factories.matched(product=product, institution=institution())

    assert (refused.value.code, refused.value.field) == ("proposer_first", "institution")
    assert proposer.name_ko in str(refused.value)
    assert not Pilot.objects.exists()


def test_match_of_another_institution_after_the_proposer_is_possible():
    by, product = factories.budget_officer(), factories.designated_product()
    first = factories.matched(product=product, by=by)
    second = factories.matched(product=product, by=by, institution=institution())

    assert (first.is_proposer, second.is_proposer) == (True, False)


def test_match_of_another_institution_after_the_proposer_withdrew_is_possible():
    by, product = factories.budget_officer(), factories.designated_product()
    pilots.cancel_pilot(pilot=factories.matched(product=product, by=by), by=by, reason="기관이 포기")

    assert not factories.matched(product=product, by=by, institution=institution()).is_proposer


def test_match_of_a_product_that_nobody_proposed_is_open_to_all():
    product = factories.designated_product(without_owner=True)

    assert not factories.matched(product=product, institution=institution()).is_proposer


def test_match_of_the_same_institution_twice_is_refused():
    by, product = factories.budget_officer(), factories.designated_product()
    factories.matched(product=product, by=by)

    with pytest.raises(Refused) as refused:
        factories.matched(product=product, by=by)

    assert refused.value.code == "already_matched"


def test_match_waits_for_an_objection_and_for_its_evaluation_anew():
    product = factories.designated_product(submission=selected_proposal())
    objection = objected(product.designation.submission)
    with pytest.raises(Refused, check=lambda error: error.code == "held_back"):
        factories.matched(product=product)
    answered_anew(objection)
    with pytest.raises(Refused, check=lambda error: error.code == "held_back"):
        factories.matched(product=product)
    other = factories.designated_product(submission=selected_proposal())
    objection = objected(other.designation.submission)
    Objection.objects.filter(pk=objection.pk).update(state="withdrawn", ended_at=now())
    assert factories.matched(product=other).state == "matched"


@pytest.mark.parametrize("offset", [(1, 30), (-30, 0)], ids=["not yet", "ended yesterday"])
def test_match_while_the_designation_is_not_in_force_is_refused(offset):
    day = today()
    valid = (day + timedelta(days=offset[0]), day + timedelta(days=offset[1]))

    with pytest.raises(Refused) as refused:
        factories.matched(product=factories.designated_product(valid=valid))

    assert refused.value.code == "not_designated"


def test_commit_while_the_designation_has_ended_is_refused():
    day = today()
    product = factories.designated_product(valid=(day, day + timedelta(days=1)))
    pilot, by = factories.matched(product=product), factories.budget_officer()

    with moved_to(kst(day.year, day.month, day.day) + timedelta(days=1)), pytest.raises(Refused) as refused:
        pilots.commit_purchase(pilot=pilot, by=by, amount_won=1)

    assert refused.value.code in {"not_designated", "other_year"}


@pytest.mark.parametrize("who", ["pending", "company"])
def test_match_with_somebody_who_is_no_verified_institution_is_refused(who):
    product = factories.designated_product(without_owner=True)
    other = company() if who == "company" else institution(state="pending")

    with pytest.raises(Refused) as refused:
        factories.matched(product=product, institution=other)

    assert refused.value.code == "not_an_institution"


def test_match_and_commit_on_a_line_of_another_year_are_refused():
    by = factories.budget_officer()
    with pytest.raises(Refused) as refused:
        factories.matched(line=factories.line(year=today().year - 1))
    assert (refused.value.code, refused.value.field) == ("other_year", "line")

    with moved_to(kst(2025, 12, 30, 10)):
        pilot = factories.matched(by=by)
    with moved_to(kst(2026, 1, 2, 10)), pytest.raises(Refused) as refused:
        pilots.commit_purchase(pilot=pilot, by=by, amount_won=1)
    assert refused.value.code == "other_year"


@pytest.mark.parametrize("quantity", [0, -1, 1_000_001])
def test_match_with_an_impossible_quantity_is_refused_at_the_quantity(quantity):
    with pytest.raises(Refused) as refused:
        factories.matched(quantity=quantity)

    assert refused.value.field == "quantity"


def test_commit_moves_its_amount_and_leaves_the_rest_reserved():
    by = factories.budget_officer()
    pilot = factories.matched(by=by, amount=100, line=factories.line(1_000))

    pilot = pilots.commit_purchase(pilot=pilot, by=by, amount_won=60)

    assert (pilot.state, pilot.committed_won, pilot.still_reserved) == ("committed", 60, 40)
    assert totals(pilot.line) == (1_000, 40, 60, 0)


def test_commit_above_the_reservation_is_refused_with_the_limit():
    by = factories.budget_officer()
    pilot = factories.matched(by=by, amount=100)

    with pytest.raises(Refused) as refused:
        pilots.commit_purchase(pilot=pilot, by=by, amount_won=101)

    assert (refused.value.code, refused.value.field) == ("over_reservation", "amount_won")
    assert "100" in str(refused.value)
    assert totals(pilot.line)[1:] == (100, 0, 0)


def test_commit_twice_is_refused_and_books_once():
    by = factories.budget_officer()
    pilot = factories.committed(by=by, amount=100, commit=40)

    with pytest.raises(Refused) as refused:
        pilots.commit_purchase(pilot=pilot, by=by, amount_won=40)

    assert refused.value.code == "commit_not_now"
    assert totals(pilot.line)[1:] == (60, 40, 0)


def test_release_before_the_contract_gives_back_only_what_was_not_committed():
    by = factories.budget_officer()
    pilot = factories.committed(by=by, amount=100, commit=60)

    pilot = pilots.release_rest(pilot=pilot, by=by, reason="남음")

    assert totals(pilot.line)[1:] == (0, 60, 0)
    with pytest.raises(Refused) as refused:
        pilots.release_rest(pilot=pilot, by=by, reason="또")
    assert refused.value.code == "nothing_to_release"


def test_release_after_a_contract_below_the_commitment_gives_back_the_difference():
    by = factories.budget_officer()
    pilot = factories.contracted(by=by, amount=120_000_000, commit=110_000_000, supply=90_000_000)

    pilot = pilots.release_rest(pilot=pilot, by=by, reason="계약 잔액")

    assert totals(pilot.line)[1:] == (0, 99_000_000, 0)
    assert (pilot.reserved_released_won, pilot.committed_released_won) == (10_000_000, 11_000_000)
    kinds = LedgerEntry.objects.filter(pilot=pilot, kind="release").values_list("amount", "from_committed")
    assert set(kinds) == {(10_000_000, False), (11_000_000, True)}


def test_release_after_the_verdict_gives_back_what_was_not_accepted():
    by = factories.budget_officer()
    pilot = factories.concluded(by=by, accepted=1, refused=2)
    payment.pay(pilot=pilot, by=by, amount_won=33_000_000)

    pilot = pilots.release_rest(pilot=pilot, by=by, reason="불합격분")

    assert totals(pilot.line)[1:] == (0, 0, 33_000_000)


def test_release_while_a_refused_part_may_still_be_judged_keeps_the_contract():
    by = factories.budget_officer()
    pilot = factories.inspected(by=by, accepted=1, refused=2)

    with pytest.raises(Refused) as refused:
        pilots.release_rest(pilot=pilot, by=by, reason="불합격분")

    assert refused.value.code == "nothing_to_release"


@pytest.mark.parametrize("make", [factories.matched, factories.committed])
def test_cancel_frees_all_of_its_money(make):
    by, line = factories.budget_officer(), factories.line(1_000)
    options = {"commit": 60} if make is factories.committed else {}
    pilot = make(by=by, amount=100, line=line, **options)

    pilot = pilots.cancel_pilot(pilot=pilot, by=by, reason="기관이 포기")

    assert pilot.state == "cancelled"
    assert totals(line) == (1_000, 0, 0, 0)
    pilot.product.refresh_from_db()
    assert pilot.product.pilot_count == 0
    assert Milestone.objects.filter(kind="pilots.cancelled").count() == 1


def test_cancel_after_the_contract_is_refused():
    by = factories.budget_officer()
    pilot = factories.contracted(by=by)

    with pytest.raises(Refused) as refused:
        pilots.cancel_pilot(pilot=pilot, by=by, reason="늦음")

    assert refused.value.code == "cancel_not_now"


def test_cancel_and_release_without_a_reason_are_refused():
    by = factories.budget_officer()
    pilot = factories.committed(by=by, amount=100, commit=60)

    for verb in (pilots.cancel_pilot, pilots.release_rest):
        with pytest.raises(Refused) as refused:
            verb(pilot=pilot, by=by, reason="")
        assert refused.value.field == "reason"


def test_pilot_without_a_story_runs_all_the_same():
    pilot = factories.concluded(product=factories.designated_product(story=False))

    assert pilot.state == "concluded"
    assert not Milestone.objects.exists()
