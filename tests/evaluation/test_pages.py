"""The pages of evaluators and institutions: who gets in, what a failed form keeps, how many queries a page takes."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from innomarket.common.clock import now
from innomarket.evaluation.models import FitOpinion, Recusal, Round, Sheet
from innomarket.evaluation.reads import results_of
from innomarket.evaluation.services.conflict import declare_conflict
from innomarket.evaluation.services.opinion import give_fit_opinion
from innomarket.evaluation.services.result import finish_round, select_entries
from innomarket.evaluation.services.round import seat_panelist, unseat_panelist
from innomarket.submissions.models import Revision
from tests.accounts.factories import company, institution, member, person, staff
from tests.support.staff import sign_in

from .factories import owner_of, published, round_with
from .test_locks import judging

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _korean():
    with override("ko"):
        yield


def page(client, user, path, **post):
    sign_in(client, user)
    return client.post(path, post) if post else client.get(path)


def round_path(made):
    return f"/evaluation/{made.round.number}/"


def sheet_path(made, order=1):
    return f"{round_path(made)}{order}/"


def opinion_path(made, n=0):
    return f"/proposals/{made.submissions[n].number}/opinion/"


def answer(made, points=8, comment="좋습니다.", **more):
    return {**{f"criterion_{c.pk}": points for c in made.criteria}, "comment": comment, **more}


# ── who gets in ──


def test_anonymous_visitors_are_asked_to_sign_in(client):
    made = round_with(owner=institution())
    for path in (
        "/evaluation/",
        round_path(made),
        sheet_path(made),
        f"{sheet_path(made)}conflict/",
        opinion_path(made),
    ):
        found = client.get(path)
        assert (found.status_code, "/accounts/login/" in found.url) == (302, True), path


@pytest.mark.parametrize(
    ("who", "round_", "sheet", "conflict", "opinion"),
    [
        ("evaluator", 200, 200, 200, 403),
        ("other evaluator", 404, 404, 404, 404),
        ("evaluator who left", 404, 404, 404, 404),
        ("recused", 200, 403, 403, 404),
        ("not declared", 200, 302, 302, 404),
        ("applicant", 404, 404, 404, 403),
        ("other company", 404, 404, 404, 404),
        ("institution", 404, 404, 404, 200),
        ("viewer of the institution", 404, 404, 404, 403),
        ("other institution", 404, 404, 404, 404),
        ("budget officer", 404, 404, 404, 404),
        ("staff of rounds", 302, 404, 404, 403),
    ],
)
def test_pages_by_person(client, who, round_, sheet, conflict, opinion):
    made, other = round_with(panelists=4, owner=institution()), round_with(owner=institution())
    user = {
        "evaluator": lambda: made.evaluators[0],
        "other evaluator": lambda: other.evaluators[0],
        "evaluator who left": lambda: made.evaluators[0],
        "recused": lambda: made.evaluators[0],
        "not declared": lambda: made.evaluators[0],
        "applicant": lambda: made.submissions[0].created_by,
        "other company": lambda: other.submissions[0].created_by,
        "institution": lambda: owner_of(made.lot),
        "viewer of the institution": person,
        "other institution": lambda: owner_of(other.lot),
        "budget officer": lambda: staff("keep_budget"),
        "staff of rounds": lambda: made.staff,
    }[who]()
    if who == "evaluator who left":
        unseat_panelist(panelist=made.panelist(1), by=made.staff, reason="Ill.")
    if who == "recused":
        declare_conflict(assignment=made.assignment(), by=user, reason="A friend.")
    if who == "not declared":
        made.round.panelists.filter(user=user).update(declared_at=None)
    if who == "viewer of the institution":
        member(user, made.lot.owner, role="viewer")
    sign_in(client, user)
    canary = made.submissions[0].current.sections[0]["value"]
    paths = [round_path(made), sheet_path(made), f"{sheet_path(made)}conflict/", opinion_path(made)]
    answers = [client.get(path) for path in paths]
    assert [one.status_code for one in answers] == [round_, sheet, conflict, opinion]
    shown = any(canary in one.content.decode() for one in answers)
    assert shown == (who in ("evaluator", "institution"))
    assert client.get("/evaluation/").status_code == 200


def test_private_pages_are_kept_by_no_cache(client):
    made = round_with(owner=institution())
    sign_in(client, made.evaluators[0])
    for path in ("/evaluation/", round_path(made), sheet_path(made)):
        assert client.get(path).headers["Cache-Control"] == "private, no-store"


def test_institution_sees_no_scores_on_any_page(client):
    made = round_with(owner=institution())
    made.score(1, 1, 7, comment="카나리아 의견")
    sign_in(client, owner_of(made.lot))
    for path in ("/evaluation/", opinion_path(made)):
        assert "카나리아" not in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [("ko", "이전에 신청자와의 이해충돌을 신고함"), ("en", "Declared a conflict with the applicant before")],
)
def test_found_conflict_is_said_in_the_language_of_the_page(client, language, words):
    user, firm = person(), company()
    here, there = judging(user, firm), judging(user, firm)
    declare_conflict(assignment=here, by=user, reason="예전 제자입니다.")
    prefix = "/en" if language == "en" else ""
    for assignment, said in ((here, "예전 제자입니다."), (there, words)):
        assert (
            said
            in page(client, user, f"{prefix}/evaluation/{assignment.entry.round.number}/").content.decode()
        )


# ── declaring ──


def test_before_the_declaration_only_titles_and_applicants_are_shown(client):
    made = round_with(declared=False)
    text = page(client, made.evaluators[0], round_path(made)).content.decode()
    for submission in made.submissions:
        assert submission.title in text
        assert submission.applicant_organisation.name_ko in text
        assert submission.current.sections[0]["value"] not in text


def test_declaration_takes_the_confirmation_and_keeps_what_was_typed(client):
    made = round_with(declared=False)
    user, field = made.evaluators[0], f"reason_{made.entry(2).pk}"
    found = page(client, user, round_path(made), **{field: "공동 연구"})
    assert found.status_code == 422
    assert "공동 연구" in found.content.decode()
    found = page(client, user, round_path(made), **{field: "공동 연구", "read": "on"})
    assert found.status_code == 302
    assert Recusal.objects.get().reason == "공동 연구"
    text = client.get(round_path(made)).content.decode()
    assert sheet_path(made, 1) in text and f'"{sheet_path(made, 2)}"' not in text


def test_declaring_a_second_time_is_refused_on_the_page(client):
    made = round_with()
    assert page(client, made.evaluators[0], round_path(made), read="on").status_code == 409


# ── the workbench ──


def test_workbench_shows_what_was_submitted_beside_the_sheet(client):
    made = round_with(owner=institution())
    give_fit_opinion(
        submission=made.submissions[0],
        by=owner_of(made.lot),
        verdict="partly",
        reason="지름을 확인해야 합니다.",
    )
    text = page(client, made.evaluators[0], sheet_path(made)).content.decode()
    assert made.submissions[0].current.sections[0]["value"] in text
    assert "지름을 확인해야 합니다." in text
    assert text.count('type="radio"') >= 33


def test_draft_is_saved_and_shown_again(client):
    made = round_with()
    found = page(client, made.evaluators[0], sheet_path(made), **answer(made, 7, "초안", later="1"))
    assert (found.status_code, found.url) == (302, sheet_path(made))
    assert Sheet.objects.get().state == "draft"
    text = client.get(sheet_path(made)).content.decode()
    assert "초안" in text and len(re.findall(r'value="7"\s+checked', text)) == 3


def test_submitting_leads_to_the_next_in_the_queue_and_at_last_to_the_round(client):
    made = round_with(entries=2)
    user = made.evaluators[0]
    assert page(client, user, sheet_path(made, 2), **answer(made, submit="1")).url == sheet_path(made, 1)
    assert page(client, user, sheet_path(made, 1), **answer(made, submit="1")).url == round_path(made)
    assert Sheet.objects.filter(state="submitted").count() == 2


@pytest.mark.parametrize("value", ["11", "-1", "7.5", "seven"])
def test_score_out_of_range_is_said_at_its_field_and_keeps_what_was_typed(client, value):
    made = round_with()
    name = f"criterion_{made.criteria[0].pk}"
    found = page(
        client,
        made.evaluators[0],
        sheet_path(made),
        **answer(made, comment="길게 쓴 의견", submit="1", **{name: value}),
    )
    text = found.content.decode()
    assert found.status_code == 422
    assert f'id="{name}_error"' in text and f'href="#{name}"' in text
    assert "길게 쓴 의견" in text
    assert not Sheet.objects.exists()


def test_submitting_what_is_not_complete_keeps_it_as_a_draft_and_says_what_is_missing(client):
    made = round_with()
    given = answer(made, comment="", submit="1")
    found = page(client, made.evaluators[0], sheet_path(made), **given)
    assert found.status_code == 409
    assert 'href="#comment"' in found.content.decode()
    sheet = Sheet.objects.get()
    assert (sheet.state, sheet.scores.count()) == ("draft", 3)


def test_everything_that_is_missing_is_said_at_once(client):
    made = round_with(low_percent=20, high_percent=90)
    first, second, third = (criterion.pk for criterion in made.criteria)
    given = {
        "comment": "",
        "edition": "0",
        "submit": "1",
        f"criterion_{first}": "10",
        f"criterion_{second}": "1",
    }
    found = page(client, made.evaluators[0], sheet_path(made), **given)
    text = found.content.decode()
    assert found.status_code == 409
    for field in (f"comment_{first}", f"comment_{second}", f"criterion_{third}", "comment"):
        assert text.count(f'<a href="#{field}"') == 1, field
    assert Sheet.objects.get().state == "draft"


def test_submitted_sheet_is_shown_and_not_changed(client):
    made = round_with()
    made.score(1, 1, 8)
    sign_in(client, made.evaluators[0])
    text = client.get(sheet_path(made)).content.decode()
    assert 'type="radio" name="criterion' not in text
    assert (
        page(client, made.evaluators[0], sheet_path(made), **answer(made, 9, submit="1")).status_code == 409
    )
    assert set(Sheet.objects.get().scores.values_list("points", flat=True)) == {8}


def test_after_publication_the_content_is_closed_and_the_sheet_stays(client):
    made = round_with(finished=True)
    select_entries(round=made.round, by=made.staff, entries=[made.entry(1).pk])
    published(made)
    found = page(client, made.evaluators[0], sheet_path(made))
    text = found.content.decode()
    assert found.status_code == 200
    assert made.submissions[0].current.sections[0]["value"] not in text
    assert "근거가 분명합니다." in text


def test_conflict_that_came_to_light_later_is_declared_at_the_sheet(client):
    made = round_with()
    path = f"{sheet_path(made)}conflict/"
    assert page(client, made.evaluators[0], path, reason="").status_code in (409, 422)
    assert page(client, made.evaluators[0], path, reason="옛 동료입니다.").url == round_path(made)
    assert Recusal.objects.get().reason == "옛 동료입니다."


def test_title_of_a_submission_is_escaped(client):
    made = round_with()
    made.entry(1)
    wild = '<img src=x onerror="alert(1)">'
    for submission in made.submissions:
        fresh = Revision.objects.create(
            submission=submission,
            ordinal=1,
            title=wild,
            sections=[],
            sha256="0" * 64,
            submitted_by=submission.created_by,
        )
        made.round.entries.filter(submission=submission).update(revision=fresh)
    sign_in(client, made.evaluators[0])
    for path in (round_path(made), sheet_path(made)):
        assert wild not in client.get(path).content.decode()


# ── the opinion ──


def test_opinion_is_given_on_its_page_and_put_better(client):
    made = round_with(owner=institution())
    user = owner_of(made.lot)
    assert page(client, user, opinion_path(made), verdict="", reason="").status_code == 422
    assert page(client, user, opinion_path(made), verdict="fits", reason="잘 맞습니다.").url == "/evaluation/"
    assert (
        page(client, user, opinion_path(made), verdict="unfit", reason="다시 보니 아닙니다.").status_code
        == 302
    )
    assert FitOpinion.objects.get().verdict == "unfit"
    assert made.submissions[1].number in client.get("/evaluation/").content.decode()


def test_opinion_that_comes_too_late_is_refused_on_the_page(client):
    made = round_with(owner=institution(), finished=True)
    found = page(client, owner_of(made.lot), opinion_path(made), verdict="fits", reason="늦은 의견")
    assert found.status_code == 409
    assert "늦은 의견" in found.content.decode()


# ── the result ──


def test_result_is_told_with_scores_and_comments_and_without_names():
    made = round_with(entries=2)
    for number, user in enumerate(made.evaluators, start=1):
        type(user).objects.filter(pk=user.pk).update(name=f"Canary{number}")
        for entry in (1, 2):
            made.score(entry, number, 9, 8, 7, comment=f"의견 {number} <b>")
    finish_round(round=made.round, by=made.staff)
    select_entries(
        round=made.round, by=made.staff, entries=[made.entry(1).pk], reason="시험 장소가 먼저 마련되었습니다."
    )
    published(made)
    (result,) = results_of(made.submissions[1])
    text = render_to_string("evaluation/_result.html", {"result": result})
    for part in (
        "82.00",
        "36.00",
        "32.00",
        "14.00",
        "의견 1 &lt;b&gt;",
        "시험 장소가 먼저",
        result.inputs_sha256,
    ):
        assert part in text
    assert "Canary" not in text and "<b>" not in text


# ── queries ──


def queries(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


@pytest.mark.parametrize("which", ["round", "declaration", "sheet"])
def test_pages_of_a_round_take_the_same_queries_for_one_entry_and_three(client, which):
    counts = []
    for entries in (1, 3):
        made = round_with(entries=entries, declared=which != "declaration")
        sign_in(client, made.evaluators[0])
        counts.append(queries(client, sheet_path(made) if which == "sheet" else round_path(made)))
    assert counts[0] == counts[1]


def test_queue_says_of_a_round_with_open_sheets_that_it_is_late(client):
    made = round_with()
    client.force_login(made.evaluators[0])
    late = "늦음"
    Round.objects.filter(pk=made.round.pk).update(due_at=now() + timedelta(minutes=5))
    assert late not in client.get("/evaluation/").content.decode()
    Round.objects.filter(pk=made.round.pk).update(due_at=now() - timedelta(minutes=5))
    assert late in client.get("/evaluation/").content.decode()


def test_queue_takes_the_same_queries_for_one_round_and_three(client):
    counts = []
    for n in (1, 3):
        user = person()
        for _ in range(n):
            made = round_with(entries=1, owner=institution())
            seat_panelist(round=made.round, by=made.staff, user=user, reason="Nobody in the pool fits.")
        sign_in(client, user)
        counts.append(queries(client, "/evaluation/"))
    assert counts[0] == counts[1]


def test_opinions_owed_take_the_same_queries_for_one_and_three(client):
    counts = []
    for entries in (1, 3):
        made = round_with(entries=entries, owner=institution())
        sign_in(client, owner_of(made.lot))
        counts.append(queries(client, "/evaluation/"))
    assert counts[0] == counts[1]


# ── the workbench saves itself ──


def autosave(client, made, path, **data):
    sign_in(client, made.evaluators[0])
    return client.post(path, data, headers={"X-Autosave": "1"})


def test_page_that_saves_itself_is_told_the_edition_and_the_time(client):
    made = round_with()
    answered = autosave(client, made, sheet_path(made), **answer(made, 7, edition=0))
    assert answered.status_code == 200
    found = answered.json()
    assert found["edition"] == 1 and "KST" in found["said"]
    assert Sheet.objects.get().state == "draft"


def test_page_of_an_older_save_is_told_so_and_overwrites_nothing(client):
    made = round_with()
    autosave(client, made, sheet_path(made), **answer(made, 7, edition=0))
    answered = autosave(client, made, sheet_path(made), **answer(made, 5, edition=0))
    assert (answered.status_code, answered.json()["code"]) == (409, "saved_elsewhere")
    assert set(Sheet.objects.get().scores.values_list("points", flat=True)) == {7}


def test_page_that_saves_itself_says_what_cannot_be_taken(client):
    made = round_with()
    answered = autosave(client, made, sheet_path(made), **answer(made, 77, edition=0))
    assert answered.status_code == 422 and "0" in answered.json()["said"]
    assert not Sheet.objects.exists()


def test_page_that_saves_itself_after_the_session_ended_is_sent_to_sign_in(client):
    made = round_with()
    answered = client.post(sheet_path(made), answer(made, 7, edition=0), headers={"X-Autosave": "1"})
    assert answered.status_code == 302 and not Sheet.objects.exists()


def test_other_window_and_this_one_are_both_shown_and_saving_again_is_meant(client):
    made = round_with()
    page(client, made.evaluators[0], sheet_path(made), **answer(made, 7, "다른 창의 의견", edition=0))
    shown = page(client, made.evaluators[0], sheet_path(made), **answer(made, 5, "이 창의 의견", edition=0))
    text = shown.content.decode()
    assert shown.status_code == 409 and "다른 창의 의견" in text and "이 창의 의견" in text
    assert 'name="edition" value="1"' in text
    page(client, made.evaluators[0], sheet_path(made), **answer(made, 5, "이 창의 의견", edition=1))
    assert Sheet.objects.get().comment == "이 창의 의견"


def test_form_with_an_error_keeps_the_edition_that_it_was_opened_with(client):
    made = round_with()
    page(client, made.evaluators[0], sheet_path(made), **answer(made, 7, edition=0))
    shown = page(client, made.evaluators[0], sheet_path(made), **answer(made, 77, edition=0))
    assert shown.status_code == 422 and 'name="edition" value="0"' in shown.content.decode()


def test_returned_sheet_shows_the_reason_and_both_versions(client):
    from innomarket.evaluation.services.moderation import return_sheet

    made = round_with()
    return_sheet(sheet=made.score(1, 1, 8), by=made.staff, reason="시험 성적서를 보아 주세요.")
    text = page(client, made.evaluators[0], sheet_path(made)).content.decode()
    assert "시험 성적서를 보아 주세요." in text and 'name="word"' in text
    data = answer(made, 6, edition=1, submit="1")
    assert page(client, made.evaluators[0], sheet_path(made), **data).status_code == 302
    text = page(client, made.evaluators[0], sheet_path(made)).content.decode()
    assert "1판" in text and "2판" in text


def test_checks_are_answered_on_the_same_page(client):
    made = round_with(entries=1, panelists=1, stages=("document_check", "scored"))
    checks = list(made.round.stage.checks.all())
    text = page(client, made.evaluators[0], sheet_path(made)).content.decode()
    assert "확인 1" in text and f'name="check_{checks[0].pk}"' in text
    data = {"comment": "", "edition": "0", "submit": "1"}
    for check in checks:
        data |= {f"check_{check.pk}": "1", f"reason_{check.pk}": "있습니다."}
    assert page(client, made.evaluators[0], sheet_path(made), **data).status_code == 302
    assert Sheet.objects.get().versions.get().points == [1, 1]


def test_sheets_compared_are_shown_to_staff_and_one_is_given_back(client):
    given = {1: [8, 8, 2]}
    made = round_with(entries=1, scored=True, points=lambda entry, evaluator: [given[entry][evaluator - 1]])
    path = f"/admin/evaluation/round/{made.round.pk}/moderate/"
    text = page(client, made.staff, path).content.decode()
    assert "이탈" in text and "60.00" in text
    data = {"sheet": made.assignment(1, 3).sheet.pk, "reason": "근거를 적어 주세요."}
    assert page(client, made.staff, path, **data).status_code == 302
    assert Sheet.objects.get(assignment=made.assignment(1, 3)).state == "returned"
    other = staff("run_rounds")
    refused_ = page(client, other, path, sheet=made.assignment(1, 1).sheet.pk, reason="x")
    assert refused_.status_code in (403, 409)
