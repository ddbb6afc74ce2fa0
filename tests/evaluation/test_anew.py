"""Evaluated anew: who sits, what is judged, where it stands, what holds, and that only what it concerns changes."""

import json
from datetime import timedelta
from decimal import Decimal

import jsonschema
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.translation import override

from innomarket.common.clock import moved_to, now
from innomarket.common.refusals import Refused
from innomarket.evaluation import beside, drawing, objections, reads
from innomarket.evaluation.models import Objection, Panelist, Result, ResultFile, Round
from innomarket.evaluation.services.anew import open_reevaluation
from innomarket.evaluation.services.draw import carry_out_draw, commit_draw, enter_value
from innomarket.evaluation.services.objection import answer_objection, file_objection
from innomarket.evaluation.services.result import finish_round, select_entries
from innomarket.evaluation.services.round import cancel_round, seat_panelist, start_round
from innomarket.notifications.models import Message
from innomarket.submissions.freezing import canonical
from tests.accounts.factories import person, staff
from tests.accounts.test_admin import signed_in
from tools.verify import __main__ as verify

from .factories import APPOINTED, Made, evaluators, pledge_and_declare, published, round_with
from .test_objection import TEXT, judged
from .test_round import refused
from .test_stages import checked, next_round, say

pytestmark = pytest.mark.django_db


def sent_to_a_new_panel(made, entry=2):
    """The objection of an entry's applicant, answered: to be evaluated anew."""
    result = Result.objects.get(entry=made.entry(entry))
    objection = file_objection(result=result, by=made.submissions[entry - 1].created_by, text=TEXT)
    return answer_objection(
        objection=objection, by=staff("run_rounds"), outcome="anew", answer="다시 평가합니다."
    )


def opened(made, entry=2, by=None):
    objection = sent_to_a_new_panel(made, entry)
    return open_reevaluation(objections=[objection], by=by or staff("run_rounds"))


def filled(made, round_, panel=3):
    """The round started, with a panel of its own."""
    users = [person() for _ in range(panel)]
    for user in users:
        seat_panelist(round=round_, by=round_.chief, user=user, reason=APPOINTED)
    round_ = start_round(round=round_, by=round_.chief)
    for user in users:
        pledge_and_declare(round_, user)
    judged = [one.submission for one in round_.entries.select_related("submission")]
    return Made(round_, made.lot, round_.chief, users, judged, made.criteria)


def scored(again, *points):
    """Every sheet submitted with these points, and the scoring ended."""
    for entry in range(1, len(again.submissions) + 1):
        for evaluator in range(1, len(again.evaluators) + 1):
            again.score(entry, evaluator, *points)
    again.round = finish_round(round=again.round, by=again.staff)
    return again


def done(made, *points, entry=2):
    """An entry evaluated anew and published with these points."""
    again = scored(filled(made, opened(made, entry)), *points)
    published(again)
    return again


def of(made, entry=2):
    """All revisions of an entry, the first one first."""
    return list(Result.objects.filter(entry__submission=made.submissions[entry - 1]).order_by("ordinal"))


# ── opening it ──


def test_it_is_opened_beside_the_published_round_with_its_rule_and_judges_the_same_revision():
    made = judged()
    round_ = opened(made)
    assert (round_.purpose, round_.beside, round_.stage, round_.lot) == (
        "anew",
        made.round,
        made.round.stage,
        made.lot,
    )
    again = filled(made, round_)
    (entry,) = again.round.entries.all()
    assert entry.revision == made.entry(2).revision


def test_only_what_was_answered_so_is_opened_and_once():
    made = judged()
    result = Result.objects.get(entry=made.entry(2))
    objection = file_objection(result=result, by=made.submissions[1].created_by, text=TEXT)
    by = staff("run_rounds")
    with refused("not_anew"):
        open_reevaluation(objections=[objection], by=by)
    objection = answer_objection(objection=objection, by=by, outcome="anew", answer="다시 봅니다.")
    with pytest.raises(Refused, check=lambda error: error.status == 403):
        open_reevaluation(objections=[objection], by=person())
    with refused("led_before"):
        open_reevaluation(objections=[objection], by=made.round.chief)
    open_reevaluation(objections=[objection], by=by)
    with refused("one_standing_evaluation_anew"):
        open_reevaluation(objections=[objection], by=by)


def test_a_cancelled_one_can_be_opened_again():
    made = judged()
    round_ = opened(made)
    cancel_round(round=round_, by=round_.chief, reason="다시 엽니다.")
    objection = Objection.objects.get()
    assert Objection.objects.to_open().get() == objection
    assert open_reevaluation(objections=[objection], by=round_.chief).pk != round_.pk


def test_a_cancelled_one_that_was_scored_leaves_no_revision_in_the_way_of_the_next():
    made = judged()
    again = scored(filled(made, opened(made)), 10)
    cancel_round(round=again.round, by=again.staff, reason="다시 엽니다.")
    assert [one.ordinal for one in of(made)] == [0]
    round_ = open_reevaluation(objections=[Objection.objects.get()], by=again.staff)
    published(scored(filled(made, round_), 9))
    assert [(one.ordinal, one.entry.round_id) for one in of(made)] == [(0, made.round.pk), (1, round_.pk)]


# ── the new panel ──


def test_nobody_of_the_former_panel_is_seated_by_hand_not_even_by_sql():
    made = judged()
    round_ = opened(made)
    with refused("sat_before"):
        seat_panelist(round=round_, by=round_.chief, user=made.evaluators[0], reason=APPOINTED)
    with pytest.raises(IntegrityError, match="former panel"), transaction.atomic():
        Panelist.objects.create(round=round_, user=made.evaluators[0], place=1, reason="x")


def test_a_draw_names_the_former_panel_among_its_exclusions_and_seats_nobody_of_it():
    pool = evaluators(technical=6, policy=5)
    made = judged(panelists=3)
    for seat, one in zip(made.round.panelists.order_by("place"), pool[:3], strict=True):
        Panelist.objects.filter(pk=seat.pk).update(user=one.user)
    round_ = opened(made)
    by = round_.chief
    draw = commit_draw(
        round=round_,
        by=by,
        seats={"technical": 2, "policy": 1},
        source_text="The lottery's numbers",
        source_from=now() + timedelta(hours=1),
    )
    grounds = [one["excluded"] for one in json.loads(draw.pool)["candidates"]]
    assert grounds.count(drawing.FORMER_PANEL) == 3
    with moved_to(now() + timedelta(hours=2)):
        enter_value(draw=draw, by=by, value="4 8 15")
        carry_out_draw(draw=draw, by=staff("run_rounds"))
    seated = set(round_.panelists.values_list("user", flat=True))
    assert len(seated) == 3 and not seated & {one.user_id for one in pool[:3]}


# ── the revision ──


def test_its_result_supersedes_the_former_one_which_is_kept_and_only_it_changes():
    made = judged()
    before = Result.objects.filter(entry__round=made.round).in_bulk()
    again = done(made, 10)
    former, current = of(made)
    assert (former.ordinal, current.ordinal, current.supersedes, current.original) == (0, 1, former, former)
    assert former.superseded_at == current.published_at
    assert (current.rank, current.outcome, current.total) == (1, "selected", Decimal("100.00"))
    assert (former.rank, former.outcome, former.total) == (2, "not_selected", Decimal("80.00"))
    for pk, row in before.items():
        now_ = Result.objects.get(pk=pk)
        assert (now_.rank, now_.outcome, now_.total) == (row.rank, row.outcome, row.total)
    selected = Result.objects.selected().values_list("entry__submission", flat=True)
    assert set(selected) == {made.submissions[0].pk, made.submissions[1].pk}
    assert ResultFile.objects.filter(round=again.round).exists()


@pytest.mark.parametrize(
    ("points", "place", "outcome"),
    [
        ((10,), 1, "selected"),
        ((9,), 1, "selected"),
        ((9, 9, 8), 2, "not_selected"),
        ((6,), None, "below_pass"),
    ],
)
def test_it_is_selected_where_it_reaches_the_line_of_the_published_list(points, place, outcome):
    made = judged()  # 90, 80, 70; the first is selected
    scored(filled(made, opened(made, 3)), *points)
    result = of(made, 3)[1]
    assert (result.rank, result.outcome) == (place, outcome)


def test_where_the_list_left_out_nobody_who_passed_passing_is_enough():
    made = judged(chosen=(1, 2), points=lambda entry, evaluator: [{1: 9, 2: 8, 3: 6}[entry]])
    scored(filled(made, opened(made, 3)), 7)
    result = of(made, 3)[1]
    assert (result.rank, result.outcome) == (3, "selected")


def test_another_choice_than_the_lines_takes_a_reason():
    made = judged()
    again = scored(filled(made, opened(made)), 10)
    with refused("order_left"):
        select_entries(round=again.round, by=again.staff, entries=[])
    select_entries(round=again.round, by=again.staff, entries=[], reason="The site is gone.")
    assert of(made)[1].outcome == "not_selected"
    select_entries(round=again.round, by=again.staff, entries=[again.entry(1).pk])
    assert of(made)[1].outcome == "selected"


def test_a_revision_can_be_objected_to_once_and_evaluated_anew_by_a_third_panel():
    made = judged()
    done(made, 8)
    current = of(made)[1]
    objection = file_objection(result=current, by=made.submissions[1].created_by, text=TEXT)
    objection = answer_objection(objection=objection, by=staff("run_rounds"), outcome="anew", answer="다시.")
    round_ = open_reevaluation(objections=[objection], by=staff("run_rounds"))
    assert round_.beside == made.round
    barred = beside.former_panel(round_)
    assert set(made.round.panelists.values_list("user", flat=True)) < barred and len(barred) == 6
    published(scored(filled(made, round_), 10))
    assert [(one.ordinal, one.superseded_at is None) for one in of(made)] == [
        (0, False),
        (1, False),
        (2, True),
    ]
    assert of(made)[2].rank == 1


def test_the_applicant_is_told_the_former_result_beside_the_new_one():
    made = judged()
    again = done(made, 10)
    message = Message.objects.filter(kind="evaluation.results_anew").get()
    assert message.recipient == made.submissions[1].created_by
    for text in ("100.00", "80.00", made.round.number, again.round.number):
        assert text in message.body


# ── what everybody reads ──


def test_public_page_and_file_name_what_supersedes_and_what_is_superseded(client):
    made = judged()
    again = done(made, 10)
    former, current = of(made)
    page = client.get(f"/en/rounds/{made.round.number}/").content.decode()
    assert "Revision 0, superseded on" in page and again.round.number in page
    page = client.get(f"/en/rounds/{again.round.number}/").content.decode()
    assert f"it supersedes {former.code}" in page and made.round.number in page
    data = json.loads(client.get(f"/rounds/{again.round.number}/result.json").content)
    original = ResultFile.objects.get(round=made.round)
    assert (data["purpose"], data["beside"]) == (
        "anew",
        {"round": made.round.number, "result_sha256": original.sha256},
    )
    (entry,) = data["entries"]
    assert (entry["code"], entry["revision"], entry["supersedes"], entry["in_the_list"]) == (
        current.code,
        1,
        former.code,
        former.code,
    )
    schema = json.loads((settings.BASE_DIR / "docs/schemas/round-result.json").read_text())
    jsonschema.validate(data, schema)
    assert former.code in client.get(f"/rounds/{again.round.number}/result.csv").content.decode()


def test_places_of_a_revision_are_repeated_from_the_two_files(tmp_path):
    made = judged()
    again = done(made, 9, 9, 8, entry=3)
    paths = []
    for round_ in (again.round, made.round):
        paths.append(tmp_path / f"{round_.number}.json")
        paths[-1].write_text(ResultFile.objects.get(round=round_).content)
    asked = [str(paths[0]), "--beside", str(paths[1])]
    report = verify.run(verify.arguments(asked))
    assert not report.differences, report.lines()
    data = json.loads(paths[0].read_text())
    data["entries"][0]["place"] = 1
    paths[0].write_bytes(canonical(data))
    assert any("place" in str(one) for one in verify.run(verify.arguments(asked)).differences)
    alone = verify.run(verify.arguments(asked[:1]))
    assert not alone.differences and any("--beside" in one for one in alone.taken)


def test_command_repeats_a_round_anew_on_the_live_data():
    made = judged()
    again = done(made, 10)
    call_command("verify_round", again.round.number)
    call_command("verify_round", made.round.number)


def test_applicant_reads_both_revisions_and_the_answer_to_the_former(client):
    made = judged()
    objection = sent_to_a_new_panel(made)
    user, number = made.submissions[1].created_by, made.submissions[1].number
    client.force_login(user)
    address = f"/en/objections/{number}/"
    assert "The agency opens a round for it" in client.get(address).content.decode()
    round_ = open_reevaluation(objections=[objection], by=staff("run_rounds"))
    assert f"in round {round_.number}" in client.get(address).content.decode()
    published(scored(filled(made, round_), 10))
    current, former = reads.results_of(made.submissions[1])
    assert (current.ordinal, former.superseding.pk) == (1, current.pk)
    assert "File the objection" in client.get(address).content.decode()
    old = client.get(address, {"round": made.round.number}).content.decode()
    assert "다시 평가합니다." in old and "supersedes this one" in old
    assert client.get(address, {"round": "RD-0"}).status_code == 404


# ── the console ──


def test_staff_go_from_the_answer_to_the_round_of_a_new_panel(client):
    made = judged()
    objection = sent_to_a_new_panel(made)
    by = staff("run_rounds")
    signed_in(client, by)
    page = client.get(f"/en/admin/evaluation/objection/{objection.pk}/change/").content.decode()
    assert "open the evaluation anew" in page and made.submissions[1].number in page
    step = f"/en/admin/evaluation/objection/{objection.pk}/anew/"
    assert "Nobody who had a seat" in client.get(step).content.decode()
    answer = client.post(step, {"due_at_0": "", "due_at_1": "", "due_at": ""})
    round_ = Round.objects.get(purpose="anew")
    assert answer.status_code == 302 and answer.url.endswith(f"/round/{round_.pk}/change/")
    page = client.get(answer.url).content.decode()
    assert objection.number in page and "can be neither drawn nor appointed" in page
    page = client.get(f"/en/admin/evaluation/round/{made.round.pk}/change/").content.decode()
    assert round_.number in page


def test_staff_open_a_supplementary_round_from_the_page_of_the_stage(client):
    made = checked()
    second = next_round(made)
    objection = sent_to_a_new_panel(made, 1)
    second.submissions = made.submissions[1:]
    scored(second, 8)
    select_entries(round=second.round, by=second.staff, entries=[second.entry(1).pk, second.entry(2).pk])
    published(second)
    again = filled(made, open_reevaluation(objections=[objection], by=staff("run_rounds")), panel=1)
    say(again, 1, 1, True, True)
    again.round = finish_round(round=again.round, by=again.staff)
    published(again)
    signed_in(client, staff("run_rounds"))
    page = client.get(f"/en/admin/evaluation/round/{second.round.pk}/change/").content.decode()
    assert "Waiting for this stage" in page and made.submissions[0].number in page
    answer = client.post(f"/en/admin/evaluation/round/{second.round.pk}/supplement/", {"due_at": ""})
    assert answer.status_code == 302
    late = Round.objects.get(purpose="late")
    assert client.get(f"/en/admin/evaluation/round/{late.pk}/start/").status_code == 200


# ── the database ──


def test_database_keeps_one_current_revision_and_supersedes_by_what_is_published_alone():
    made = judged()
    again = scored(filled(made, opened(made)), 10)
    former, coming = of(made)
    with pytest.raises(DatabaseError, match="stands"), transaction.atomic():
        Result.objects.filter(pk=of(made, 1)[0].pk).update(superseded_at=now())
    with pytest.raises(IntegrityError, match="one_current_revision"), transaction.atomic():
        Result.objects.filter(pk=coming.pk).update(published_at=now())
    with pytest.raises(IntegrityError, match="superseded by a published one"), transaction.atomic():
        Result.objects.filter(pk=former.pk).update(superseded_at=now())
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    published(again)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="stands"), transaction.atomic():
        Result.objects.filter(pk=former.pk).update(superseded_at=None)


def test_database_lets_no_round_stand_beside_what_is_not_published_or_by_another_rule():
    made, other = judged(), round_with()
    with pytest.raises(IntegrityError, match="beside the published"), transaction.atomic():
        Round.objects.create(
            number="X", lot=other.lot, stage=other.round.stage, purpose="late", beside=other.round,
            chief=other.staff, pass_mark=70, least_sheets=3, trim_from=5,
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="round_beside_says_why"), transaction.atomic():
        Round.objects.create(
            number="X", lot=made.lot, stage=made.round.stage, purpose="anew", chief=made.staff, pass_mark=70,
            least_sheets=3, trim_from=5,
        )  # fmt: skip


# ── what waits ──


def test_what_it_concerns_waits_until_the_revision_is_published():
    made = judged(chosen=(2,))  # the first passed at a higher place and was left out
    objection = sent_to_a_new_panel(made, 1)
    both = {made.submissions[0].pk, made.submissions[1].pk}
    assert set(objections.held_back(both)) == both
    with override("en"):
        assert "evaluated anew" in str(objections.is_held_back(made.submissions[1]).reason)
    again = scored(filled(made, open_reevaluation(objections=[objection], by=staff("run_rounds"))), 9)
    assert set(objections.held_back(both)) == both
    published(again)
    assert objections.held_back(both) == {}
