"""The pages of tasks: who sees what, what is next, and how many queries a list costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from challenges import names
from innomarket.common.clock import now
from innomarket.submissions.services.submission import withdraw
from tests.accounts.factories import company, institution, member, person, staff
from tests.challenges import factories as make
from tests.submissions import factories as engine
from tests.support.staff import sign_in

pytestmark = pytest.mark.django_db
LIST = "/challenges/"


def detail(task) -> str:
    return f"/challenges/{task.number}/"


def text(response) -> str:
    return response.content.decode()


def test_addresses_are_those_that_messages_name():
    task = make.submitted_task()
    assert reverse("challenges:detail", args=[task.number]) == names.url(task)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_list_shows_public_tasks_only(client, prefix):
    public, private = make.published_task(), make.submitted_task()
    page = text(client.get(prefix + LIST))
    assert public.number in page
    assert private.number not in page


def test_list_shows_own_tasks_above_when_signed_in(client):
    private = make.submitted_task()
    sign_in(client, private.created_by)
    assert private.number in text(client.get(LIST))
    sign_in(client, person())
    assert private.number not in text(client.get(LIST))


def test_list_without_tasks_says_what_to_do(client):
    assert "/calls/" in text(client.get(LIST))


def test_facets_count_each_public_task_once():
    from challenges.filters import goal_counts, state_counts
    from challenges.models import Challenge

    _one, _two, asked = make.published_task(), make.published_task(), make.published_task()
    make.solution_call(asked)
    make.submitted_task()
    public = Challenge.objects.public().with_outcome()
    assert [(state, n) for state, _label, n in state_counts(public)] == [
        ("open", 1),
        ("between", 2),
        ("decided", 0),
    ]
    assert [(goal, n) for goal, _name, n in goal_counts(public)] == [("6", 3), ("11", 3)]


@pytest.mark.parametrize("state", ["open", "between", "decided"])
def test_list_filtered_by_state_has_each_task_once(client, state):
    waiting, asked, judged = make.published_task(), make.published_task(), make.published_task()
    make.solution_call(asked)
    judged_call = make.solution_call(judged)
    judged.refresh_from_db()
    proposal = engine.submitted(lot=judged.solution_lot, organisation=company())
    engine.open_up(judged_call)
    make.published_round(proposal)
    wanted = {"open": asked, "between": waiting, "decided": judged}
    page = text(client.get(LIST, {"state": state}))
    for code, task in wanted.items():
        assert (f"/challenges/{task.number}/" in page) == (code == state)


def test_list_search_finds_all_words_and_filters_by_goal(client):
    task = make.published_task()
    assert task.number in text(client.get(LIST, {"q": "하수관 점검"}))
    assert task.number not in text(client.get(LIST, {"q": "하수관 드론"}))
    assert task.number in text(client.get(LIST, {"sdg": "6"}))
    assert task.number not in text(client.get(LIST, {"sdg": "4"}))


@pytest.mark.parametrize("query", [{"sdg": "x"}, {"state": "nonsense"}, {"cursor": "broken"}, {"q": "%' --"}])
def test_list_with_a_wrong_filter_is_still_a_page(client, query):
    make.published_task()
    assert client.get(LIST, query).status_code == 200


def test_list_costs_the_same_for_one_and_three_rows(client):
    owner = institution()
    user = person()
    member(user, owner)
    sign_in(client, user)
    make.published_task(owner=owner)
    make.submitted_task(owner=owner)
    client.get(LIST)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(LIST)
    for _turn in range(2):
        make.published_task(owner=owner)
        make.submitted_task(owner=owner)
    with CaptureQueriesContext(connection) as three:
        assert client.get(LIST).status_code == 200
    assert len(three) == len(one)


def test_detail_of_a_public_task_is_for_everybody(client):
    task = make.published_task()
    page = text(client.get(detail(task)))
    assert "240,000,000원" in page
    assert "2.4억 원" in page
    assert "깨끗한 물과 위생" in page
    english = text(client.get("/en" + detail(task)))
    assert "Clean water and sanitation" in english
    assert "KRW 240,000,000" in english


def test_detail_of_a_private_task_is_not_found_for_others(client):
    task = make.submitted_task()
    for user in (None, person(), staff("run_rounds"), make.submitted_task().created_by):
        client.logout()
        if user:
            sign_in(client, user)
        assert client.get(detail(task)).status_code == 404
    sign_in(client, task.created_by)
    assert client.get(detail(task)).status_code == 200


def test_detail_under_a_proposals_number_is_not_found(client):
    from tests.designation import factories as designation

    proposal = designation.submitted_proposal()
    sign_in(client, proposal.created_by)
    assert client.get(f"/challenges/{proposal.number}/").status_code == 404


def test_detail_for_the_institution_leads_from_the_draft_to_the_receipt(client):
    call = make.task_call()
    draft = engine.submission(call=call, organisation=institution(), complete=False)
    sign_in(client, draft.created_by)
    page = text(client.get(detail(draft)))
    assert f"/submissions/{draft.number}/check/" in page
    assert f"/submissions/{draft.number}/receipt/" not in page
    task = make.submitted_task(call=call)
    sign_in(client, task.created_by)
    page = text(client.get(detail(task)))
    assert f"/submissions/{task.number}/receipt/" in page
    assert f"/submissions/{task.number}/withdraw/" in page
    withdraw(submission=task, by=task.created_by)
    assert client.get(detail(task)).status_code == 200


def test_detail_for_a_viewer_offers_no_step_that_is_refused(client):
    task = make.submitted_task()
    viewer = person()
    member(viewer, task.applicant_organisation, role="viewer")
    sign_in(client, viewer)
    page = text(client.get(detail(task)))
    assert f"/submissions/{task.number}/check/" not in page
    assert f"/submissions/{task.number}/withdraw/" not in page


def test_detail_shows_the_result_to_the_institution_only(client):
    task = make.published_task()
    sign_in(client, task.submission.created_by)
    assert 'id="result"' in text(client.get(detail(task)))
    sign_in(client, person())
    assert 'id="result"' not in text(client.get(detail(task)))


def test_detail_of_a_task_that_was_not_selected_says_so_to_its_institution(client):
    submission = make.submitted_task()
    engine.open_up(submission.lot.call)
    make.published_round(submission, outcome="not_selected")
    sign_in(client, submission.created_by)
    page = text(client.get("/en" + detail(submission)))
    assert "not selected" in page
    assert 'id="result"' in page


def test_detail_of_an_open_task_leads_to_the_proposal(client):
    task = make.published_task()
    call = make.solution_call(task)
    task.refresh_from_db()
    page = text(client.get(detail(task)))
    assert f"/calls/{call.number}/apply/?lot={task.solution_lot_id}" in page
    assert "countdown" in page


def test_detail_shows_proposals_to_the_institution_after_the_opening_only(client):
    task, other = make.published_task(), make.published_task()
    call = make.solution_call(task, other)
    task.refresh_from_db()
    other.refresh_from_db()
    mine = engine.submitted(lot=task.solution_lot, organisation=company())
    theirs = engine.submitted(lot=other.solution_lot, organisation=company())
    sign_in(client, task.submission.created_by)
    assert mine.number not in text(client.get(detail(task)))
    engine.open_up(call)
    page = text(client.get(detail(task)))
    assert mine.number in page
    assert f"/proposals/{mine.number}/opinion/" in page
    assert theirs.number not in page
    for user in (other.submission.created_by, person(), mine.created_by):
        sign_in(client, user)
        assert mine.number not in text(client.get(detail(task)))


def test_detail_costs_the_same_for_one_and_three_proposals(client):
    task = make.published_task()
    call = make.solution_call(task)
    task.refresh_from_db()
    engine.submitted(lot=task.solution_lot, organisation=company())
    for _turn in range(2):
        engine.submission(lot=task.solution_lot, organisation=company())
    engine.open_up(call)
    sign_in(client, task.submission.created_by)
    client.get(detail(task))
    with CaptureQueriesContext(connection) as one:
        client.get(detail(task))
    from innomarket.submissions.models import Submission
    from tests.designation import factories as designation

    for _turn in range(2):
        designation.submitted_proposal(lot=task.solution_lot)
    assert Submission.objects.filter(lot=task.solution_lot, state="submitted").count() == 3
    with CaptureQueriesContext(connection) as three:
        client.get(detail(task))
    assert len(three) == len(one)


def test_attachment_of_a_public_task_is_for_everybody(client):
    from challenges.services.challenge import publish_selected
    from innomarket.submissions.services.attachment import attach_file
    from innomarket.submissions.services.submission import submit

    draft = engine.submission(call=make.task_call(), organisation=institution())
    attach_file(submission=draft, by=draft.created_by, slot="attachment", upload=engine.pdf("도면.pdf"))
    submit(submission=draft, by=draft.created_by)
    draft.refresh_from_db()
    url = f"/submissions/{draft.number}/{draft.current.ordinal}/file/{draft.current.files.get().pk}/"
    assert client.get(url).status_code in (302, 403, 404)
    engine.open_up(draft.lot.call)
    publish_selected(round=make.published_round(draft))
    assert client.get(url).status_code == 200
    assert "도면.pdf" in text(client.get(detail(draft)))


# ── the console ──

CONSOLE = "/admin/challenges/challenge/open-solution-call/"


@pytest.fixture
def officer(client):
    user = staff("run_rounds")
    sign_in(client, user)
    return user


def answers(*tasks, **fields):
    values = {
        "challenges": [task.pk for task in tasks],
        "title_ko": "해결책 공모",
        "title_en": "Call for solutions",
        "opens_at": "2031-01-01T09:00",
        "closes_at": "2031-01-31T18:00",
        "opening_at": "2031-02-01T10:00",
    }
    return values | fields


def test_console_previews_before_it_makes_the_call(client, officer):
    task = make.published_task()
    page = client.post(CONSOLE, answers(task))
    task.refresh_from_db()
    assert page.status_code == 200
    assert task.solution_lot is None
    assert task.submission.current.title in text(page)
    page = client.post(CONSOLE, answers(task, confirm="1"))
    task.refresh_from_db()
    assert page.status_code == 302
    assert task.solution_lot.call.closes_at.astimezone(now().tzinfo).isoformat() > "2031-01-31"


def test_console_keeps_what_was_typed_when_it_is_refused(client, officer):
    task = make.published_task()
    page = client.post(CONSOLE, answers(task, confirm="1", closes_at="2030-01-01T09:00"))
    assert page.status_code in (409, 422)
    assert "해결책 공모" in text(page)


def test_console_is_closed_to_other_staff(client):
    make.published_task()
    sign_in(client, staff("keep_committee"))
    assert client.get(CONSOLE).status_code == 403


def test_withdrawn_task_says_so_after_the_closing_everywhere(client):
    task = make.submitted_task()
    withdraw(submission=task, by=task.created_by, reason="이웃 시와 함께 냅니다.")
    engine.close(task.lot.call)
    sign_in(client, task.created_by)
    page = text(client.get(f"/en{detail(task)}"))
    assert "withdrawn" in page
    assert "Not submitted: nothing counts yet" not in page
    receipt = f"/submissions/{task.number}/receipt/"
    assert receipt in page
    shown = text(client.get(f"/en{receipt}"))
    assert "이웃 시와 함께 냅니다." in shown
    assert "Withdrawn on" in shown
    assert "What happens next" not in shown
    assert detail(task) in text(client.get("/workspace/")), "among what has ended"


def test_console_says_of_a_withdrawn_task_that_it_stays_sealed(client):
    task = make.submitted_task()
    withdraw(submission=task, by=task.created_by)
    engine.open_up(task.lot.call)
    sign_in(client, staff("run_rounds"))
    page = text(client.get(f"/en/admin/submissions/submission/{task.pk}/change/"))
    assert "stays sealed: it was withdrawn before the opening" in page
    assert "of what was submitted" in page, "no papers are asked for"
