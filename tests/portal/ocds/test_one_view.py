"""A batch is read at one instant: no release is made of half of what somebody is committing."""

from __future__ import annotations

from typing import Any

from innomarket.portal.ocds import reading, releases
from innomarket.portal.ocds.processes import of_number
from pilots.services import payment
from tests.pilots import factories as pilots
from tests.portal.ocds import story
from tests.support.races import at_once, values


def of(number: str) -> list[dict[str, Any]]:
    (process,) = of_number(number)
    return releases.releases_of(process)


def test_what_is_committed_while_a_batch_is_read_is_in_the_next_one(fresh_database, monkeypatch):
    """A payment between the queries: without one view the release of it would stand beside a pilot without it."""
    story.rules()
    pilot, officer = pilots.inspected(product=pilots.designated_product()), pilots.budget_officer()
    before = of(pilot.number)
    asked = reading._results

    def paid_meanwhile(lots: Any) -> None:
        monkeypatch.undo()  # once

        def pay() -> None:
            payment.pay(pilot=pilot, by=officer, amount_won=1_000_000)

        values(at_once(pay))
        asked(lots)

    monkeypatch.setattr(reading, "_results", paid_meanwhile)
    assert of(pilot.number) == before
    assert len(of(pilot.number)) == len(before) + 1
