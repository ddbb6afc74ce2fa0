"""What two people do at the same instant around a blind round, each on a connection of their own."""

from datetime import timedelta

import pytest

from innomarket.common.clock import now
from innomarket.evaluation.models import Round
from innomarket.evaluation.services.round import start_round
from innomarket.submissions.models import SupplementRequest
from innomarket.submissions.services.returning import return_copy
from tests.accounts.factories import person, staff
from tests.documents.conftest import store  # noqa: F401
from tests.support.races import at_once

from .blind_world import prepared_blind
from .test_blindness import seat, two_rounds
from .test_races import codes

pytestmark = pytest.mark.usefixtures("fresh_database")


def test_somebody_is_seated_in_an_open_and_a_blind_round_at_once_and_sits_in_one():
    _made, blind, anew = two_rounds()
    user = person()
    found = codes(at_once(lambda: seat(blind, user), lambda: seat(anew, user)))
    assert sorted(found, key=str) == [None, "not_blind"]
    assert Round.objects.filter(panelists__user=user).count() == 1


@pytest.mark.parametrize("attempt", range(4))
@pytest.mark.usefixtures("store")
def test_a_copy_is_returned_while_its_round_starts_and_one_of_them_happens(attempt):
    made = prepared_blind()
    other, due = staff("run_rounds"), now() + timedelta(days=2)
    started, returned = codes(
        at_once(
            lambda: start_round(round=made.round, by=made.staff),
            lambda: return_copy(submission=made.submissions[0], by=other, due_at=due, reason="p. 1: a logo"),
        )
    )
    assert (started, returned) in [(None, "in_a_round"), ("supplements_under_way", None)]
    assert SupplementRequest.objects.exists() is (returned is None)
