"""A need as releases: in order, valid, nothing beside the standard, and merged they say what stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.services.product import edit_product
from challenges.models import Challenge
from designation.services import motion as motions
from innomarket.accounts.models import Organisation
from innomarket.common.clock import now
from innomarket.portal.ocds import package, records, releases
from innomarket.portal.ocds.processes import Place, batch, by_ocid, of_number, walk
from innomarket.portal.ocds.since import Span, lots_in
from innomarket.submissions.models import Call, Lot
from innomarket.submissions.services.call import amend_call, cancel_call, extend_call
from pilots.services import trial
from pilots.services.pilot import cancel_pilot
from tests.accounts.factories import company, institution, person, staff
from tests.catalog.factories import item_class
from tests.challenges import factories as challenges
from tests.designation import factories as designations
from tests.designation.test_review import revised
from tests.pilots import factories as pilots
from tests.portal.ocds import story
from tests.portal.ocds.standard import OPEN, codes, problems
from tests.submissions import factories as engine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules():
    story.rules()


def of(number: str) -> list[dict[str, Any]]:
    """The releases of the one process of a number."""
    (process,) = of_number(number)
    return releases.releases_of(process)


def tags(number: str) -> list[list[str]]:
    return [release["tag"] for release in of(number)]


def packed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    last = max(row["date"] for row in rows)
    return {**package.head("/ocds/history.json"), "releases": rows, "publishedDate": last}


def settled(value: Any) -> Any:
    """Lists of objects by their identifiers: a merge keeps the order in which they first came."""
    if isinstance(value, list):
        rows = [settled(each) for each in value]
        return sorted(rows, key=lambda row: row["id"]) if rows and isinstance(rows[0], dict) else rows
    if isinstance(value, dict):
        return {name: settled(each) for name, each in value.items()}
    return value


def assert_merged_is_what_stands(number: str) -> None:
    for process in of_number(number):
        merged = settled(records.compiled(releases.releases_of(process)))
        beside = ("ocid", "id", "date", "tag", "language", "initiationType")
        stands = settled(releases.state_at(process, now() + timedelta(days=60)))
        assert {name: value for name, value in merged.items() if name not in beside} == stands


def test_the_whole_way_of_a_need_is_told_in_order():
    told = story.told()
    assert tags(told.number) == [
        ["planning"],
        ["tender"],
        ["tenderUpdate", "award"],
        ["tenderUpdate"],  # the factory publishes the round a moment after its result
        ["awardUpdate"],
        ["contract"],
        ["contractUpdate"],
        ["implementation"],
        ["implementationUpdate"],
        ["implementationUpdate"],
        ["implementationUpdate", "contractTermination"],
        ["implementationUpdate"],
        ["awardCancellation"],
    ]
    rows = of(told.number)
    assert [row["date"] for row in rows] == sorted({row["date"] for row in rows})
    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["ocid"] for row in rows} == {f"ocds-000000-{told.number}"}


def test_the_story_is_valid_and_has_nothing_beside_the_standard():
    told = story.told()
    rows = of(told.number)
    assert problems(packed(rows)) == []
    record = records.record_of(rows, versioned=True)
    assert problems({**package.head("/x"), "records": [record], "publishedDate": rows[-1]["date"]}) == []
    used = codes(packed(rows))
    assert {name for name, found in used.items() if not found <= OPEN[name]} == set()


def test_a_wrong_package_is_found():
    """The validator of these tests finds what it is there for."""
    rows = of(story.told(end=False).number)
    rows[0]["colour"] = "blue"
    rows[1]["tender"]["status"] = "open"
    rows[1]["tender"]["tenderPeriod"]["endDate"] = 5
    found = "\n".join(problems(packed(rows)))
    assert "colour" in found and "'open'" in found and "endDate" in found


def test_what_merging_gives_is_what_stands():
    assert_merged_is_what_stands(story.told().number)


def test_amounts_and_states_of_the_purchase_are_those_of_its_page():
    told = story.told()
    merged = records.compiled(of(told.number))
    (contract,) = merged["contracts"]
    (award,) = merged["awards"]
    assert contract["value"] == {"amount": pilots.AMOUNT, "currency": "KRW"}
    assert contract["awardID"] == award["id"] == told.proposal.number
    assert [row["value"]["amount"] for row in contract["implementation"]["transactions"]] == [
        10_000_000,
        56_000_000,
    ]
    assert contract["status"] == "terminated" and award["status"] == "cancelled"
    milestones = {row["id"]: row["status"] for row in contract["implementation"]["milestones"]}
    assert milestones == {"verdict": "met", "measure-1": "met", "measure-2": "notMet", "use-1": "met"}
    assert contract["milestones"][0]["status"] == "partiallyMet"
    assert merged["tender"]["status"] == "complete"
    roles = {party["name"]: party["roles"] for party in merged["parties"]}
    assert roles[told.designation.organisation.name_ko] == ["supplier", "tenderer", "payee"]
    assert roles[told.pilot.institution.name_ko] == ["user"]


def test_releases_that_were_told_stay_when_more_happens():
    told = story.told(end=False)
    before = of(told.number)
    officer = staff("keep_catalogue")
    edit_product(
        product=told.designation.product, by=officer, item_class=item_class().code, reason="Corrected."
    )
    story.ended(told.designation, designations.secretary())
    told.designation.refresh_from_db()
    after = of(told.number)
    assert after[: len(before)] == before and len(after) == len(before) + 1
    (award,) = after[-1]["awards"]
    assert award["contractPeriod"]["endDate"] == f"{told.designation.last_day}T23:59:59+09:00"
    (amendment,) = award["amendments"]
    assert amendment["date"] == after[-1]["date"]
    assert told.designation.last_day.isoformat() in amendment["description"]
    assert "amendments" not in str(next(row["awards"] for row in reversed(before) if "awards" in row))


def test_nothing_of_a_trial_is_told_before_its_verdict():
    pilot = pilots.inspected(product=pilots.designated_product())
    trial.record_measures(pilot=pilot, by=pilots.budget_officer(), measures=pilots.MEASURES)
    assert "누수 탐지율" not in str(of(pilot.number))
    trial.conclude(pilot=pilot, by=pilots.budget_officer(), verdict="failure", summary="이루지 못했다.")
    (last,) = of(pilot.number)[-1]["contracts"]
    assert "누수 탐지율" in str(last) and last["status"] == "active"
    assert last["implementation"]["milestones"][0]["status"] == "notMet"


def test_a_pilot_that_is_cancelled_is_a_contract_that_was_never_signed():
    pilot = pilots.committed(product=pilots.designated_product())
    cancel_pilot(pilot=pilot, by=pilots.budget_officer(), reason="예산 조정")
    last = of(pilot.number)[-1]
    assert last["tag"] == ["contractUpdate"] and last["contracts"][0]["status"] == "cancelled"
    assert "예산 조정" not in str(of(pilot.number))
    assert_merged_is_what_stands(pilot.number)


def test_a_call_that_is_amended_and_moved_keeps_what_was_announced():
    need = story.task()
    call = challenges.solution_call(need)
    by, announced = staff("run_rounds"), call.closes_at
    amend_call(call=call, by=by, what_ko="제목을 고침", what_en="Title corrected", title_ko="다른 제목")
    later = announced + timedelta(days=3)
    extend_call(call=call, by=by, closes_at=later, opening_at=later + timedelta(hours=1), reason="문의 많음")
    rows = of(need.submission.number)
    assert [row["tag"] for row in rows] == [
        ["planning"],
        ["tender"],
        ["tenderAmendment"],
        ["tenderAmendment"],
    ]
    ends = [datetime.fromisoformat(row["tender"]["tenderPeriod"]["endDate"]) for row in rows[1:]]
    assert ends == [announced, announced, later]
    assert [one["id"] for one in rows[-1]["tender"]["amendments"]] == ["amendment-01", "move-1"]
    assert Call.objects.get(pk=call.pk).closes_at == later
    assert_merged_is_what_stands(need.submission.number)


def test_a_move_for_one_applicant_is_nobodys_business():
    need = story.task()
    call = challenges.solution_call(need)
    before, at = of(need.submission.number), now()
    later = call.closes_at + timedelta(days=3)
    extend_call(
        call=call,
        by=staff("run_rounds"),
        closes_at=later,
        opening_at=later + timedelta(hours=1),
        reason="그 회사의 회선 장애",
        organisations=[company()],
    )
    assert of(need.submission.number) == before
    assert not lots_in(Span(since=at), Lot.objects.all()).exists()


def test_a_further_call_after_a_cancelled_one_is_a_process_that_names_it():
    need = story.task()
    cancel_call(call=challenges.solution_call(need), by=staff("run_rounds"), reason="요건 변경")
    need.refresh_from_db()
    challenges.solution_call(Challenge.objects.get(pk=need.pk))
    number = need.submission.number
    first, second = of_number(number)
    assert (first.local, second.local) == (number, f"{number}-2")
    assert [row["tag"] for row in releases.releases_of(first)] == [
        ["planning"],
        ["tender"],
        ["tenderCancellation"],
    ]
    (only,) = releases.releases_of(second)
    assert only["tag"] == ["tender"] and "planning" not in only
    assert [row["relationship"] for row in only["relatedProcesses"]] == [["planning", "unsuccessfulProcess"]]
    assert by_ocid(f"ocds-000000-{number}-2").local == second.local
    assert problems(packed([*releases.releases_of(first), only])) == []
    assert "요건 변경" not in str([releases.releases_of(first), only])


def test_each_lot_of_a_call_is_a_process_of_its_own():
    tasks = [story.task(), story.task()]
    call = challenges.solution_call(*tasks)
    assert {process.local for process in of_number(call.number)} == {one.submission.number for one in tasks}


def test_a_lot_without_a_task_is_known_by_its_call():
    lot = designations.proposal_lot()
    (process,) = of_number(lot.call.number)
    assert process.local == f"{lot.call.number}-1" and process.task is None
    assert by_ocid(f"ocds-000000-{lot.call.number}-1").lot == lot
    assert releases.releases_of(process)[0]["tag"] == ["tender"]


def test_a_rejected_proposal_and_one_that_is_evaluated_anew_end_as_they_did():
    by = designations.secretary()
    rejected = designations.voting(by=by)
    designations.cast(rejected, "against", "against", "against")
    motions.close_vote(motion=rejected, by=by)
    number = rejected.submission.lot.call.number
    assert of(number)[-1]["awards"][0]["status"] == "unsuccessful"
    anew = designations.selected_proposal()
    revised(anew)
    last = of(anew.lot.call.number)[-1]
    assert last["awards"][0]["status"] == "cancelled" and "awardCancellation" in last["tag"]
    assert last["tender"]["status"] == "unsuccessful"
    for one in (number, anew.lot.call.number):
        assert_merged_is_what_stands(one)


def test_who_was_not_selected_is_not_named():
    lot = designations.proposal_lot()
    chosen = designations.submitted_proposal(lot, supplier=company(name_ko="선정기업"))
    other = designations.submitted_proposal(lot, supplier=company(name_ko="탈락기업"))
    designations.result(chosen)
    designations.result(other, outcome="not_selected")
    told = str(of(lot.call.number))
    assert "선정기업" in told and "탈락기업" not in told and other.number not in told
    assert of(lot.call.number)[-1]["tender"]["numberOfTenderers"] == 2


def test_results_are_not_told_before_they_are_published():
    lot = designations.proposal_lot()
    designations.result(designations.submitted_proposal(lot), published=False)
    assert tags(lot.call.number) == [["tender"]]


def test_unpublished_tasks_and_prepared_calls_are_no_processes():
    need = challenges.submitted_task(owner=institution())
    assert of_number(need.number) == [] and by_ocid(f"ocds-000000-{need.number}") is None
    public = story.task()
    prepared = challenges.solution_call(public, announced=False)
    assert [process.lot for process in of_number(public.submission.number)] == [None]
    cancel_call(call=prepared, by=staff("run_rounds"), reason="…")
    assert of_number(prepared.number) == []
    assert [process.lot for process in walk(Span())] == [None]


def test_queries_do_not_grow_with_the_processes():
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert list(package.releases_in(Span()))
        return len(captured)

    story.told()
    one = asked()
    story.told()
    story.told()
    assert asked() == one


def test_batches_meet_without_gap_or_repetition():
    tasks = [story.task() for _ in range(3)]
    lots = [designations.proposal_lot() for _ in range(3)]
    whole = [process.local for process in walk(Span())]
    assert len(whole) == len(set(whole)) == 6
    for size in (1, 2, 3, 5):
        assert [process.local for process in walk(Span(), size)] == whole
    assert whole == [
        *(one.submission.number for one in tasks),
        *(f"{lot.call.number}-1" for lot in lots),
    ]


def test_a_span_finds_each_event_of_the_story():
    told = story.told()
    pilot = pilots.committed(product=pilots.designated_product())
    cancel_pilot(pilot=pilot, by=pilots.budget_officer(), reason="예산 조정")
    for number in (told.number, pilot.number):
        for release in of(number):
            at = datetime.fromisoformat(release["date"])
            span = Span(at, at + timedelta(microseconds=1))
            assert release in list(package.releases_in(span)), release["tag"]
    assert list(package.releases_in(Span(since=now() + timedelta(days=60)))) == []
    before = list(package.releases_in(Span(until=told.task.published_at)))
    assert f"ocds-000000-{told.number}" not in {release["ocid"] for release in before}


def test_a_place_behind_the_last_process_is_empty():
    story.task()
    found, following = batch(Place(lots=True, key=10**12), Span())
    assert found == [] and following is None


def test_a_business_number_and_a_person_are_nowhere():
    told = story.told()
    written = str(of(told.number))
    for organisation in Organisation.objects.all():
        if organisation.business_number:
            assert organisation.business_number not in written
    assert told.proposal.created_by.name not in written and told.proposal.created_by.email not in written
    assert person().email not in written


def test_the_opening_is_no_event_of_its_own():
    """Sealed proposals: neither their number nor how many there are is told before results are published."""
    need = story.task()
    call = challenges.solution_call(need)
    sealed = story.proposal(
        call, answers={"product": {"product_name_ko": "봉인표시", "product_name_en": "SEALEDMARK"}}
    )
    engine.open_up(call)
    told = str(of(need.submission.number))
    assert "봉인표시" not in told and "SEALEDMARK" not in told and sealed.number not in told
    assert sealed.applicant_organisation.name_ko not in told
    with transaction.atomic():
        designations.result(sealed, outcome="below_pass")
    told = of(need.submission.number)
    assert "봉인표시" not in str(told) and sealed.number not in str(told)
    assert told[-1]["tender"]["status"] == "unsuccessful"
