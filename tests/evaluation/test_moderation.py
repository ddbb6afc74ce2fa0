"""Versions of a sheet, extreme points, saving in two windows, and the chief who gives a sheet back."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from innomarket.evaluation import reads
from innomarket.evaluation.forms import returning
from innomarket.evaluation.models import Result, SheetReturn, SheetVersion
from innomarket.evaluation.services.moderation import return_sheet
from innomarket.evaluation.services.result import finish_round
from innomarket.evaluation.services.round import unseat_panelist
from innomarket.evaluation.services.sheet import save_sheet, set_aside_sheet, submit_sheet
from innomarket.evaluation.sheet_text import comments_sha256, version_sha256
from innomarket.notifications.models import Message
from tests.accounts.factories import staff
from tests.accounts.test_admin import signed_in

from .factories import round_with
from .test_round import refused

pytestmark = pytest.mark.django_db


def save(made, *given, entry=1, evaluator=1, comment="근거가 분명합니다.", **fields):
    return save_sheet(
        assignment=made.assignment(entry, evaluator),
        by=made.evaluators[evaluator - 1],
        points=made.points(*given),
        comment=comment,
        **fields,
    )


def back(made, sheet, reason="한 항목의 근거가 없습니다."):
    return return_sheet(sheet=sheet, by=made.staff, reason=reason)


# ── versions ──


def test_each_submit_keeps_a_version_and_its_hash():
    made = round_with()
    sheet = made.score(1, 1, 8, 7, 6)
    version = sheet.versions.get()
    assert (version.ordinal, version.points, version.comments, version.comment) == (
        1,
        [8, 7, 6],
        ["", "", ""],
        sheet.comment,
    )
    assert version.sha256 == version_sha256(
        revision=made.entry(1).revision.sha256, place=1, ordinal=1, points=[8, 7, 6], comments=["", "", ""],
        comment=sheet.comment,
    )  # fmt: skip
    assert comments_sha256(["", "", ""], sheet.comment) != comments_sha256(["", "", "x"], sheet.comment)


def test_version_is_neither_changed_nor_deleted():
    made = round_with()
    version = made.score(1, 1, 8).versions.get()
    for change in (
        lambda: SheetVersion.objects.filter(pk=version.pk).update(points=[1, 1, 1]),
        lambda: SheetVersion.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="annot"), transaction.atomic():
            change()


def test_version_that_says_otherwise_than_its_sheet_is_refused_by_the_database():
    made = round_with()
    sheet = save(made, 8)
    fields = {
        "sheet": sheet, "comments": ["", "", ""], "comment": "x", "sha256": "0" * 64,
        "submitted_at": sheet.saved_at,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="not the whole sheet"), transaction.atomic():
        SheetVersion.objects.create(ordinal=1, points=[9, 8, 8], **fields)
    with pytest.raises(IntegrityError, match="does not follow"), transaction.atomic():
        SheetVersion.objects.create(ordinal=2, points=[8, 8, 8], **fields)


# ── extreme points ──


@pytest.mark.parametrize(("points", "needed"), [(2, True), (3, False), (8, False), (9, True), (0, True)])
def test_points_at_an_end_take_a_comment_of_their_own(points, needed):
    made = round_with(low_percent=20, high_percent=90)
    first = made.criteria[0].pk
    sheet = save(made, points, 5, 5)
    if needed:
        with refused("extreme_needs_comment") as caught:
            submit_sheet(sheet=sheet, by=made.evaluators[0])
        assert caught.value.field == f"comment_{first}"
        sheet = save(made, points, 5, 5, comments={first: "시험 성적서가 있습니다."})
    assert submit_sheet(sheet=sheet, by=made.evaluators[0]).state == "submitted"


def test_database_refuses_a_version_with_a_silent_extreme():
    made = round_with(low_percent=20, high_percent=90)
    sheet = save(made, 10, 5, 5)
    with pytest.raises(IntegrityError, match="not the whole sheet"), transaction.atomic():
        SheetVersion.objects.create(
            sheet=sheet, ordinal=1, points=[10, 5, 5], comments=["", "", ""], comment="x", sha256="0" * 64,
            submitted_at=sheet.saved_at,
        )  # fmt: skip


# ── two windows ──


def test_older_page_never_overwrites_a_newer_save():
    made = round_with()
    sheet = save(made, 5, edition=0)
    assert sheet.edition == 1
    assert save(made, 6, edition=1).edition == 2
    with refused("saved_elsewhere"):
        save(made, 7, edition=1)
    assert set(sheet.scores.values_list("points", flat=True)) == {6}
    assert save(made, 7, edition=2).edition == 3


def test_comment_without_points_is_kept_in_a_draft():
    made = round_with()
    first = made.criteria[0].pk
    sheet = save_sheet(
        assignment=made.assignment(), by=made.evaluators[0], comment="", comments={first: "아직 고민 중"}
    )
    score = sheet.scores.get()
    assert (score.points, score.comment) == (None, "아직 고민 중")
    with refused("points_missing"):
        submit_sheet(sheet=sheet, by=made.evaluators[0])


# ── the chief gives a sheet back ──


def test_returned_sheet_is_changed_and_both_versions_stay():
    made = round_with()
    sheet = back(made, made.score(1, 1, 8))
    assert sheet.state == "returned"
    assert SheetReturn.objects.get().version.ordinal == 1
    assert Message.objects.filter(kind="evaluation.sheet_returned").count() == 1
    sheet = submit_sheet(sheet=save(made, 8, 6, 8), by=made.evaluators[0])
    assert (sheet.state, sheet.version) == ("submitted", 2)
    found = reads.versions_of(sheet)
    assert [version.points for version in found.versions] == [[8, 8, 8], [8, 6, 8]]
    assert [line.differs for line in found.lines] == [False, True, False, False]


def test_returned_sheet_submitted_as_it_was_takes_a_word():
    made = round_with()
    sheet = back(made, made.score(1, 1, 8))
    with refused("word_needed"):
        submit_sheet(sheet=sheet, by=made.evaluators[0])
    sheet = submit_sheet(sheet=sheet, by=made.evaluators[0], word="시험 성적서를 다시 읽었습니다.")
    assert sheet.versions.get(ordinal=2).word == "시험 성적서를 다시 읽었습니다."


def test_returned_sheet_counts_only_once_it_is_submitted_again():
    made = round_with(entries=1, panelists=4, scored=True, points=lambda entry, evaluator: [evaluator + 5])
    sheet = back(made, made.assignment(1, 4).sheet)
    with refused("returned_waiting"):
        finish_round(round=made.round, by=made.staff)
    made.round = finish_round(round=made.round, by=made.staff, reason="평가위원이 답하지 않습니다.")
    result = Result.objects.get()
    assert (result.sheets, result.total) == (3, Decimal("70.00"))
    assert sheet.versions.get().pk not in result.versions and len(result.versions) == 3


def test_only_the_chief_gives_a_sheet_back():
    made = round_with()
    sheet = made.score(1, 1, 8)
    for user, code in [
        (staff("run_rounds"), "not_the_chief"),
        (made.evaluators[1], "not_staff"),
        (made.submissions[0].created_by, "not_staff"),
    ]:
        with refused(code):
            return_sheet(sheet=sheet, by=user, reason="x")
    with refused("reason_needed"):
        back(made, sheet, reason=" ")


def test_sheet_is_given_back_only_while_it_is_submitted_and_the_round_is_scored():
    made = round_with(scored=True)
    sheet = back(made, made.assignment(1, 1).sheet)
    with refused("return_not_now"):
        back(made, sheet)
    other = made.assignment(1, 2).sheet
    unseat_panelist(panelist=made.panelist(2), by=made.staff, reason="Ill.")
    with refused("nobody_to_write"):
        back(made, other)
    assert set_aside_sheet(sheet=sheet, by=made.staff, reason="x").state == "set_aside"
    done = round_with(finished=True)
    with refused("score_not_now"):
        back(done, done.assignment(1, 1).sheet)


# ── how far sheets lie apart ──


def test_sheet_far_from_the_median_stands_out_first():
    given = {1: [8, 8, 8], 2: [8, 7, 2]}
    made = round_with(
        entries=2, panelists=3, scored=True, points=lambda entry, evaluator: [given[entry][evaluator - 1]]
    )
    (far, near), more = reads.lying_apart(made.round, 100)
    assert (far.entry.order, far.mean, far.median, far.spread) == (
        2,
        Decimal("56.67"),
        Decimal("70.00"),
        Decimal("60.00"),
    )
    assert [(str(one.panelist), one.distance, one.stands_out) for one in far.sheets] == [
        ("E1", Decimal("10.00"), False),
        ("E2", Decimal("0.00"), False),
        ("E3", Decimal("-50.00"), True),
    ]
    assert near.spread == 0 and not near.stands_out and more == 0
    shown, more = reads.lying_apart(made.round, 1)
    assert ([one.entry for one in shown], more) == ([far.entry], 1)


# ── one sheet among thousands ──


@pytest.mark.parametrize("step", ["moderate", "set-aside"])
def test_a_sheet_is_found_by_number_name_or_place_and_the_list_is_bounded(client, monkeypatch, step):
    made = round_with(entries=3, scored=True)
    signed_in(client, made.staff)
    address = f"/en/admin/evaluation/round/{made.round.pk}/{step}/"

    def listed(**asked):
        page = client.get(address, asked)
        return [label for _key, label in page.context["form"].fields["sheet"].choices], page.content.decode()

    labels, page = listed()
    assert len(labels) == 9 and "9 submitted sheets are found." in page and "not listed" not in page
    number, name = made.submissions[1].number, made.evaluators[2].name
    assert [label.split(" ")[0] for label in listed(q=number)[0]] == [number] * 3
    assert len(listed(q=name)[0]) == 3 == len(listed(q="e3")[0])
    both, page = listed(q=f"{number} E3")
    assert both == [f"{number} – E3 {name}"] and 'href="?"' in page
    assert "No submitted sheet is found." in listed(q="nobody")[1]
    monkeypatch.setattr(returning, "MOST_LISTED", 2)
    labels, page = listed()
    assert len(labels) == 2 and "7 more are not listed below" in page
    last = made.assignment(3, 3).sheet
    labels, _page = listed(sheet=last.pk)
    assert labels[-1].startswith(made.submissions[2].number) and len(labels) == 3
    # What is not listed can be sent all the same, and is still chosen where something else was wrong.
    wrong = client.post(address, {"sheet": last.pk, "reason": ""})
    assert wrong.status_code == 422 and f'value="{last.pk}" selected' in wrong.content.decode()
    assert client.post(address, {"sheet": last.pk, "reason": "Why?"}).status_code == 302
    last.refresh_from_db()
    assert last.state == {"moderate": "returned", "set-aside": "set_aside"}[step]


def test_a_sheet_of_another_round_cannot_be_sent(client):
    made, other = round_with(entries=1, scored=True), round_with(entries=1, scored=True)
    signed_in(client, made.staff)
    for given in (other.assignment(1, 1).sheet.pk, "x", "9" * 30):
        answer = client.post(
            f"/en/admin/evaluation/round/{made.round.pk}/set-aside/", {"sheet": given, "reason": "Why?"}
        )
        assert answer.status_code == 422


def test_choosing_a_sheet_asks_the_same_of_few_and_many(client):
    by = staff("run_rounds")
    signed_in(client, by)
    counts = []
    for entries in (1, 3):
        made = round_with(entries=entries, scored=True, by=by)
        address = f"/en/admin/evaluation/round/{made.round.pk}/set-aside/"
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address, {"q": "E1"})
        counts.append(len(queries))
    assert counts[0] == counts[1]
