"""Stages in order: what each takes, what it says, and what only the last one makes final."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from innomarket.common.clock import now
from innomarket.documents import quarantine
from innomarket.evaluation import hooks, reads
from innomarket.evaluation.models import Result, Round, Visit
from innomarket.evaluation.services.result import finish_round, select_entries
from innomarket.evaluation.services.round import create_round, seat_panelist, start_round
from innomarket.evaluation.services.sheet import save_sheet, submit_sheet
from innomarket.evaluation.services.visit import record_visit
from innomarket.notifications.models import Message
from innomarket.submissions.models import CallStage, StageCheck
from innomarket.submissions.services.call import announce_call, edit_call
from innomarket.submissions.services.call_parts import stages_of
from innomarket.submissions.specs import CheckSpec, CriterionSpec, GroupSpec, StageSpec
from tests.accounts.factories import member, person, staff
from tests.documents.clamd import clamd
from tests.submissions import factories as calls
from tests.submissions.factories import pdf

from .factories import APPOINTED, Made, opened_lot, pledge_and_declare, published, round_with
from .test_round import refused

pytestmark = pytest.mark.django_db


def say(made: Made, entry: int, evaluator: int, *fits: bool, why: str = "서류가 있습니다."):
    """One evaluator's answers to the checks of the stage, submitted."""
    user = made.evaluators[evaluator - 1]
    checks = StageCheck.objects.filter(stage=made.round.stage).order_by("order")
    findings = {check.pk: (fit, why) for check, fit in zip(checks, fits, strict=True)}
    sheet = save_sheet(assignment=made.assignment(entry, evaluator), by=user, findings=findings, comment="")
    return submit_sheet(sheet=sheet, by=user)


def outcomes(made: Made) -> list[str]:
    results = Result.objects.filter(entry__round=made.round).order_by("entry__order")
    return list(results.values_list("outcome", flat=True))


def next_round(made: Made, panelists: int = 3) -> Made:
    """The started round of the next stage, on the same lot."""
    round_ = create_round(lot=made.lot, by=made.staff)
    people = [person() for _ in range(panelists)]
    for user in people:
        seat_panelist(round=round_, by=made.staff, user=user, reason=APPOINTED)
    round_ = start_round(round=round_, by=made.staff)
    for user in people:
        pledge_and_declare(round_, user)
    from innomarket.submissions.models import Criterion

    criteria = list(Criterion.objects.filter(group__stage=round_.stage).order_by("group__order", "order"))
    return Made(round_, made.lot, made.staff, people, made.submissions, criteria)


def checked(entries: int = 3, stages=("document_check", "scored"), unfit: int = 1, **rule: Any) -> Made:
    """A published document check by one person, in which the first ``unfit`` entries fail."""
    made = round_with(entries=entries, panelists=1, stages=stages, **rule)
    for entry in range(1, entries + 1):
        say(made, entry, 1, True, entry > unfit)
    made.round = finish_round(round=made.round, by=made.staff)
    published(made)
    return made.again()


# ── a call's stages ──


def groups(stage: int = 0) -> list[GroupSpec]:
    return [GroupSpec("공공성", "Publicness", 60, [CriterionSpec("효과", "Effect", 100)], stage)]


def test_call_without_stages_of_its_own_has_one_by_the_rule_in_force():
    stage = calls.call().stages.get()
    assert (stage.kind, stage.method, stage.pass_mark, stage.least_sheets, stage.trim_from) == (
        "scored",
        "points",
        Decimal(70),
        3,
        5,
    )
    assert (stage.low_percent, stage.high_percent, stage.from_before) == (20, 90, False)


def test_call_keeps_the_stages_it_was_given_in_their_order():
    given = [
        StageSpec(kind="document_check"),
        StageSpec(kind="fit_check", checks=[CheckSpec("안전", "Safety"), CheckSpec("규제", "Regulation")]),
        StageSpec(kind="scored", pass_mark=Decimal(65), trim_from=0, group_minimum="each"),
        StageSpec(kind="interview", method="points", least_sheets=2),
        StageSpec(kind="council"),
    ]
    call = calls.call(stages=given, groups=[*groups(3), *groups(4)])
    found = list(call.stages.all())
    assert [stage.kind for stage in found] == [spec.kind for spec in given]
    assert [stage.checks.count() for stage in found] == [1, 2, 0, 0, 1]
    assert (found[2].pass_mark, found[2].trim_from, found[2].group_minimum) == (65, None, "each")
    assert [group.stage.order for group in call.groups.order_by("order")] == [3, 4]
    # What is read back and written again is the same.
    edit_call(call=call, by=staff("run_rounds"), groups=[*groups(3), *groups(4)], stages=stages_of(call))
    assert [(stage.kind, stage.pass_mark, stage.trim_from) for stage in call.stages.all()] == [
        (stage.kind, stage.pass_mark, stage.trim_from) for stage in found
    ]


@pytest.mark.parametrize(
    ("stages", "criteria", "code"),
    [
        ([StageSpec(kind="document_check")], groups(), "no_scored_stage"),
        ([StageSpec(kind="fit_check"), StageSpec(kind="scored")], groups(), "checks_missing"),
        ([StageSpec(kind="council"), StageSpec(kind="scored")], groups(1), "group_without_stage"),
        ([StageSpec(kind="scored"), StageSpec(kind="scored")], groups(1), "criteria_missing"),
        ([StageSpec(kind="council", method="points"), StageSpec(kind="scored")], [*groups(1), *groups(2)],
         "stage_answers_as_its_kind_does"),
        ([StageSpec(kind="nonsense")], groups(), "unknown_stage"),
        ([StageSpec(kind="fit_check", checks=[CheckSpec("안전", "")]), StageSpec(kind="scored")], groups(2),
         "check_names"),
    ],
)  # fmt: skip
def test_stages_that_do_not_fit_together_are_refused(stages, criteria, code):
    with refused(code):
        calls.call(stages=stages, groups=criteria)


def test_stages_and_checks_stand_once_the_call_is_announced():
    call = calls.call(stages=[StageSpec(kind="document_check"), StageSpec(kind="scored")], groups=groups(2))
    announce_call(call=call, by=staff("run_rounds"))
    check = StageCheck.objects.get(stage__call=call)
    for sql, key in [
        ("UPDATE submissions_callstage SET pass_mark = 50 WHERE id = %s", call.stages.last().pk),
        ("DELETE FROM submissions_callstage WHERE id = %s", call.stages.first().pk),
        ("UPDATE submissions_stagecheck SET name_ko = 'x' WHERE id = %s", check.pk),
    ]:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [key])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# ── a round follows its stage ──


def test_pass_mark_of_an_announced_stage_is_not_changed_for_a_round():
    lot = opened_lot()
    with refused("pass_mark_announced"):
        create_round(lot=lot, by=staff("run_rounds"), pass_mark=Decimal(50))
    round_ = create_round(lot=lot, by=staff("run_rounds"))
    for change in ("pass_mark = 50", "least_sheets = 1", "trim_from = NULL"):
        with (
            pytest.raises(IntegrityError, match="as its stage"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE evaluation_round SET {change} WHERE id = %s", [round_.pk])


def test_call_of_before_takes_a_pass_mark_for_its_round():
    import pgtrigger

    lot = opened_lot()
    with pgtrigger.ignore("submissions.CallStage:stages_freeze"):
        CallStage.objects.filter(call=lot.call).update(from_before=True)
    round_ = create_round(lot=lot, by=staff("run_rounds"), pass_mark=Decimal(60))
    assert round_.pass_mark == 60


def test_stage_of_another_call_is_refused_by_the_database():
    mine, other = opened_lot(), opened_lot()
    with pytest.raises(IntegrityError, match="as its stage"), transaction.atomic():
        Round.objects.create(
            number="X", lot=mine, stage=other.call.stages.get(), chief=person(), pass_mark=70,
            least_sheets=3, trim_from=5,
        )  # fmt: skip


# ── fit or unfit ──


def test_one_failed_check_fails_and_who_is_fit_goes_on():
    made = checked()
    assert outcomes(made) == ["unfit", "advances", "advances"]
    first = Result.objects.filter(entry__round=made.round).order_by("entry__order").first()
    assert (first.total, first.rank, first.passed, sorted(first.checks.values())) == (
        None,
        None,
        False,
        [[0, 1], [1, 0]],
    )
    following = next_round(made)
    assert [entry.submission for entry in following.round.entries.order_by("order")] == made.submissions[1:]


def test_panel_decides_by_majority_and_a_tie_is_fit():
    made = round_with(entries=2, panelists=4, stages=("fit_check", "scored"))
    for evaluator in (1, 2, 3, 4):
        say(made, 1, evaluator, evaluator > 2, True)  # two against two
        say(made, 2, evaluator, evaluator > 3, True)  # three against one
    finish_round(round=made.round, by=made.staff)
    assert outcomes(made) == ["advances", "unfit"]


def test_finding_takes_its_answer_and_its_reason():
    made = round_with(entries=1, panelists=1, stages=("document_check", "scored"))
    checks = [check.pk for check in made.round.stage.checks.all()]
    sheet = save_sheet(
        assignment=made.assignment(), by=made.evaluators[0], findings={checks[0]: (True, "있음")}, comment=""
    )
    with refused("fit_missing"):
        submit_sheet(sheet=sheet, by=made.evaluators[0])
    sheet = save_sheet(
        assignment=made.assignment(), by=made.evaluators[0], comment="",
        findings={checks[0]: (True, "있음"), checks[1]: (False, "")},
    )  # fmt: skip
    with refused("reason_needed"):
        submit_sheet(sheet=sheet, by=made.evaluators[0])


def test_nobody_selects_where_the_checks_decide():
    made = round_with(entries=1, panelists=1, stages=("document_check", "scored"))
    say(made, 1, 1, True, True)
    finish_round(round=made.round, by=made.staff)
    with refused("checks_decide"):
        select_entries(round=made.round, by=made.staff, entries=[made.entry().pk])


# ── one stage after the other ──


def test_next_stage_waits_for_the_publication_of_the_one_before():
    made = round_with(entries=1, panelists=1, stages=("document_check", "scored"))
    say(made, 1, 1, True, True)
    finish_round(round=made.round, by=made.staff)
    with refused("one_active_round_of_a_lot"):
        create_round(lot=made.lot, by=made.staff)
    published(made)
    assert create_round(lot=made.lot, by=made.staff).stage.kind == "scored"


def test_only_the_last_stage_announces_its_results_and_selects():
    told = []
    hook = lambda round: told.append(round.pk)  # noqa: E731
    hooks.results_published.subscribe(hook)
    try:
        made = checked()
        assert told == []
        last = next_round(made)
        for entry in (1, 2):
            for evaluator in (1, 2, 3):
                last.score(entry, evaluator, 8)
        finish_round(round=last.round, by=last.staff)
        select_entries(
            round=last.round, by=last.staff, entries=[last.entry(1).pk], reason="시험 장소가 먼저 있습니다."
        )
        published(last)
    finally:
        hooks.results_published._subscribers.remove(hook)
    assert told == [last.round.pk]
    assert outcomes(last) == ["selected", "not_selected"]
    assert reads.next_stage(made.lot) is None


def test_stage_that_nobody_passes_concludes_the_lot():
    told = []
    hook = lambda round: told.append(round.pk)  # noqa: E731
    hooks.results_published.subscribe(hook)
    try:
        made = checked(entries=1)
    finally:
        hooks.results_published._subscribers.remove(hook)
    assert told == [made.round.pk] and reads.next_stage(made.lot) is None
    with refused("published"):
        create_round(lot=made.lot, by=made.staff)


def test_scored_stage_before_the_last_lets_go_on_and_selects_nobody():
    made = round_with(entries=2, finished=True, stages=("scored", "council"))
    select_entries(round=made.round, by=made.staff, entries=[made.entry(1).pk])
    published(made)
    assert outcomes(made) == ["advances", "not_selected"]
    council = next_round(made, panelists=1)
    say(council, 1, 1, True, True)
    finish_round(round=council.round, by=council.staff)
    assert outcomes(council) == ["selected"]


def test_database_lets_only_the_last_stage_select():
    made = round_with(entries=2, finished=True, stages=("scored", "council"))
    with pytest.raises(IntegrityError, match="only the last stage"), transaction.atomic():
        Result.objects.filter(entry=made.entry(1)).update(outcome="selected")
    single = round_with(entries=2, finished=True)
    with pytest.raises(IntegrityError, match="only the last stage"), transaction.atomic():
        Result.objects.filter(entry=single.entry(1)).update(outcome="advances")


def test_applicant_reads_for_which_stage_it_waits():
    made = checked()
    assert str(reads.waiting_words(made.submissions[0])) == ""  # unfit: its way has ended
    assert "2단계" in str(reads.waiting_words(made.submissions[1]))
    last = next_round(made)
    assert reads.where_it_stands(made.submissions[1]) == (last.round.stage, "scoring")


# ── a survey on site ──


def visit(made, **fields):
    values = {
        "held_at": now() - timedelta(hours=2), "place": "대전 공장", "took_part": "담당자 둘, 대표이사",
        "findings": "설비가 있습니다.",
    }  # fmt: skip
    return record_visit(entry=made.entry(1), by=made.staff, **values | fields)


def test_survey_ends_only_with_its_record():
    made = round_with(entries=1, panelists=1, stages=("on_site", "scored"))
    say(made, 1, 1, True, True)
    with refused("record_missing"):
        finish_round(round=made.round, by=made.staff)
    kept = visit(made, files=[pdf("photo.pdf")])
    assert kept.files.get().document.name == "photo.pdf"
    assert visit(made, place="서울").place == "서울" and Visit.objects.count() == 1
    finish_round(round=made.round, by=made.staff)
    with refused("score_not_now"):
        visit(made)
    with pytest.raises(IntegrityError, match="on record while"), transaction.atomic():
        Visit.objects.update(findings="x")


def test_infected_file_of_a_survey_is_told_to_who_recorded_it(settings):
    made = round_with(entries=1, panelists=1, stages=("on_site", "scored"))
    with clamd() as scanner:
        settings.CLAMAV_ADDRESS = scanner.address
        file = visit(made, files=[pdf("비밀.pdf", b"EVIL")]).files.get()
        assert quarantine.check_pending() == 1
    told = Message.objects.get(kind="evaluation.visit_file_refused", recipient=made.staff)
    assert file.document.sha256 in told.body and "비밀" not in told.subject + told.body


def test_record_of_a_survey_takes_what_it_needs_and_the_right_people():
    made = round_with(entries=1, panelists=1, stages=("interview", "scored"))
    for fields, code in [
        ({"held_at": now() + timedelta(hours=1)}, "not_held_yet"),
        ({"place": " "}, "empty"),
        ({"took_part": ""}, "empty"),
        ({"findings": ""}, "empty"),
    ]:
        with refused(code):
            visit(made, **fields)
    outsider = person()
    member(outsider, made.submissions[0].applicant_organisation)
    for user in (made.evaluators[0], outsider):
        with refused("not_staff"):
            record_visit(entry=made.entry(1), by=user, held_at=now(), place="a", took_part="b", findings="c")
    scored = round_with(entries=1)
    with refused("no_record_here"):
        visit(scored)
