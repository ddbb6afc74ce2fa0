"""Objections: in time, once, by the applicant alone, answered by others; what they hold back; what nobody else sees."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.translation import override

from innomarket.audit.models import Entry as AuditEntry
from innomarket.common.clock import moved_to
from innomarket.common.refusals import Refused
from innomarket.evaluation import objections
from innomarket.evaluation.models import Objection, Result
from innomarket.evaluation.services.objection import (
    answer_objection,
    file_objection,
    save_objection,
    withdraw_objection,
)
from innomarket.evaluation.services.publication import confirm_publication, prepare_publication
from innomarket.evaluation.services.result import select_entries
from innomarket.notifications.models import Message
from tests.accounts.factories import company, member, person, staff
from tests.accounts.test_admin import signed_in

from .factories import published, round_with
from .test_round import refused

pytestmark = pytest.mark.django_db

TEXT = "경제성 기준의 점수가 의견과 맞지 않습니다."
MOMENT = timedelta(microseconds=1)


def judged(chosen=(1,), **fields):
    """Totals 90, 80, 70 (all pass); the first is selected; published."""
    made = round_with(**{"entries": 3, "finished": True, **fields})
    select_entries(
        round=made.round,
        by=made.staff,
        entries=[made.entry(order).pk for order in chosen],
        reason="A site is ready.",
    )
    published(made)
    return made


def result_of(made, entry=2):
    return Result.objects.get(entry=made.entry(entry))


def applicant(made, entry=2):
    return made.submissions[entry - 1].created_by


def filed(made, entry=2):
    return file_objection(result=result_of(made, entry), by=applicant(made, entry), text=TEXT)


# ── who, when, how often ──


def test_filing_is_received_and_told_to_the_chief_and_staff():
    made = judged()
    objection = filed(made)
    assert (objection.state, objection.text) == ("filed", TEXT)
    receipt = Message.objects.get(kind="evaluation.objection_filed")
    assert receipt.recipient == applicant(made)
    asked = Message.objects.filter(kind="evaluation.objection_to_answer")
    assert made.round.chief in [message.recipient for message in asked]
    for message in [receipt, *asked]:
        assert TEXT not in message.body + message.subject


@pytest.mark.parametrize("after", [timedelta(0), timedelta(days=3)])
def test_from_the_end_of_the_time_on_it_is_too_late_and_the_text_is_kept(after):
    made = judged()
    result = result_of(made)
    with moved_to(result.objections_until + after):
        with refused("too_late"):
            file_objection(result=result, by=applicant(made), text=TEXT)
        kept = save_objection(result=result, by=applicant(made), text=TEXT)
    assert (kept.state, kept.text) == ("draft", TEXT)


def test_at_the_last_moment_it_is_in_time():
    made = judged()
    result = result_of(made)
    with moved_to(result.objections_until - MOMENT):
        objection = filed(made)
    assert objection.filed_at < result.objections_until


def test_there_is_one_objection_for_each_decision_withdrawn_or_not():
    made = judged()
    objection = filed(made)
    with refused("objected_already"):
        filed(made)
    withdraw_objection(objection=objection, by=applicant(made))
    with refused("objected_already"):
        filed(made)
    with refused("withdraw_not_now"):
        withdraw_objection(objection=objection, by=applicant(made))
    assert filed(made, 3).state == "filed", "another decision has its own"


def test_draft_is_written_again_and_filed_with_the_last_text():
    made = judged()
    result = result_of(made)
    first = save_objection(result=result, by=applicant(made), text="x")
    assert save_objection(result=result, by=applicant(made), text="y").pk == first.pk
    assert filed(made).text == TEXT
    with refused("objected_already"):
        save_objection(result=result, by=applicant(made), text="z")


def test_second_organisation_staff_and_evaluators_neither_file_nor_withdraw():
    made = judged()
    other, viewer = person(), person()
    member(other, company())
    member(viewer, made.submissions[1].applicant_organisation, role="viewer")
    for user in (other, viewer, made.staff, made.evaluators[0], applicant(made, 1)):
        for write in (save_objection, file_objection):
            with pytest.raises(Refused) as caught:
                write(result=result_of(made), by=user, text=TEXT)
            assert caught.value.status == 403
    objection = filed(made)
    for user in (other, viewer, made.staff):
        with pytest.raises(Refused) as caught:
            withdraw_objection(objection=objection, by=user)
        assert caught.value.status == 403


def test_unpublished_result_and_empty_or_endless_text_are_refused():
    made = round_with(entries=1, finished=True)
    with refused("not_published"):
        file_objection(result=result_of(made, 1), by=applicant(made, 1), text=TEXT)
    made = judged()
    with refused("text_needed"):
        file_objection(result=result_of(made), by=applicant(made), text="  ")
    with refused("text_too_long"):
        file_objection(result=result_of(made), by=applicant(made), text="가" * 5001)


# ── the answer ──


def test_answer_is_given_by_others_than_chief_and_preparer_and_told_without_its_text():
    made = judged()
    objection = filed(made)
    for user in (made.round.chief, made.staff):
        with refused("own_decision"):
            answer_objection(objection=objection, by=user, outcome="rejected", answer="사유")
    for user in (person(), applicant(made), staff("keep_budget")):
        with refused("not_staff"):
            answer_objection(objection=objection, by=user, outcome="rejected", answer="사유")
    other = staff("run_rounds")
    with refused("reason_needed"):
        answer_objection(objection=objection, by=other, outcome="rejected", answer=" ")
    with refused("no_such_outcome"):
        answer_objection(objection=objection, by=other, outcome="maybe", answer="사유")
    answer_objection(objection=objection, by=other, outcome="rejected", answer="비밀사유카나리아")
    objection.refresh_from_db()
    assert (objection.state, objection.outcome, objection.answered_by) == ("answered", "rejected", other)
    message = Message.objects.get(kind="evaluation.objection_answered")
    assert message.recipient == applicant(made)
    assert "비밀사유카나리아" not in message.body + message.subject
    with refused("answer_not_now"):
        answer_objection(objection=objection, by=other, outcome="upheld", answer="Again.")


def test_who_belongs_to_the_applicant_does_not_answer():
    made = judged()
    objection = filed(made)
    other = staff("run_rounds")
    member(other, made.submissions[1].applicant_organisation)
    with refused("own_submission"):
        answer_objection(objection=objection, by=other, outcome="upheld", answer="사유")


def test_texts_lie_sealed_and_audit_holds_none():
    made = judged()
    objection = filed(made)
    answer_objection(objection=objection, by=staff("run_rounds"), outcome="partly", answer="답변카나리아")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, answer FROM evaluation_objection")
        stored = "".join(cursor.fetchone())
    assert TEXT not in stored and "답변카나리아" not in stored and stored.startswith("sealed:")
    history = str(list(AuditEntry.objects.values_list("changes", "reason")))
    assert TEXT not in history and "답변카나리아" not in history


# ── what waits ──


def held(made):
    keys = [submission.pk for submission in made.submissions]
    return {keys.index(key) + 1 for key in objections.held_back(keys)}


def test_objection_holds_back_its_own_submission_and_not_the_round():
    made = judged(chosen=(1,))
    assert held(made) == set()
    objection = filed(made, 2)
    assert held(made) == {2}, "the first place was selected before it"
    answer_objection(objection=objection, by=staff("run_rounds"), outcome="rejected", answer="사유")
    assert held(made) == set()


def test_objection_of_who_was_passed_over_holds_back_those_selected_from_below():
    made = judged(chosen=(1, 3))
    objection = filed(made, 2)
    assert held(made) == {2, 3}
    withdraw_objection(objection=objection, by=applicant(made, 2))
    assert held(made) == set()


def test_objection_across_a_tie_holds_back_the_tied_one_that_was_selected():
    made = judged(chosen=(1, 2), points=lambda entry, evaluator: [9 if entry == 1 else 8])
    filed(made, 3)
    assert held(made) == {2, 3}


def test_objection_of_an_entry_below_the_mark_holds_back_nobody_else():
    made = judged(entries=4, chosen=(1, 2, 3))
    filed(made, 4)
    assert held(made) == {4}


def test_held_back_step_says_what_it_waits_for():
    made = judged()
    objection = filed(made, 1)
    refusal = objections.is_held_back(made.submissions[0])
    assert refusal.code == "held_back" and objection.number in str(refusal.reason)
    assert objections.is_held_back(made.submissions[1]) is None


def test_holds_take_one_query_for_one_and_three(django_assert_num_queries):
    made = judged()
    filed(made, 1)
    with django_assert_num_queries(1):
        objections.held_back([made.submissions[0].pk])
    with django_assert_num_queries(1):
        objections.held_back([submission.pk for submission in made.submissions])


# ── pages ──


def test_applicant_files_on_the_page_and_follows_it(client):
    made = judged()
    client.force_login(applicant(made))
    url = f"/en/objections/{made.submissions[1].number}/"
    assert "24:00 KST" in client.get(url).content.decode()
    assert client.post(url, {"text": " "}).status_code == 422
    assert client.post(url, {"text": "x", "later": "1"}).status_code == 302
    assert "x</textarea>" in client.get(url).content.decode()
    assert client.post(url, {"text": TEXT}).status_code == 302
    assert TEXT in client.get(url).content.decode()
    objection = Objection.objects.get()
    answer_objection(objection=objection, by=staff("run_rounds"), outcome="partly", answer="일부 맞습니다.")
    page = client.get(url).content.decode()
    assert "upheld in part" in page and "일부 맞습니다." in page


def test_too_late_on_the_page_keeps_what_was_typed(client):
    made = judged()
    client.force_login(applicant(made))
    url = f"/en/objections/{made.submissions[1].number}/"
    with moved_to(result_of(made).objections_until):
        answer = client.post(url, {"text": TEXT})
        assert answer.status_code == 409 and TEXT in answer.content.decode()
        again = client.get(url).content.decode()
    assert TEXT in again and "ended on" in again
    assert Objection.objects.get().state == "draft"


def test_nobody_else_finds_an_objection_or_a_code(client):
    made = judged()
    filed(made)
    url = f"/objections/{made.submissions[1].number}/"
    code = result_of(made).code
    for user in (applicant(made, 1), made.evaluators[0], person(), made.staff):
        client.force_login(user)
        assert client.get(url).status_code in (302, 404), user
        assert client.post(url, {"text": "x"}).status_code in (302, 404)
    client.force_login(applicant(made))
    assert client.get(url).status_code == 200
    client.force_login(applicant(made, 1))
    for page in (f"/rounds/{made.round.number}/", "/rounds/"):
        text = client.get(page).content.decode()
        assert made.submissions[1].number not in text and TEXT not in text
    assert code in client.get(f"/rounds/{made.round.number}/").content.decode()


def test_staff_see_what_waits_preview_and_answer(client):
    made = judged()
    objection = filed(made)
    save_objection(result=result_of(made, 3), by=applicant(made, 3), text="초안카나리아")
    signed_in(client, staff("run_rounds"))
    base = "/en/admin/evaluation/objection/"
    rows = client.get(base).content.decode()
    assert objection.number in rows and Objection.objects.get(state="draft").number not in rows
    page = client.get(f"{base}{objection.pk}/change/").content.decode()
    assert TEXT in page and made.submissions[1].number in page
    form = {"outcome": "rejected", "answer": "근거는 이렇습니다."}
    preview = client.post(f"{base}{objection.pk}/answer/", form)
    assert preview.status_code == 200 and "What the applicant will read" in preview.content.decode()
    objection.refresh_from_db()
    assert objection.state == "filed"
    seen = {"confirm": preview.context["previewed"]}
    changed = client.post(f"{base}{objection.pk}/answer/", form | {"answer": "달리 적었습니다."} | seen)
    assert changed.status_code == 200 and "What the applicant will read" in changed.content.decode()
    objection.refresh_from_db()
    assert objection.state == "filed"
    assert client.post(f"{base}{objection.pk}/answer/", form | seen).status_code == 302
    objection.refresh_from_db()
    assert (objection.state, objection.answer) == ("answered", "근거는 이렇습니다.")
    assert "Not possible yet" not in client.get(f"{base}{objection.pk}/change/").content.decode()


# ── what the database refuses ──


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evaluation_objection SET text = 'other'",
        "UPDATE evaluation_objection SET state = 'draft', filed_at = NULL, filed_by_id = NULL",
        "UPDATE evaluation_objection SET state = 'answered', ended_at = innomarket_now(), outcome = 'upheld'",
        "UPDATE evaluation_objection SET state = 'answered', ended_at = innomarket_now(), outcome = 'upheld',"
        " answer = 'x', answered_by_id = filed_by_id",
        "UPDATE evaluation_objection SET state = 'withdrawn'",
        "UPDATE evaluation_objection SET until = filed_at",
        "DELETE FROM evaluation_objection",
        "INSERT INTO evaluation_objection (number, result_id, state, text, saved_at, until, filed_at, filed_by_id,"
        " outcome, answer) SELECT 'X', result_id, state, text, saved_at, until, filed_at, filed_by_id, outcome,"
        " answer FROM evaluation_objection",
    ],
)
def test_database_keeps_the_promises_of_an_objection(statement):
    filed(judged())
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        connection.cursor().execute(statement)


def test_database_refuses_an_objection_filed_at_the_end():
    made = judged()
    result = result_of(made)
    with pytest.raises(IntegrityError, match="objection_filed_in_time"), transaction.atomic():
        Objection.objects.create(
            number="X",
            result=result,
            state="filed",
            text=TEXT,
            until=result.objections_until,
            filed_at=result.objections_until,
            filed_by=applicant(made),
        )


def test_message_of_the_result_says_until_when(client):
    made = round_with(entries=1, finished=True)
    select_entries(round=made.round, by=made.staff, entries=[made.entry(1).pk])
    publication = prepare_publication(rounds=[made.round], by=made.staff)
    confirm_publication(publication=publication, by=staff("run_rounds"))
    message = Message.objects.get(kind="evaluation.results")
    with override(message.language):
        day = result_of(made, 1).objections_until - MOMENT
        assert f"{day:%d}".lstrip("0") in message.body
    assert "24:00 KST" in message.body
