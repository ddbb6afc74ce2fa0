"""Many at once over one line, each with a real connection: 0 won over, 0 won lost."""

import time

from innomarket.common.refusals import Refused
from pilots.models import BudgetLine, LedgerEntry, Pilot
from pilots.services import news, payment, trial
from pilots.services import pilot as pilots
from tests.accounts.factories import institution
from tests.support.races import at_once

from . import factories
from .test_ledger import booked, sums

RACERS = 16
HUNDRED_MILLION = 100_000_000


def outcome(outcomes):
    """How many went through, and the codes of the refusals; anything else is an error of ours."""
    for made in outcomes:
        if made.error is not None and not isinstance(made.error, Refused):
            raise made.error
    return (
        sum(made.error is None for made in outcomes),
        {made.error.code for made in outcomes if made.error is not None},
    )


def assert_adds_up(line):
    line.refresh_from_db()
    assert booked(line) == sums(LedgerEntry.objects.filter(line=line))
    assert line.free >= 0


def test_match_of_sixteen_at_once_spends_the_line_to_the_last_won(fresh_database):
    line = factories.line(10 * HUNDRED_MILLION)
    officers = [factories.budget_officer() for _ in range(RACERS)]
    products = [factories.designated_product() for _ in range(RACERS)]

    def match(product, by):
        return pilots.match(
            product=product,
            institution=product.designation.submission.lot.owner,
            line=line,
            quantity=1,
            amount_won=HUNDRED_MILLION,
            by=by,
        )

    outcomes = at_once(*(lambda p=p, by=by: match(p, by) for p, by in zip(products, officers, strict=True)))

    assert outcome(outcomes) == (10, {"over_budget"})
    assert_adds_up(line)
    assert (line.reserved, line.free) == (10 * HUNDRED_MILLION, 0)
    assert Pilot.objects.count() == 10


def test_commit_of_sixteen_at_once_over_one_line_loses_nothing(fresh_database):
    line = factories.line(16 * HUNDRED_MILLION)
    officers = [factories.budget_officer() for _ in range(RACERS)]
    made = [factories.matched(line=line, amount=HUNDRED_MILLION, by=by) for by in officers]
    asked = [HUNDRED_MILLION - number for number in range(RACERS)]

    outcomes = at_once(
        *(
            lambda pilot=pilot, by=by, won=won: pilots.commit_purchase(pilot=pilot, by=by, amount_won=won)
            for pilot, by, won in zip(made, officers, asked, strict=True)
        )
    )

    assert outcome(outcomes) == (RACERS, set())
    assert_adds_up(line)
    assert (line.committed, line.reserved) == (sum(asked), 16 * HUNDRED_MILLION - sum(asked))


def test_commit_of_one_pilot_by_sixteen_at_once_is_booked_once(fresh_database):
    line = factories.line(16 * HUNDRED_MILLION)
    pilot = factories.matched(line=line, amount=HUNDRED_MILLION)
    officers = [factories.budget_officer() for _ in range(RACERS)]

    outcomes = at_once(
        *(
            lambda by=by: pilots.commit_purchase(pilot=pilot, by=by, amount_won=HUNDRED_MILLION // 2)
            for by in officers
        )
    )

    assert outcome(outcomes) == (1, {"commit_not_now"})
    assert_adds_up(line)
    assert line.committed == HUNDRED_MILLION // 2


def test_pay_of_one_contract_by_sixteen_at_once_stops_at_the_accepted_share(fresh_database):
    by = factories.budget_officer()
    pilot = factories.inspected(by=by, accepted=2, refused=1)  # 66,000,000 won are earned

    outcomes = at_once(
        *(lambda: payment.pay(pilot=pilot, by=by, amount_won=10_000_000) for _ in range(RACERS))
    )

    assert outcome(outcomes) == (6, {"over_accepted"})
    pilot.refresh_from_db()
    assert_adds_up(BudgetLine.objects.get(pk=pilot.line_id))
    assert pilot.paid_won == 60_000_000


def test_match_of_one_product_at_once_never_exceeds_its_institutions(fresh_database):
    by, line, product = factories.budget_officer(), factories.line(), factories.designated_product()
    factories.matched(product=product, line=line, by=by, amount=1_000)
    others = [institution() for _ in range(RACERS)]

    outcomes = at_once(
        *(
            lambda other=other: pilots.match(
                product=product, institution=other, line=line, quantity=1, amount_won=1_000, by=by
            )
            for other in others
        )
    )

    assert outcome(outcomes) == (4, {"institutions_full"})
    product.refresh_from_db()
    assert (Pilot.objects.count(), product.pilot_count) == (5, 5)


def test_cancel_and_commit_at_once_end_in_one_of_the_two(fresh_database):
    by = factories.budget_officer()
    made = [factories.matched(by=by, amount=1_000) for _ in range(8)]
    for pilot in made:
        at_once(
            lambda pilot=pilot: pilots.cancel_pilot(pilot=pilot, by=by, reason="r"),
            lambda pilot=pilot: pilots.commit_purchase(pilot=pilot, by=by, amount_won=1_000),
        )

        pilot.refresh_from_db()
        line = BudgetLine.objects.get(pk=pilot.line_id)
        assert_adds_up(line)
        # Committed may still be cancelled, so the end is cancelled, or committed with its money.
        expected = {"cancelled": (0, 0), "committed": (0, 1_000)}[pilot.state]
        assert (line.reserved, line.committed) == expected


def test_two_trials_of_one_product_concluded_at_once_both_stand_in_the_catalogue(fresh_database, monkeypatch):
    by = factories.budget_officer()
    product = factories.designated_product()
    line = factories.line(10 * HUNDRED_MILLION, by=by)
    first = factories.inspected(by=by, product=product, line=line)
    second = factories.inspected(by=by, product=product, line=line, institution=institution())
    for pilot in (first, second):
        trial.record_measures(pilot=pilot, by=by, measures=factories.MEASURES)
    write = news.note_pilot

    def slowly(**fields):
        time.sleep(0.5)
        return write(**fields)

    monkeypatch.setattr(news, "note_pilot", slowly)
    outcomes = at_once(
        *(
            lambda pilot=pilot: trial.conclude(pilot=pilot, by=by, verdict="success", summary="이루었다.")
            for pilot in (first, second)
        )
    )

    assert outcome(outcomes) == (2, set())
    product.refresh_from_db()
    assert {row["number"] for row in product.pilot_results} == {first.number, second.number}
