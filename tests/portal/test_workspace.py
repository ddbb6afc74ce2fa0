"""The workspace: each role sees what waits for it, in the order of the deadlines, in a fixed number of queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from innomarket.accounts.services.person import register_person
from innomarket.common.clock import now
from innomarket.evaluation.services.objection import file_objection
from innomarket.evaluation.services.publication import confirm_publication, prepare_publication
from innomarket.evaluation.services.result import finish_round, select_entries
from innomarket.portal import items, workspace
from tests.accounts.factories import company, institution, member, person, staff
from tests.designation import factories as committee
from tests.evaluation import factories as rounds
from tests.evaluation.test_anew import scored
from tests.evaluation.test_anew_stages import fit_after_all
from tests.evaluation.test_stages import checked, next_round
from tests.pilots import factories as pilots
from tests.submissions import factories as submissions
from tests.support.staff import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def titles(user):
    return [task.title for task in workspace.of(user).tasks]


def urls(user):
    return [task.url for task in workspace.of(user).tasks]


def waits(user):
    return [item.number for item in workspace.of(user).waiting]


def test_tasks_stand_in_the_order_of_their_deadlines():
    soon, late = now() + timedelta(hours=1), now() + timedelta(days=2)
    made = [
        items.Task("none", "/", "s"),
        items.Task("late", "/", "s", due=late),
        items.Task("soon", "/", "s", due=soon),
        items.Task("none again", "/", "s"),
    ]
    assert [task.title for task in items.in_order(made)] == ["soon", "late", "none", "none again"]


def test_newcomer_sees_the_first_steps_and_what_is_done():
    newcomer = register_person(email="new@example.com", name="새 사람", verified=False)
    assert [step["done"] for step in workspace.of(newcomer).steps] == [None, None, None]
    newcomer.emailaddress_set.update(verified=True)
    member(newcomer, company())
    assert [step["done"] for step in workspace.of(newcomer).steps] == [True, True, None]


def test_first_steps_end_when_something_was_submitted():
    sent = submissions.submitted()
    assert workspace.of(sent.created_by).steps == []


def test_staff_and_evaluators_get_no_first_steps():
    assert workspace.of(staff("run_rounds")).steps == []
    made = rounds.round_with(entries=1, panelists=3)
    assert workspace.of(made.evaluators[0]).steps == []


def test_draft_of_an_open_call_waits_for_its_writers_until_the_closing():
    draft = submissions.submission()
    owner, organisation = draft.created_by, draft.applicant_organisation
    viewer, editor, stranger = person(), person(), person()
    member(viewer, organisation, role="viewer")
    member(editor, organisation, role="editor", may_submit=False)
    [task] = workspace.of(owner).tasks
    assert task.due == draft.lot.call.closes_at
    assert draft.number in task.url
    assert "submit" in task.title
    [task] = workspace.of(editor).tasks
    assert "submit" not in task.title
    assert titles(viewer) == []
    assert titles(stranger) == []


def test_draft_of_a_closed_call_waits_for_nobody():
    draft = submissions.submission()
    submissions.close(draft.lot.call)
    assert titles(draft.created_by) == []


def test_submitted_one_waits_for_the_closing_and_then_for_the_agency():
    sent = submissions.submitted(call=submissions.open_call("challenge_task"), organisation=institution())
    [item] = workspace.of(sent.created_by).waiting
    assert (item.number, item.until) == (sent.number, sent.lot.call.closes_at)
    submissions.close(sent.lot.call)
    [item] = workspace.of(sent.created_by).waiting
    assert item.until == sent.lot.call.opening_at
    assert titles(sent.created_by) == []


def test_selected_proposal_waits_for_the_committee_and_stands_among_the_decided():
    chosen = committee.selected_proposal()
    space = workspace.of(chosen.created_by)
    assert [item.number for item in space.waiting] == [chosen.number]
    assert [done.tone for done in space.done] == ["success"]


def test_unpublished_result_is_told_to_nobody():
    hidden = committee.submitted_proposal()
    committee.result(hidden, published=False)
    assert workspace.of(hidden.created_by).done == []


def test_refused_organisation_waits_for_its_owner_and_a_pending_one_for_staff():
    owner, viewer = person(), person()
    refused, pending = company(state="refused"), company(state="pending")
    for organisation in (refused, pending):
        member(owner, organisation)
        member(viewer, organisation, role="viewer")
    assert urls(owner) == [f"/organisations/{refused.pk}/again/"]
    assert urls(viewer) == []
    assert [item.url for item in workspace.of(owner).waiting] == [f"/organisations/{pending.pk}/"]


def test_evaluator_declares_first_then_writes_what_is_left():
    made = rounds.round_with(entries=3, panelists=3, declared=False)
    evaluator = made.evaluators[0]
    assert titles(evaluator) == [f"Declare your conflicts: {made.lot.title_en}"]
    rounds.declare_conflicts(round=made.round, by=evaluator, conflicts={})
    made.score(1, 1, 8)
    [task] = workspace.of(evaluator).tasks
    assert task.title == f"Write 2 sheets: {made.lot.title_en}"
    assert task.due == made.round.due_at
    made.score(2, 1, 8)
    made.score(3, 1, 8)
    assert titles(evaluator) == []


def test_institution_gives_fit_opinions_until_the_round_is_scored():
    lot = rounds.opened_lot(owner=institution())
    made = rounds.round_with(entries=2, panelists=3, lot=lot, scored=True)
    owner = rounds.owner_of(lot)
    assert sorted(urls(owner)) == sorted(f"/proposals/{s.number}/opinion/" for s in made.submissions)
    finish_round(round=made.round, by=made.staff)
    assert urls(owner) == []


def test_member_of_the_committee_votes_once_and_not_when_recused():
    motion = committee.voting()
    seats = committee.seats_of(motion.meeting.committee)
    address = f"/meetings/{motion.meeting.number}/{motion.order}/vote/"
    assert urls(seats[0].holder) == [address]
    committee.motions.cast_ballot(motion=motion, by=seats[0].holder, choice="for")
    assert urls(seats[0].holder) == []
    assert urls(seats[1].holder) == [address]
    assert urls(person()) == []


def test_planned_meeting_is_shown_to_its_members():
    meeting = committee.planned()
    holder = committee.seats_of(meeting.committee)[0].holder
    [task] = workspace.of(holder).tasks
    assert (task.url, task.due) == (f"/meetings/{meeting.number}/", meeting.held_at)


def test_institution_inspects_and_the_supplier_waits():
    pilots.rules()
    pilot = pilots.contracted()
    institutions, suppliers = person(), person()
    member(institutions, pilot.institution)
    member(suppliers, pilot.product.supplier)
    assert urls(institutions) == [f"/pilots/{pilot.number}/"]
    assert pilot.number in waits(suppliers)
    assert pilot.number not in waits(institutions)


def test_each_round_that_somebody_waits_for_is_named_in_the_same_queries_for_one_and_three():
    """Each takes a supplementary round of its own, so each stands there; the most are bounded."""
    officer, asked, lots = staff("run_rounds"), [], []
    for more in (1, 2):
        for _each in range(more):
            made = checked()
            begun = next_round(made)
            begun.submissions = made.submissions[1:]
            scored(begun, 8)
            chosen = [begun.entry(1).pk, begun.entry(2).pk]
            select_entries(round=begun.round, by=begun.staff, entries=chosen)
            rounds.published(begun)
            fit_after_all(made)
            lots.append(made.lot)
        workspace.of(officer)
        with CaptureQueriesContext(connection) as queries:
            found = titles(officer)
        asked.append(len(queries))
        assert {f"Open a supplementary round for who came late: {lot.title_en}" for lot in lots} <= {*found}
    assert asked[0] == asked[1]


def test_each_desk_sees_its_own_tasks_only():
    member(person(), company(state="pending"))
    closed = submissions.open_call()
    submissions.close(closed)
    committee.selected_proposal()
    pilots.rules()
    pilots.matched()
    seen = {
        permission: " ".join(urls(staff(permission)))
        for permission in (
            "verify_organisations",
            "run_rounds",
            "keep_committee",
            "keep_budget",
            "read_audit",
        )
    }
    assert seen["verify_organisations"] == "/admin/accounts/organisation/"
    assert all(url.startswith("/admin/designation/meeting/") for url in seen["keep_committee"].split())
    assert "/admin/designation/meeting/" in seen["keep_committee"].split()
    assert seen["keep_budget"].startswith("/admin/pilots/pilot/")
    assert seen["read_audit"] == ""
    assert "organisation" not in seen["run_rounds"]


def test_call_whose_opening_has_come_waits_for_staff_who_run_rounds():
    from django.db import transaction

    from innomarket.common.clock import moved_to

    call = submissions.close(submissions.open_call())
    officer = staff("run_rounds")
    assert not any("Open the submissions" in title for title in titles(officer))
    with transaction.atomic(), moved_to(call.opening_at):
        [task] = [t for t in workspace.of(officer).tasks if t.number == call.number]
        assert task.url == f"/admin/submissions/call/{call.pk}/change/"


def test_round_goes_from_desk_to_desk_of_staff():
    made = rounds.round_with(entries=1, panelists=3)
    officer = made.staff
    assert not any("round" in title for title in titles(officer))
    for evaluator in (1, 2, 3):
        made.score(1, evaluator, 9)
    assert any(title.startswith("All sheets are in") for title in titles(officer))
    made.round = finish_round(round=made.round, by=officer)
    assert any(title.startswith("Select and publish") for title in titles(officer))
    select_entries(round=made.round, by=officer, entries=[made.entry().pk])
    prepared = prepare_publication(rounds=[made.round], by=officer)
    assert "Look at 1 prepared publication of results" in titles(officer)
    confirm_publication(publication=prepared, by=staff("run_rounds"))
    assert not any("publi" in title for title in titles(officer))
    by = made.submissions[0].created_by
    file_objection(result=made.entry().result, by=by, text="왜 그렇습니까?")
    assert "Answer 1 objection" in titles(officer)


def test_opened_lot_without_a_round_asks_for_a_panel():
    lot = rounds.opened_lot()
    rounds.submitted(lot)
    assert f"Form 1 panel: {lot.call.title_en}" in titles(staff("run_rounds"))


def test_page_is_private_and_asks_to_sign_in(client):
    assert client.get("/workspace/").status_code == 302
    sign_in(client, person(name="한가온"))
    answer = client.get("/workspace/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "한가온" in answer.content.decode()
    assert client.get("/en/workspace/").status_code == 200
    assert client.post("/workspace/").status_code == 405


def test_title_of_a_strangers_draft_is_nowhere(client):
    submissions.submission(answers={"problem": {"title": "카나리아제목"}})
    for visitor in (person(), staff("run_rounds", "verify_organisations", "keep_budget", "keep_committee")):
        sign_in(client, visitor)
        assert "카나리아제목" not in client.get("/workspace/").content.decode()


def everything(user, organisation, body):
    """One more row of each kind for this person."""
    draft_call = submissions.open_call()
    submissions.submission(call=draft_call, by=user, organisation=organisation)
    submissions.submitted(call=submissions.open_call(), by=user, organisation=organisation)
    committee.result(committee.submitted_proposal(supplier=organisation, by=user))
    lot = rounds.opened_lot(owner=organisation)
    rounds.submitted(lot)
    made = rounds.prepared(entries=1, panelists=2)
    rounds.seat_panelist(round=made.round, by=made.staff, user=user, reason="Nobody in the pool fits.")
    rounds.start_round(round=made.round, by=made.staff)
    pilots.contracted(institution=organisation, product=pilots.designated_product(owner=organisation))
    committee.planned(body)
    member(person(), company(state="pending"))
    submissions.close(submissions.open_call())


def test_queries_do_not_grow_with_the_rows(client):
    pilots.rules()
    user = staff("run_rounds", "verify_organisations", "keep_committee", "keep_budget")
    organisation = institution()
    member(user, organisation)
    body = committee.committee(3)
    seat = committee.seats_of(body)[0]
    type(seat).objects.filter(pk=seat.pk).update(holder=user)
    sign_in(client, user)

    def count():
        everything(user, organisation, body)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/workspace/").status_code == 200
        return len(queries)

    one = count()
    count()
    assert count() == one
    assert one < 60
