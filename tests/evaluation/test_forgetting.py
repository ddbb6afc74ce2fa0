"""What a person takes along of evaluation, what an erasure takes, what goes after a time; and that records stand."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command

from challenges.models import Challenge
from innomarket.audit.models import Entry
from innomarket.common import personal
from innomarket.common.clock import moved_to, now, today
from innomarket.documents.models import Document
from innomarket.evaluation import drawfile
from innomarket.evaluation.models import Absence, Evaluator, Objection, Recusal, Result, Tie
from innomarket.evaluation.services.conflict import declare_conflict
from innomarket.evaluation.services.evaluator import add_absence, add_tie, leave_pool
from innomarket.evaluation.services.objection import answer_objection, file_objection, save_objection
from innomarket.evaluation.services.pledge import decline_seat
from innomarket.evaluation.services.result import finish_round, select_entries
from innomarket.evaluation.services.round import cancel_round, start_round
from innomarket.privacy.models import RetentionRule
from innomarket.privacy.services import retention
from innomarket.rules.services import enter_rule
from tests.accounts.factories import member, person, staff
from tests.documents.conftest import store  # noqa: F401
from tests.submissions.factories import pdf
from tools.verify.draw import verify
from tools.verify.report import Report

from .blind_world import prepared_blind
from .factories import drawn_round, evaluator, evaluators, published, round_with
from .test_objection import TEXT, applicant, judged, result_of

pytestmark = pytest.mark.django_db
NAME = "카나리아울음"


def taken(one, code):
    """The rows of one part of what a person takes along."""
    return list(personal.shares[code].rows(one))


def erase(one, code="abc123"):
    """What every app takes in an erasure, the apps above first."""
    for name in reversed(personal.erasers):
        personal.erasers[name](one, code)


def also_owned(user):
    """Somebody else owns the organisation of this person too: they may leave it."""
    member(person(), user.memberships.get().organisation)
    return user


def in_the_pool(**fields):
    """Somebody with everything that the pool keeps about people."""
    made = evaluator(user=person(name=NAME), most_panels=4, **fields)
    add_tie(evaluator=made, by=made.user, kind="family", from_on=today(), name=f"{NAME}의 회사")
    add_absence(evaluator=made, by=made.user, from_on=today(), to_on=today() + timedelta(days=3))
    return made


# ── taken along ──


def test_an_evaluator_takes_along_profile_ties_absences_and_what_they_were_given():
    made = in_the_pool()
    (profile,) = taken(made.user, "evaluation.profile")
    assert (profile["kind"], profile["fields"], profile["most_panels"]) == ("technical", ["ai"], 4)
    assert taken(made.user, "evaluation.ties")[0]["organisation"] == f"{NAME}의 회사"
    assert len(taken(made.user, "evaluation.absences")) == 1
    round_ = round_with(entries=2)
    user = round_.evaluators[0]
    declare_conflict(assignment=round_.assignment(1, 1), by=user, reason="A friend's.")
    assert [row["entry"] for row in taken(user, "evaluation.assignments")] == [1, 2]
    (recusal,) = taken(user, "evaluation.recusals")
    assert (recusal["entry"], recusal["reason"]) == (1, "A friend's.")
    for part in personal.shares.values():
        assert all(set(row) <= {key for key, _label in part.columns} for row in part.rows(user))


@pytest.mark.usefixtures("store")
def test_what_is_taken_along_of_a_blind_round_does_not_say_who_applied():
    made = prepared_blind(panelists=2)
    friend = made.evaluators[0]
    member(friend, made.submissions[0].applicant_organisation)
    start_round(round=made.round, by=made.staff)
    (hidden,) = taken(friend, "evaluation.recusals")
    assert (hidden["ground"], hidden["reason"]) == ("", "")
    cancel_round(round=made.round, by=made.staff, reason="Over.")
    (shown,) = taken(friend, "evaluation.recusals")
    assert shown["ground"] == "same_organisation"


def test_an_applicant_takes_along_text_answer_and_files_of_its_objections():
    made = judged()
    by = applicant(made)
    objection = file_objection(result=result_of(made), by=by, text=TEXT, files=[pdf("근거.pdf")])
    answer_objection(objection=objection, by=staff("run_rounds"), outcome="rejected", answer="그대로입니다.")
    (row,) = taken(by, "evaluation.objections")
    assert (row["text"], row["answer"], row["files"][0]["name"]) == (TEXT, "그대로입니다.", "근거.pdf")
    also_owned(by).memberships.update(left_at=now())
    (row,) = taken(by, "evaluation.objections")
    assert (row["number"], row["text"], row["answer"], row["files"]) == (objection.number, "", "", [])


# ── erased ──


def test_an_erasure_takes_profile_ties_absences_and_reasons_and_breaks_no_record():
    evaluators()
    made = drawn_round().started()
    user = made.panel[0].user
    mine = Evaluator.objects.get(user=user)
    add_tie(evaluator=mine, by=user, kind="family", from_on=today(), name=f"{NAME}의 회사")
    add_absence(evaluator=mine, by=user, from_on=today(), to_on=today())
    declare_conflict(assignment=made.panel[0].assignments.first(), by=user, reason=f"{NAME}의 일")
    erase(user)
    mine.refresh_from_db()
    assert (mine.state, mine.kind, mine.fields.count()) == ("left", "", 0)
    assert (
        not Tie.objects.filter(evaluator=mine).exists()
        and not Absence.objects.filter(evaluator=mine).exists()
    )
    assert Recusal.objects.get(panelist__user=user).reason == "abc123"
    report, pool = Report(), made.draw.pool.encode()
    verify(json.loads(drawfile.text_of(made.draw)), json.loads(pool), pool, report)
    assert not report.differences
    assert made.round.panelists.get(user=user).kind == made.panel[0].kind


def test_a_round_is_recomputed_after_its_evaluators_were_erased():
    made = round_with(entries=2, scored=True)
    made.round = finish_round(round=made.round, by=made.staff)
    select_entries(round=made.round, by=made.staff, entries=[made.entry(1).pk])
    published(made)
    for n, user in enumerate(made.evaluators):
        erase(user, f"abc12{n}")
    call_command("verify_round", made.round.number)  # exits with 1 where anything differs


def test_an_objection_that_an_organisation_filed_stands_after_an_erasure():
    made = judged()
    by = applicant(made)
    objection = file_objection(result=result_of(made), by=by, text=TEXT, files=[pdf()])
    erase(also_owned(by))
    objection.refresh_from_db()
    assert (objection.text, objection.files.count(), objection.filed_by) == (TEXT, 1, by)


# ── deleted after a time ──


def due(noun):
    return next(line for line in retention.preview() if line["noun"] == noun)["count"]


def deleted(run, noun):
    return run.counts.get(noun, {}).get("count", 0)


def test_who_left_the_pool_is_forgotten_after_the_period():
    made = in_the_pool()
    leave_pool(evaluator=made, by=made.user)
    in_the_pool()
    with moved_to(now() + timedelta(days=35 * 30)):
        assert due("evaluation.profiles") == 0
    with moved_to(now() + timedelta(days=37 * 31)):
        assert due("evaluation.profiles") == 1
        assert deleted(retention.apply(), "evaluation.profiles") == 1
        assert due("evaluation.profiles") == 0
    assert Tie.objects.count() == 1 and Evaluator.objects.filter(state="left", kind="").count() == 1


def test_days_away_go_after_the_period():
    in_the_pool()
    with moved_to(now() + timedelta(days=400)):
        assert due("evaluation.absences") == 1
        retention.apply()
    assert not Absence.objects.exists()


def test_reasons_of_recusals_go_once_their_round_has_ended():
    made = round_with(entries=2, panelists=4)
    declare_conflict(assignment=made.assignment(1, 1), by=made.evaluators[0], reason="A friend's.")
    with moved_to(now() + timedelta(days=62 * 31)):
        assert due("evaluation.recusals") == 0  # still being scored
        cancel_round(round=made.round, by=made.staff, reason="Over.")
        assert deleted(retention.apply(), "evaluation.recusals") == 1
        assert due("evaluation.recusals") == 0
    assert Recusal.objects.get().reason == "–"


def test_drafts_of_objections_go_with_their_files_and_filed_ones_stay(
    store,  # noqa: F811
    django_capture_on_commit_callbacks,
):
    made = judged()
    save_objection(result=result_of(made), by=applicant(made), text=TEXT, files=[pdf()])
    filed = file_objection(result=result_of(made, 3), by=applicant(made, 3), text=TEXT, files=[pdf("b.pdf")])
    path = Document.objects.order_by("pk").first().file.name
    assert (store / path).exists()
    with moved_to(now() + timedelta(days=500)), django_capture_on_commit_callbacks(execute=True):
        retention.apply()
    assert Objection.objects.get() == filed
    assert Document.objects.count() == 1 and not (store / path).exists()


def test_texts_of_ended_objections_go_only_by_a_period_that_the_agency_entered():
    made = judged()
    objection = file_objection(result=result_of(made), by=applicant(made), text=TEXT, files=[pdf()])
    answer_objection(objection=objection, by=staff("run_rounds"), outcome="rejected", answer="그대로입니다.")
    with moved_to(now() + timedelta(days=400)):
        assert not RetentionRule.objects.filter(noun="evaluation.objections").exists()
        assert due("evaluation.objections") == 0
        rule = RetentionRule(noun="evaluation.objections", months=12, source="Public records schedule")
        enter_rule(rule=rule, by=staff("read_audit"), begins=today() + timedelta(days=1), reason="x")
    with moved_to(now() + timedelta(days=402)):
        assert due("evaluation.objections") == 1
        assert deleted(retention.apply(), "evaluation.objections") == 1
        assert due("evaluation.objections") == 0
    objection.refresh_from_db()
    assert (objection.text, objection.answer, objection.files.count()) == ("–", "–", 0)
    assert (objection.state, objection.outcome) == ("answered", "rejected")
    assert not Document.objects.exists()


def entered(noun):
    rule = RetentionRule(noun=noun, months=12, source="Public records schedule")
    enter_rule(rule=rule, by=staff("read_audit"), begins=today() + timedelta(days=1), reason="x")


def test_texts_of_what_was_not_selected_go_and_the_round_is_recomputed_all_the_same(client):
    made = judged()
    for submission in made.submissions:
        Challenge.objects.create(submission=submission, problem="무엇이 문제인지")
    result = client.get(f"/rounds/{made.round.number}/result.json").content
    with moved_to(now() + timedelta(days=2)):
        assert due("evaluation.not_selected") == 0
    entered("evaluation.not_selected")
    with moved_to(now() + timedelta(days=300)):
        assert due("evaluation.not_selected") == 0
    left = list(Result.objects.exclude(outcome="selected").values_list("entry__submission", flat=True))
    with moved_to(now() + timedelta(days=420)):
        assert due("evaluation.not_selected") == len(left) > 0
        assert deleted(retention.apply(), "evaluation.not_selected") == len(left)
        assert due("evaluation.not_selected") == 0
    for submission in made.submissions:
        submission.current.refresh_from_db()
        gone = submission.pk in left
        assert [submission.current.sections == [], Challenge.objects.get(pk=submission.pk).problem == ""] == [
            gone
        ] * 2
    assert client.get(f"/rounds/{made.round.number}/result.json").content == result
    call_command("verify_round", made.round.number)


def test_what_an_objection_is_about_does_not_go_before_its_answer_is_as_old():
    made = judged()
    objection = file_objection(result=result_of(made), by=applicant(made), text=TEXT)
    entered("evaluation.not_selected")
    before = Result.objects.exclude(outcome="selected").count()
    with moved_to(now() + timedelta(days=420)):
        assert due("evaluation.not_selected") == before - 1
        answer_objection(
            objection=objection, by=staff("run_rounds"), outcome="rejected", answer="그대로입니다."
        )
        assert due("evaluation.not_selected") == before - 1
    with moved_to(now() + timedelta(days=800)):
        assert due("evaluation.not_selected") == before


def test_why_an_evaluator_left_stands_in_no_history_and_goes_with_an_erasure_or_the_period():
    evaluators()
    made = drawn_round()
    first, second = made.panel[:2]
    decline_seat(panelist=first, by=first.user, reason=f"{NAME}의 수술")
    decline_seat(panelist=second, by=second.user, reason=f"{NAME}의 출장")
    assert not Entry.objects.filter(reason__contains=NAME).exists()
    erase(first.user)
    first.refresh_from_db()
    assert (first.left_reason, taken(second.user, "evaluation.panels")[0]["left_reason"]) == (
        "abc123",
        f"{NAME}의 출장",
    )
    with moved_to(now() + timedelta(days=62 * 31)):
        assert due("evaluation.seats_left") == 0  # the panel is still being formed
        cancel_round(round=made.round, by=made.staff, reason="Over.")
        assert deleted(retention.apply(), "evaluation.seats_left") == 2
    second.refresh_from_db()
    assert second.left_reason == "–"
