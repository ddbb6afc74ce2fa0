"""Inspection, measures, verdict and payment."""

from datetime import timedelta

import pytest

from catalog.models import Product
from innomarket.common.clock import today
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from innomarket.timeline.models import Milestone
from pilots.models import TestMeasure, TestResult
from pilots.reads import accepted_share, payable
from pilots.services import payment, trial
from tests.accounts.factories import institution, member, person

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return factories.budget_officer()


# ── inspection ──


def test_inspection_by_the_institution_records_what_was_accepted_and_refused():
    pilot = factories.contracted()
    by = factories.editor_of(pilot.institution)

    inspection = factories.inspect(pilot, by, accepted=2, refused=1)

    assert (inspection.accepted, inspection.refused, inspection.inspected_by) == (2, 1, by)
    assert factories.fresh(pilot).state == "inspected"
    assert "2 of 3" in Milestone.objects.get(kind="pilots.delivered").text_en


def test_inspection_tells_company_institution_and_budget_staff(officer):
    pilot = factories.contracted(by=officer)
    people = {factories.editor_of(pilot.institution), factories.editor_of(pilot.product.supplier), officer}
    factories.editor_of(institution())

    factories.inspect(pilot, officer)

    assert {message.recipient for message in Message.objects.filter(kind="pilots.inspected")} == people


@pytest.mark.parametrize(
    ("accepted", "refused", "reason", "field"),
    [
        (0, 0, "", "accepted"),
        (4, 0, "", "accepted"),
        (2, 2, "고장", "accepted"),
        (-1, 2, "고장", "accepted"),
        (2, 1, " ", "reason"),
    ],
    ids=["nothing", "too many accepted", "too many together", "negative", "no reason"],
)
def test_inspection_of_impossible_quantities_is_refused_at_its_field(
    officer, accepted, refused, reason, field
):
    pilot = factories.contracted(by=officer)

    with pytest.raises(Refused) as refusal:
        factories.inspect(pilot, officer, accepted=accepted, refused=refused, reason=reason)

    assert refusal.value.field == field
    assert factories.fresh(pilot).state == "contracted"


@pytest.mark.parametrize(
    ("delivered", "inspected", "field"),
    [(-1, 0, "delivered_on"), (0, -1, "inspected_on"), (0, 1, "inspected_on")],
    ids=["delivered before signed", "inspected before delivered", "inspected tomorrow"],
)
def test_inspection_with_days_out_of_order_is_refused_at_the_day(officer, delivered, inspected, field):
    day = today()

    with pytest.raises(Refused) as refused:
        factories.inspect(
            factories.contracted(by=officer),
            officer,
            delivered_on=day + timedelta(days=delivered),
            inspected_on=day + timedelta(days=inspected),
        )

    assert refused.value.field == field


# ── measures and verdict ──


def test_measures_can_be_corrected_until_the_verdict(officer):
    pilot = factories.inspected(by=officer)
    trial.record_measures(pilot=pilot, by=officer, measures=factories.MEASURES)

    trial.record_measures(pilot=pilot, by=officer, measures=factories.MEASURES[:1])

    assert list(TestMeasure.objects.values_list("order", "found")) == [(1, "97%")]
    trial.conclude(pilot=pilot, by=officer, verdict="success", summary="됨")
    with pytest.raises(Refused) as refused:
        trial.record_measures(pilot=pilot, by=officer, measures=factories.MEASURES)
    assert refused.value.code == "measure_not_now"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"target": " "}, "target_2"),
        ({"found": "가" * 121}, "found_2"),
        ({"reached": None}, "reached_2"),
    ],
)
def test_measures_with_a_gap_are_refused_at_the_field_and_keep_what_was_there(officer, change, field):
    pilot = factories.inspected(by=officer)
    trial.record_measures(pilot=pilot, by=officer, measures=factories.MEASURES)

    with pytest.raises(Refused) as refused:
        trial.record_measures(
            pilot=pilot, by=officer, measures=[factories.MEASURES[0], {**factories.MEASURES[1], **change}]
        )

    assert refused.value.field == field
    assert TestMeasure.objects.count() == 2


def test_measures_before_the_delivery_are_refused(officer):
    with pytest.raises(Refused) as refused:
        trial.record_measures(pilot=factories.contracted(by=officer), by=officer, measures=factories.MEASURES)

    assert refused.value.code == "measure_not_now"


def test_verdict_reaches_the_catalogue_the_story_and_both_sides(officer):
    pilot = factories.concluded(by=officer, verdict="failure")

    product = Product.objects.get(pk=pilot.product_id)
    assert (product.pilot_count, product.pilot_verdict) == (1, "failure")
    assert TestResult.objects.get().given_by == officer
    kinds = Milestone.objects.filter(story=pilot.story).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["pilots.matched", "pilots.contracted", "pilots.delivered", "pilots.verdict"]


@pytest.mark.parametrize(
    ("verdict", "summary", "measured", "code"),
    [
        ("success", "됨", False, "verdict_without_measures"),
        ("perfect", "됨", True, "verdict_unknown"),
        ("success", "  ", True, "verdict_unexplained"),
    ],
)
def test_verdict_that_rests_on_nothing_is_refused(officer, verdict, summary, measured, code):
    pilot = factories.inspected(by=officer)
    if measured:
        trial.record_measures(pilot=pilot, by=officer, measures=factories.MEASURES)

    with pytest.raises(Refused) as refused:
        trial.conclude(pilot=pilot, by=officer, verdict=verdict, summary=summary)

    assert refused.value.code == code
    assert not TestResult.objects.exists()


# ── who ──


def test_recording_is_for_editors_of_the_institution_and_budget_staff(officer):
    pilot = factories.contracted(by=officer)
    strangers = {
        "nobody": person(),
        "viewer": factories.viewer_of(pilot.institution),
        "company": factories.editor_of(pilot.product.supplier),
        "another institution": factories.editor_of(institution()),
    }
    both = factories.editor_of(pilot.institution)
    member(both, pilot.product.supplier)
    strangers["of both sides"] = both
    for name, user in strangers.items():
        with pytest.raises(Refused) as refused:
            factories.inspect(pilot, user)
        assert refused.value.status == 403, name

    editor = factories.editor_of(pilot.institution)
    factories.inspect(pilot, editor)
    for user in strangers.values():
        with pytest.raises(Refused) as refused:
            trial.record_measures(pilot=pilot, by=user, measures=factories.MEASURES)
        assert refused.value.status == 403
    trial.record_measures(pilot=pilot, by=editor, measures=factories.MEASURES)
    for user in strangers.values():
        with pytest.raises(Refused) as refused:
            trial.conclude(pilot=pilot, by=user, verdict="success", summary="됨")
        assert refused.value.status == 403
    trial.conclude(pilot=pilot, by=editor, verdict="success", summary="됨")


# ── payment ──


def test_pay_up_to_the_accepted_share_and_not_one_won_more(officer):
    pilot = factories.inspected(by=officer, accepted=2, refused=1)
    assert payable(pilot) == 66_000_000

    pilot = payment.pay(pilot=pilot, by=officer, amount_won=60_000_000)
    with pytest.raises(Refused) as refused:
        payment.pay(pilot=pilot, by=officer, amount_won=6_000_001)
    assert refused.value.code == "over_accepted"
    assert "6,000,000" in str(refused.value)

    pilot = payment.pay(pilot=pilot, by=officer, amount_won=6_000_000)
    pilot.line.refresh_from_db()
    assert (pilot.paid_won, pilot.line.paid, pilot.line.committed) == (66_000_000, 66_000_000, 33_000_000)


def test_pay_for_a_share_that_is_no_whole_won_is_rounded_down(officer):
    pilot = factories.inspected(by=officer, supply=100, accepted=1, refused=2)

    assert accepted_share(pilot.contract, pilot.contract.inspection) == 36  # 110 × 1 ÷ 3


@pytest.mark.parametrize("make", [factories.committed, factories.contracted])
def test_pay_before_the_inspection_is_refused(officer, make):
    with pytest.raises(Refused) as refused:
        payment.pay(pilot=make(by=officer), by=officer, amount_won=1)

    assert refused.value.code == "pay_not_now"


def test_pay_when_nothing_was_accepted_is_refused(officer):
    with pytest.raises(Refused) as refused:
        payment.pay(pilot=factories.inspected(by=officer, accepted=0, refused=3), by=officer, amount_won=1)

    assert refused.value.code == "over_accepted"


def test_pay_tells_the_company_each_time(officer):
    pilot = factories.inspected(by=officer)
    reader = factories.editor_of(pilot.product.supplier)

    payment.pay(pilot=pilot, by=officer, amount_won=1_000)
    payment.pay(pilot=pilot, by=officer, amount_won=1_000)

    assert Message.objects.filter(kind="pilots.paid", recipient=reader).count() == 2


def test_money_is_moved_only_by_budget_staff(officer):
    pilot = factories.inspected(by=officer)

    for user in (factories.editor_of(pilot.institution), factories.editor_of(pilot.product.supplier)):
        with pytest.raises(Refused) as refused:
            payment.pay(pilot=pilot, by=user, amount_won=1)
        assert refused.value.status == 403
