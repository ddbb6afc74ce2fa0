"""Whatever is asked in whatever order: the ledger adds up, nothing is negative, nothing is spent over."""

import pytest
from django.db import transaction
from django.db.models import Q, Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from innomarket.common.refusals import Refused
from innomarket.notifications.services import suppressed
from pilots.models import LedgerEntry, Pilot
from pilots.services import budget, payment, trial
from pilots.services import pilot as pilots
from tests.accounts.factories import institution

from . import factories

MILLION = 1_000_000
amounts = st.integers(-1, 40).map(lambda n: n * 25 * MILLION) | st.integers(1, 600 * MILLION)
units = st.integers(0, 5)


def sums(entries):
    """Totals as the ledger alone gives them: appropriated, reserved, committed, paid."""
    of = {
        (row["kind"], row["from_committed"]): row["sum"]
        for row in entries.values("kind", "from_committed").order_by().annotate(sum=Sum("amount"))
    }

    def get(kind, from_committed=False):
        return of.get((kind, from_committed), 0)

    return (
        get("appropriate") - get("withdraw"),
        get("reserve") - get("commit") - get("release"),
        get("commit") - get("pay") - get("release", True),
        get("pay"),
    )


def booked(line):
    return (line.appropriated, line.reserved, line.committed, line.paid)


class Money(RuleBasedStateMachine):
    """One line, three products, and people who ask for anything at any time."""

    @initialize(amount=st.sampled_from([1, 99 * MILLION, 1_200 * MILLION, 3_300 * MILLION]))
    def begin(self, amount):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.officer = factories.budget_officer()
        self.products = [factories.designated_product() for _ in range(3)]
        self.institutions = [institution() for _ in range(2)]
        self.line = factories.line(amount, by=self.officer)
        self.pilots = []

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def attempt(self, verb, **arguments):
        """The object, or None where it was refused: then nothing at all may have changed."""
        before = booked(self.line), LedgerEntry.objects.count(), Pilot.objects.count()
        try:
            with transaction.atomic(), suppressed():
                done = verb(by=self.officer, **arguments)
        except Refused:
            done = None
        self.line.refresh_from_db()
        if done is None:
            assert (booked(self.line), LedgerEntry.objects.count(), Pilot.objects.count()) == before
        return done

    def one(self, data):
        return factories.fresh(data.draw(st.sampled_from(self.pilots)))

    @rule(amount=amounts, add=st.booleans())
    def supplement(self, amount, add):
        free = self.line.free
        done = self.attempt(
            budget.appropriate if add else budget.withdraw, line=self.line, amount=amount, reason="r"
        )
        assert (done is not None) == (amount > 0 and (add or amount <= free))

    @rule(amount=amounts, product=st.integers(0, 2), who=st.integers(0, 2), quantity=units)
    def match(self, amount, product, who, quantity):
        chosen = self.products[product]
        free = self.line.free
        done = self.attempt(
            pilots.match,
            product=chosen,
            institution=[chosen.designation.submission.lot.owner, *self.institutions][who],
            line=self.line,
            quantity=quantity,
            amount_won=amount,
        )
        if done is not None:
            assert 0 < amount <= min(free, 500 * MILLION)
            self.pilots.append(done)

    @rule(data=st.data(), amount=amounts)
    def commit(self, data, amount):
        if self.pilots:
            pilot = self.one(data)
            done = self.attempt(pilots.commit_purchase, pilot=pilot, amount_won=amount)
            expected = pilot.state == "matched" and 0 < amount <= pilot.reserved_won
            assert (done is not None) == expected

    @rule(data=st.data(), share=st.integers(1, 12), quantity=units)
    def sign(self, data, share, quantity):
        if self.pilots:
            pilot = self.one(data)
            supply = (pilot.committed_won or MILLION) * share // 11
            self.attempt(lambda by: factories.sign(pilot, by, supply=supply, quantity=quantity))

    @rule(data=st.data(), accepted=units, refused=units)
    def inspect(self, data, accepted, refused):
        if self.pilots:
            pilot = self.one(data)
            self.attempt(lambda by: factories.inspect(pilot, by, accepted=accepted, refused=refused))

    @rule(data=st.data())
    def conclude(self, data):
        if self.pilots:
            pilot = self.one(data)
            self.attempt(trial.record_measures, pilot=pilot, measures=factories.MEASURES)
            self.attempt(trial.conclude, pilot=pilot, verdict="success", summary="s")

    @rule(data=st.data(), amount=amounts)
    def pay(self, data, amount):
        if self.pilots:
            self.attempt(payment.pay, pilot=self.one(data), amount_won=amount)

    @rule(data=st.data())
    def release(self, data):
        if self.pilots:
            self.attempt(pilots.release_rest, pilot=self.one(data), reason="r")

    @rule(data=st.data())
    def cancel(self, data):
        if self.pilots:
            pilot = self.one(data)
            done = self.attempt(pilots.cancel_pilot, pilot=pilot, reason="r")
            assert (done is not None) == (pilot.state in ("matched", "committed"))

    @invariant()
    def the_ledger_adds_up(self):
        if hasattr(self, "line"):
            assert booked(self.line) == sums(LedgerEntry.objects.filter(line=self.line))
            assert min(booked(self.line)) >= 0
            assert self.line.free >= 0

    @invariant()
    def each_pilot_agrees_with_its_entries(self):
        for pilot in Pilot.objects.filter(pk__in=[made.pk for made in getattr(self, "pilots", [])]):
            _none, reserved, committed, paid = sums(LedgerEntry.objects.filter(Q(pilot=pilot)))
            assert (pilot.still_reserved, pilot.still_committed, pilot.paid_won) == (
                reserved,
                committed,
                paid,
            )


@pytest.mark.django_db
def test_ledger_adds_up_whatever_is_asked_in_whatever_order():
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
