"""Declaring conflicts, scoring, setting aside."""

import pytest
from django.db import IntegrityError, transaction

from innomarket.audit.models import Entry as AuditEntry
from innomarket.common.refusals import Refused
from innomarket.evaluation.models import Recusal, Score, Sheet, SheetVersion
from innomarket.evaluation.services.conflict import declare_conflict, declare_conflicts
from innomarket.evaluation.services.pledge import sign_pledge
from innomarket.evaluation.services.result import finish_round
from innomarket.evaluation.services.round import unseat_panelist
from innomarket.evaluation.services.sheet import COMMENT_MAX, save_sheet, set_aside_sheet, submit_sheet
from innomarket.notifications.models import Message
from tests.accounts.factories import company, member, person

from .factories import prepared, round_with
from .test_locks import judging
from .test_round import refused

pytestmark = pytest.mark.django_db


def save(made, entry=1, evaluator=1, points=None, comment="", by=None):
    return save_sheet(
        assignment=made.assignment(entry, evaluator),
        by=by or made.evaluators[evaluator - 1],
        points=made.points(8) if points is None else points,
        comment=comment,
    )


# ── conflicts ──


def test_declaration_recuses_from_what_is_named_and_opens_the_rest():
    made = round_with(declared=False)
    panelist = declare_conflicts(
        round=made.round, by=made.evaluators[0], conflicts={made.entry(2).pk: "공동 연구를 했습니다."}
    )
    assert panelist.declared_at is not None
    recusal = Recusal.objects.get()
    assert (recusal.ground, recusal.reason, recusal.entry) == (
        "declared",
        "공동 연구를 했습니다.",
        made.entry(2),
    )
    assert save(made, 1).state == "draft"
    with refused("recused"):
        save(made, 2)


def test_nothing_is_scored_before_the_declaration():
    made = round_with(declared=False)
    with refused("declare_first"):
        save(made)
    with refused("declare_first"):
        declare_conflict(assignment=made.assignment(), by=made.evaluators[0], reason="Friend.")


def test_declaring_twice_is_refused():
    made = round_with()
    with refused("declared_already"):
        declare_conflicts(round=made.round, by=made.evaluators[0], conflicts={})


def test_declaring_by_who_is_not_on_the_panel_is_refused():
    made = round_with(declared=False)
    with refused("not_on_panel"):
        declare_conflicts(round=made.round, by=person(), conflicts={})
    unseat_panelist(panelist=made.panelist(1), by=made.staff, reason="Ill.")
    with refused("not_on_panel"):
        declare_conflicts(round=made.round, by=made.evaluators[0], conflicts={})


def test_declaring_before_the_start_is_refused():
    made = prepared()
    sign_pledge(panelist=made.panelist(1), by=made.evaluators[0])
    with refused("score_not_now"):
        declare_conflicts(round=made.round, by=made.evaluators[0], conflicts={})


def test_declared_conflict_needs_a_reason_at_its_field():
    made = round_with(declared=False)
    entry = made.entry(1).pk
    with pytest.raises(Refused) as caught:
        declare_conflicts(round=made.round, by=made.evaluators[0], conflicts={entry: " "})
    assert caught.value.field == f"reason_{entry}"
    assert not Recusal.objects.exists()


def test_conflict_with_an_entry_of_another_round_is_refused():
    made, other = round_with(declared=False), round_with()
    with refused("unknown_entry"):
        declare_conflicts(round=made.round, by=made.evaluators[0], conflicts={other.entry(1).pk: "Mine."})


def test_later_conflict_closes_the_entry_and_sets_the_sheet_aside():
    made = round_with()
    sheet = made.score(1, 1, 8)
    declare_conflict(assignment=made.assignment(), by=made.evaluators[0], reason="My former student.")
    sheet.refresh_from_db()
    assert sheet.state == "set_aside"
    assert made.assignment().recusal.reason == "My former student."
    with refused("recused_already"):
        declare_conflict(assignment=made.assignment(), by=made.evaluators[0], reason="Again.")


def test_conflict_closes_what_the_applicant_submitted_to_other_rounds_and_tells_the_evaluator():
    user, firm = person(), company()
    here, there = judging(user, firm), judging(user, firm)
    declare_conflict(assignment=here, by=user, reason="My former student.")
    there.refresh_from_db()
    assert there.recusal.ground == "recused_before"
    told = Message.objects.get(kind="evaluation.entries_closed")
    number = there.entry.round.number
    assert told.recipient == user and number in told.body and told.url == f"/evaluation/{number}/"
    assert not any(word in told.body for word in (firm.name_ko, "former student"))


def test_conflict_that_concerns_its_own_round_alone_tells_the_evaluator_nothing_new():
    made = round_with()
    declare_conflict(assignment=made.assignment(), by=made.evaluators[0], reason="My former student.")
    assert not Message.objects.filter(kind="evaluation.entries_closed").exists()


def test_conflict_of_somebody_else_cannot_be_declared():
    made = round_with()
    with refused("not_on_panel"):
        declare_conflict(assignment=made.assignment(1, 1), by=made.evaluators[1], reason="Theirs.")


def test_conflict_after_the_finish_is_refused():
    made = round_with(finished=True)
    with refused("score_not_now"):
        declare_conflict(assignment=made.assignment(), by=made.evaluators[0], reason="Late.")


# ── scoring ──


def test_draft_is_kept_and_replaced():
    made = round_with()
    first, second, third = made.criteria
    sheet = save(made, points={first.pk: 3, second.pk: 4}, comment="처음")
    again = save(made, points={second.pk: 7, third.pk: 9}, comment=" 고침 ")
    assert again == sheet
    assert again.comment == "고침"
    assert dict(sheet.scores.values_list("criterion", "points")) == {second.pk: 7, third.pk: 9}


@pytest.mark.parametrize("given", [-1, 11, True, 7.5, "8", None])
def test_points_out_of_range_are_refused_at_their_field(given):
    made = round_with()
    pk = made.criteria[1].pk
    with pytest.raises(Refused) as caught:
        save(made, points={pk: given})
    assert (caught.value.code, caught.value.field) == ("out_of_range", f"criterion_{pk}")
    assert not Sheet.objects.exists()


def test_criterion_of_another_call_is_refused():
    made, other = round_with(), round_with()
    with refused("unknown_criterion"):
        save(made, points={other.criteria[0].pk: 5})


def test_comment_that_is_too_long_is_refused():
    made = round_with()
    with refused("comment_too_long"):
        save(made, comment="가" * (COMMENT_MAX + 1))


def test_submit_asks_for_every_criterion_and_a_comment():
    made = round_with()
    by = made.evaluators[0]
    sheet = save(made, points={made.criteria[0].pk: 5}, comment="좋습니다.")
    with pytest.raises(Refused) as caught:
        submit_sheet(sheet=sheet, by=by)
    assert caught.value.field == f"criterion_{made.criteria[1].pk}"
    sheet = save(made, comment="  ")
    with pytest.raises(Refused) as caught:
        submit_sheet(sheet=sheet, by=by)
    assert caught.value.field == "comment"
    save(made, comment="좋습니다.")
    assert submit_sheet(sheet=sheet, by=by).state == "submitted"


def test_submitted_sheet_is_neither_saved_nor_submitted_again():
    made = round_with()
    sheet = made.score(1, 1, 8)
    with refused("score_not_now"):
        save(made)
    with refused("submit_not_now"):
        submit_sheet(sheet=sheet, by=made.evaluators[0])


def test_sheet_is_written_by_its_evaluator_alone():
    made = round_with()
    sheet = save(made, comment="좋습니다.")
    for user in (made.staff, made.evaluators[1], person()):
        with refused("not_on_panel"):
            save(made, by=user)
        with refused("not_on_panel"):
            submit_sheet(sheet=sheet, by=user)


def test_evaluator_who_left_writes_no_more():
    made = round_with()
    unseat_panelist(panelist=made.panelist(1), by=made.staff, reason="Ill.")
    with refused("not_on_panel"):
        save(made)


def test_evaluator_who_joins_the_applicant_writes_no_more():
    made = round_with()
    member(made.evaluators[0], made.submissions[0].applicant_organisation)
    with refused("partial"):
        save(made, 1)
    assert save(made, 2).state == "draft"


def test_sheet_of_a_finished_round_is_closed():
    made = round_with(entries=1, panelists=4)
    sheet = save(made, 1, 4, comment="늦음")
    for evaluator in (1, 2, 3):
        made.score(1, evaluator, 8)
    finish_round(round=made.round, by=made.staff)
    with refused("score_not_now"):
        save(made, 1, 4)
    with refused("score_not_now"):
        submit_sheet(sheet=sheet, by=made.evaluators[3])


# ── setting aside ──


def test_setting_aside_takes_a_reason_and_the_permission():
    made = round_with()
    sheet = made.score(1, 1, 8)
    with refused("not_staff"):
        set_aside_sheet(sheet=sheet, by=made.evaluators[0], reason="Mine.")
    with refused("reason_needed"):
        set_aside_sheet(sheet=sheet, by=made.staff, reason="")
    assert set_aside_sheet(sheet=sheet, by=made.staff, reason="Was not independent.").state == "set_aside"
    with refused("set_aside_not_now"):
        set_aside_sheet(sheet=sheet, by=made.staff, reason="Again.")
    with refused("score_not_now"):
        save(made)


def test_setting_aside_after_the_finish_is_refused():
    made = round_with(finished=True)
    with refused("score_not_now"):
        set_aside_sheet(sheet=Sheet.objects.first(), by=made.staff, reason="Late.")


# ── what the database holds ──


def test_audit_of_a_sheet_holds_no_scores_and_no_comment():
    made = round_with()
    made.score(1, 1, 7, comment="카나리아")
    entries = AuditEntry.objects.filter(subject_type="evaluation.sheet")
    assert {entry.verb for entry in entries} == {"evaluation.save_sheet", "evaluation.submit_sheet"}
    assert "카나리아" not in str(list(entries.values()))
    assert all(
        set(entry.changes) <= {"state", "comment", "saved_at", "submitted_at", "edition", "version"}
        for entry in entries
    )


def test_database_refuses_points_out_of_range():
    made = round_with()
    sheet = save(made, points={})
    with pytest.raises(IntegrityError, match="score_within_the_criterion"), transaction.atomic():
        Score.objects.create(sheet=sheet, criterion=made.criteria[0], points=11, max_points=10)


@pytest.mark.parametrize("change", ["update", "delete", "insert"])
def test_database_refuses_a_change_of_a_submitted_sheets_scores(change):
    made = round_with()
    sheet = made.score(1, 1, 8)
    with pytest.raises(IntegrityError, match="not a draft"), transaction.atomic():
        if change == "update":
            Score.objects.filter(sheet=sheet).update(points=10)
        elif change == "delete":
            Score.objects.filter(sheet=sheet).delete()
        else:
            Score.objects.create(sheet=sheet, criterion=made.criteria[0], points=1, max_points=10)


@pytest.mark.parametrize("fields", [{"state": "draft"}, {"comment": "다른 말"}, {"submitted_at": None}])
def test_database_lets_a_submitted_sheet_only_be_set_aside(fields):
    made = round_with()
    sheet = made.score(1, 1, 8)
    with pytest.raises(IntegrityError), transaction.atomic():
        Sheet.objects.filter(pk=sheet.pk).update(**fields)
    Sheet.objects.filter(pk=sheet.pk).update(state="set_aside")
    with pytest.raises(IntegrityError, match="not a draft"), transaction.atomic():
        Sheet.objects.filter(pk=sheet.pk).update(state="submitted")


def test_database_refuses_to_submit_a_sheet_that_lacks_points():
    made = round_with()
    sheet = save(made, points={made.criteria[0].pk: 5}, comment="좋습니다.")
    with pytest.raises(IntegrityError, match="not the whole sheet"), transaction.atomic():
        SheetVersion.objects.create(
            sheet=sheet, ordinal=1, points=[5, 5, 5], comments=["", "", ""], comment="x", sha256="0" * 64,
            submitted_at=sheet.saved_at,
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="no version"), transaction.atomic():
        Sheet.objects.filter(pk=sheet.pk).update(state="submitted", submitted_at=sheet.saved_at, version=1)
