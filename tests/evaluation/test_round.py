"""Making, filling, starting and cancelling rounds."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from innomarket.audit.models import Entry as AuditEntry
from innomarket.common.clock import now
from innomarket.common.refusals import Refused
from innomarket.evaluation.models import Entry, Recusal, Round
from innomarket.evaluation.services.batch import create_rounds
from innomarket.evaluation.services.round import (
    cancel_round,
    create_round,
    seat_panelist,
    start_round,
    unseat_panelist,
)
from innomarket.evaluation.services.sheet import save_sheet
from innomarket.notifications.models import Message
from innomarket.submissions.models import Call, Submission
from tests.accounts.factories import company, institution, member, person, staff

from .factories import opened_lot, prepared, round_with, submitted

pytestmark = pytest.mark.django_db


def refused(code: str):
    return pytest.raises(Refused, check=lambda error: error.code == code)


def test_round_starts_with_the_rule_of_today():
    lot, by = opened_lot(), staff("run_rounds")
    made = create_round(lot=lot, by=by)
    assert (made.pass_mark, made.least_sheets, made.trim_from, made.state) == (Decimal(70), 3, 5, "preparing")
    assert made.chief == by
    assert made.number[3:5] == "RD"
    assert AuditEntry.objects.filter(verb="evaluation.create_round", subject_id=made.pk, actor=by).exists()


def test_round_made_by_somebody_else_is_refused():
    for user in (person(), staff("keep_budget")):
        with refused("not_staff"):
            create_round(lot=opened_lot(), by=user)


def test_second_active_round_of_a_lot_is_refused_in_words():
    made = prepared()
    with refused("one_active_round_of_a_lot"):
        create_round(lot=made.lot, by=made.staff)
    cancel_round(round=made.round, by=made.staff, reason="Wrong panel.")
    assert create_round(lot=made.lot, by=made.staff).state == "preparing"


def test_second_active_round_is_refused_by_the_database():
    made = prepared()
    with pytest.raises(IntegrityError, match="one_active_round_of_a_lot"), transaction.atomic():
        Round.objects.create(
            number="X",
            lot=made.lot,
            stage=made.round.stage,
            chief=made.staff,
            pass_mark=70,
            least_sheets=3,
            trim_from=5,
        )


def test_round_due_in_the_past_is_refused():
    with refused("due_is_past"):
        create_round(lot=opened_lot(), by=staff("run_rounds"), due_at=now() - timedelta(seconds=1))


def test_round_of_a_call_in_preparation_is_refused():
    lot = opened_lot()
    Call.objects.filter(pk=lot.call_id).update(
        state="draft", announced_at=None, closed_at=None, opened_at=None, opened_by=None
    )
    with refused("call_not_announced"):
        create_round(lot=lot, by=staff("run_rounds"))


def test_rounds_of_several_lots_are_made_all_or_none():
    by, evaluators = staff("run_rounds"), [person(), person()]
    owner = institution()
    lots = [opened_lot(), opened_lot(owner=owner)]
    member(evaluators[1], owner)
    with refused("owner_is_barred"):
        create_rounds(lots=lots, by=by, people=evaluators, reason="No pool.")
    assert not Round.objects.exists()
    rounds = create_rounds(lots=lots, by=by, people=evaluators[:1], reason="No pool.")
    assert [round.panelists.count() for round in rounds] == [1, 1]


def test_people_of_the_lots_institution_are_refused_a_seat():
    owner = institution()
    made, user = prepared(owner=owner), person()
    seat = member(user, owner, role="viewer")
    with refused("owner_is_barred"):
        seat_panelist(round=made.round, by=made.staff, user=user, reason="Nobody in the pool fits.")
    seat.left_at = now()
    seat.save()
    with refused("owner_is_barred"):  # the past years count too
        seat_panelist(round=made.round, by=made.staff, user=user, reason="Nobody in the pool fits.")
    seat.joined_at = seat.left_at = now() - timedelta(days=4 * 366)
    seat.save()
    assert (
        seat_panelist(round=made.round, by=made.staff, user=user, reason="Nobody in the pool fits.").place
        == 4
    )


def test_second_seat_for_one_person_is_refused():
    made = prepared()
    with refused("one_seat_on_a_panel"):
        seat_panelist(
            round=made.round, by=made.staff, user=made.evaluators[0], reason="Nobody in the pool fits."
        )


def test_seat_given_by_who_does_not_run_rounds_is_refused():
    made = prepared()
    with refused("not_staff"):
        seat_panelist(
            round=made.round, by=made.evaluators[0], user=person(), reason="Nobody in the pool fits."
        )


def test_start_before_the_opening_is_refused():
    made = prepared()
    Call.objects.filter(pk=made.lot.call_id).update(opened_at=None, opened_by=None)
    with refused("not_opened"):
        start_round(round=made.round, by=made.staff)


def test_start_with_too_small_a_panel_is_refused():
    made = prepared(panelists=2)
    with refused("panel_too_small"):
        start_round(round=made.round, by=made.staff)


def test_start_without_anything_to_judge_is_refused():
    made = prepared(entries=0)
    submitted(made.lot, verified=False)
    with refused("nothing_to_judge"):
        start_round(round=made.round, by=made.staff)
    assert not Entry.objects.exists()


def test_start_takes_what_counts_at_its_revision_and_gives_it_to_all():
    made = prepared(entries=2)
    late = submitted(made.lot, verified=False)
    withdrawn = submitted(made.lot)
    Submission.objects.filter(pk=withdrawn.pk).update(state="withdrawn", withdrawn_at=now())
    started = start_round(round=made.round, by=made.staff)
    entries = list(started.entries.order_by("order"))
    assert [entry.submission for entry in entries] == made.submissions
    assert late not in [entry.submission for entry in entries]
    assert [entry.revision_id for entry in entries] == [one.current_id for one in made.submissions]
    assert all(entry.assignments.count() == 3 for entry in entries)
    assert Message.objects.filter(kind="evaluation.round_started").count() == 3


def test_started_round_does_not_start_again():
    made = round_with()
    with refused("start_not_now"):
        start_round(round=made.round, by=made.staff)


def test_member_of_an_applicant_is_recused_at_the_start_with_the_reason():
    made = prepared()
    firm = made.submissions[1].applicant_organisation
    member(made.evaluators[0], firm, role="viewer")
    start_round(round=made.round, by=made.staff)
    recusal = Recusal.objects.get()
    assert (recusal.panelist.user, recusal.entry.submission) == (made.evaluators[0], made.submissions[1])
    assert recusal.ground == "same_organisation"
    assert firm.name_ko in recusal.reason
    assert made.assignment(2, 1).recusal == recusal
    assert made.assignment(1, 1).recusal is None


def test_who_joins_the_lots_institution_after_the_seat_is_recused_from_all():
    made = prepared(entries=2, owner=institution())
    member(made.evaluators[2], made.lot.owner)
    start_round(round=made.round, by=made.staff)
    assert list(Recusal.objects.values_list("ground", "panelist__place")) == [("lot_owner", 3)] * 2


def test_replacement_seated_while_scoring_gets_every_entry():
    made, user = round_with(entries=2), person()
    member(user, made.submissions[0].applicant_organisation)
    panelist = seat_panelist(round=made.round, by=made.staff, user=user, reason="Nobody in the pool fits.")
    assert panelist.place == 4
    assert [one.recusal_id is None for one in panelist.assignments.order_by("entry__order")] == [False, True]
    assert Message.objects.filter(kind="evaluation.round_started", recipient=user).count() == 1


def test_who_left_a_started_panel_cannot_return():
    made = round_with()
    unseat_panelist(panelist=made.panelist(1), by=made.staff, reason="Ill.")
    with refused("has_left"):
        seat_panelist(
            round=made.round, by=made.staff, user=made.evaluators[0], reason="Nobody in the pool fits."
        )
    with refused("has_left"):
        unseat_panelist(panelist=made.panelist(1), by=made.staff, reason="Ill.")


def test_who_left_before_the_start_can_return_in_a_new_place():
    made = prepared()
    unseat_panelist(panelist=made.panelist(1), by=made.staff, reason="Away.")
    assert (
        seat_panelist(
            round=made.round, by=made.staff, user=made.evaluators[0], reason="Nobody in the pool fits."
        ).place
        == 4
    )


def test_leaving_sets_drafts_aside_and_keeps_what_was_submitted():
    made = round_with(entries=2)
    done = made.score(1, 1, 8)
    draft = save_sheet(assignment=made.assignment(2, 1), by=made.evaluators[0], points={}, comment="…")
    unseat_panelist(panelist=made.panelist(1), by=made.staff, reason="Ill.")
    done.refresh_from_db()
    draft.refresh_from_db()
    assert (done.state, draft.state) == ("submitted", "set_aside")
    assert Message.objects.filter(kind="evaluation.left_panel", recipient=made.evaluators[0]).exists()


def test_leaving_needs_a_reason():
    made = prepared()
    with refused("reason_needed"):
        unseat_panelist(panelist=made.panelist(1), by=made.staff, reason="  ")


def test_panel_of_a_finished_round_cannot_be_changed():
    made = round_with(finished=True)
    with refused("seat_not_now"):
        seat_panelist(round=made.round, by=made.staff, user=person(), reason="Nobody in the pool fits.")
    with refused("seat_not_now"):
        unseat_panelist(panelist=made.panelist(1), by=made.staff, reason="Late.")


def test_cancelling_needs_a_reason_and_tells_the_panel_of_a_started_round():
    made = round_with()
    with refused("reason_needed"):
        cancel_round(round=made.round, by=made.staff, reason="")
    with refused("not_staff"):
        cancel_round(round=made.round, by=person(), reason="No.")
    assert cancel_round(round=made.round, by=made.staff, reason="Wrong lot.").state == "cancelled"
    assert Message.objects.filter(kind="evaluation.round_cancelled").count() == 3
    with refused("cancel_not_now"):
        cancel_round(round=made.round, by=made.staff, reason="Again.")


def test_closed_account_is_refused_a_seat():
    made = prepared()
    with refused("not_active"):
        seat_panelist(
            round=made.round, by=made.staff, user=person(is_active=False), reason="Nobody in the pool fits."
        )


def test_applicant_organisation_stays_out_of_the_audit_values():
    made = prepared(entries=1)
    member(made.evaluators[0], made.submissions[0].applicant_organisation)
    start_round(round=made.round, by=made.staff)
    said = " ".join(str(entry.changes) for entry in AuditEntry.objects.all())
    assert company().name_ko not in said and made.submissions[0].title not in said
