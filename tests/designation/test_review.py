"""After an evaluation anew: a designation stands until the committee votes on it, and each step runs once."""

from datetime import timedelta

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from designation.models import Designation, Motion, WantedMotion
from designation.services import motion as motions
from designation.services.review import table_review, want_motion
from innomarket.common.clock import now, today
from innomarket.common.locks import lock
from innomarket.common.refusals import Refused
from innomarket.evaluation.hooks import result_revised
from innomarket.evaluation.models import Entry, Reevaluation, Result, Round
from innomarket.notifications.models import Message
from innomarket.submissions.models import Submission
from tests.accounts.factories import person, staff
from tests.accounts.test_admin import signed_in
from tests.evaluation.factories import answered_anew, objected, published_by_hand

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return make.secretary()


def designated(by):
    """A designation made by a vote, and its proposal."""
    motion = make.voting(by=by)
    make.cast(motion, "for", "for", "for")
    motions.close_vote(motion=motion, by=by)
    return Designation.objects.select_related("submission").get(submission=motion.submission)


def coming(submission, outcome="below_pass"):
    """The revision of its result that an evaluation anew has computed, as rows."""
    former = Result.objects.standing().select_related("entry__round").get(entry__submission=submission)
    objection, first = answered_anew(objected(submission)), former.entry.round.beside or former.entry.round
    at = now()
    round_ = Round.objects.create(
        number=f"TEST-RA-{objection.pk}", lot=first.lot, stage=first.stage, purpose="anew", beside=first,
        state="finished", chief=person(), pass_mark=first.pass_mark, least_sheets=first.least_sheets,
        trim_from=first.trim_from, started_at=at, finished_at=at,
    )  # fmt: skip
    Reevaluation.objects.create(objection=objection, round=round_, opened_by=person())
    entry = Entry.objects.create(round=round_, submission=submission, revision=submission.current, order=1)
    passed = outcome == "selected"
    return Result.objects.create(
        entry=entry, sheets=3, total=90 if passed else 40, passed=passed, rank=1 if passed else None,
        outcome=outcome, inputs_sha256="0" * 64, supersedes=former, ordinal=former.ordinal + 1,
        original=former.original or former,
    )  # fmt: skip


def publish(result):
    """As the confirmation of its publication does: under the submission's lock, then the hook."""
    with transaction.atomic():
        at = now()
        published_by_hand(result.entry.round)
        lock(Submission, result.entry.submission_id)
        Result.objects.filter(pk=result.supersedes_id).update(superseded_at=at)
        Result.objects.filter(pk=result.pk).update(published_at=at)
        result.refresh_from_db()
        result_revised.announce(result=result)
    return result


def revised(submission, outcome="below_pass"):
    return publish(coming(submission, outcome))


def test_a_revision_that_selects_no_longer_wants_a_motion_and_changes_no_designation(by):
    designation = designated(by)
    before = designation.valid
    result = revised(designation.submission)
    wanted = WantedMotion.objects.get()
    assert (wanted.designation, wanted.result) == (designation, result)
    designation.refresh_from_db()
    assert designation.valid == before and Designation.objects.in_force().filter(pk=designation.pk).exists()
    assert by in [one.recipient for one in Message.objects.filter(kind="designation.motion_wanted")]
    assert want_motion(result=result) is None and WantedMotion.objects.count() == 1


def test_a_revision_that_selects_wants_none(by):
    revised(designated(by).submission, "selected")
    assert not WantedMotion.objects.exists()


def test_a_revision_of_what_is_not_designated_wants_none_and_is_on_no_agenda(by):
    submission = make.selected_proposal()
    revised(submission)
    assert not WantedMotion.objects.exists()
    assert submission not in Motion.objects.proposals_to_table()
    with pytest.raises(Refused, check=lambda error: error.code == "not_selected"):
        motions.table_motion(meeting=make.session(by=by), by=by, submission=submission)


def test_a_newly_selected_proposal_can_be_put_on_an_agenda(by):
    submission = make.submitted_proposal()
    make.result(submission, outcome="not_selected")
    revised(submission, "selected")
    assert submission in Motion.objects.proposals_to_table()
    assert motions.table_motion(meeting=make.session(by=by), by=by, submission=submission).state == "tabled"


def test_a_designation_by_a_vote_that_was_open_meanwhile_wants_a_motion_too(by):
    motion = make.voting(by=by)
    make.cast(motion, "for", "for", "for")
    revised(motion.submission)
    assert not WantedMotion.objects.exists()
    motions.close_vote(motion=motion, by=by)
    assert WantedMotion.objects.get().designation.submission == motion.submission


def test_command_makes_what_is_missing_once(by, capsys):
    designation = designated(by)
    revised(designation.submission)
    with pgtrigger.ignore("designation.WantedMotion:wanted_motion_stays"):
        WantedMotion.objects.all().delete()
    call_command("reconcile_wanted_motions")
    call_command("reconcile_wanted_motions")
    assert capsys.readouterr().out.split() == ["1", "motions", "wanted", "0", "motions", "wanted"]


def voted(by, *choices):
    designation = designated(by)
    revised(designation.submission)
    meeting = make.session(by=by)
    motion = table_review(meeting=meeting, by=by, wanted=WantedMotion.objects.get())
    motion = motions.open_vote(motion=motion, by=by)
    make.cast(motion, *choices)
    return designation, motion, motions.close_vote(motion=motion, by=by)


def test_adopted_it_ends_with_the_day_of_the_decision(by):
    designation, _, decision = voted(by, "for", "for", "for")
    designation.refresh_from_db()
    assert decision.adopted and designation.last_day == today()
    assert Designation.objects.in_force().filter(pk=designation.pk).exists()
    assert not Designation.objects.in_force(today() + timedelta(days=1)).filter(pk=designation.pk).exists()
    assert Message.objects.filter(kind="designation.ended").exists()
    assert not WantedMotion.objects.to_table().exists()


def test_a_vote_is_not_opened_on_what_is_selected_no_longer(by):
    motion = make.motion(by=by)
    revised(motion.submission)
    with pytest.raises(Refused, check=lambda error: error.code == "selected_no_longer"):
        motions.open_vote(motion=motion, by=by)
    assert motions.defer_motion(motion=motion, by=by, reason="It fell.").state == "deferred"


def test_a_vote_is_not_opened_on_a_wanted_motion_whose_ground_is_superseded(by):
    designation = designated(by)
    revised(designation.submission)
    motion = table_review(meeting=make.session(by=by), by=by, wanted=WantedMotion.objects.get())
    revised(designation.submission, "selected")
    with pytest.raises(Refused, check=lambda error: error.code == "wanted_no_longer"):
        motions.open_vote(motion=motion, by=by)
    motion.refresh_from_db()
    assert motion.state == "tabled"


def test_not_adopted_it_stands_and_is_not_voted_on_again(by):
    designation, motion, decision = voted(by, "against", "against", "for")
    before = designation.valid
    designation.refresh_from_db()
    assert not decision.adopted and designation.valid == before
    assert Message.objects.filter(kind="designation.stands").exists()
    assert not Message.objects.filter(kind="designation.rejected").exists()
    with pytest.raises(Refused, check=lambda error: error.code == "already_tabled"):
        table_review(meeting=make.session(by=by), by=by, wanted=motion.wanted)


def test_put_off_it_can_be_tabled_again_and_only_once_at_a_time(by):
    revised(designated(by).submission)
    wanted = WantedMotion.objects.get()
    motion = table_review(meeting=make.session(by=by), by=by, wanted=wanted)
    with pytest.raises(Refused, check=lambda error: error.code == "already_tabled"):
        table_review(meeting=make.session(by=by), by=by, wanted=wanted)
    motions.defer_motion(motion=motion, by=by, reason="Next time.")
    assert table_review(meeting=make.session(by=by), by=by, wanted=wanted).pk != motion.pk
    with pytest.raises(Refused, check=lambda error: error.status == 403):
        table_review(meeting=make.session(by=by), by=staff("run_rounds"), wanted=wanted)


def test_database_lets_a_designation_end_by_such_a_decision_alone(by):
    designation = designated(by)
    lower, upper = designation.valid.lower, today() + timedelta(days=1)
    with pytest.raises(IntegrityError, match="as it was issued"), transaction.atomic():
        Designation.objects.filter(pk=designation.pk).update(valid=DateRange(lower, upper))
    with pytest.raises(IntegrityError, match="as it was issued"), transaction.atomic():
        Designation.objects.filter(pk=designation.pk)._raw_delete("default")


def test_list_takes_the_same_queries_for_one_or_three(client, by):
    signed_in(client, by)
    counts = []
    for _ in range(3):
        revised(designated(by).submission)
        table_review(meeting=make.session(by=by), by=by, wanted=WantedMotion.objects.order_by("-pk").first())
        with CaptureQueriesContext(connection) as captured:
            client.get("/admin/designation/wantedmotion/")
        counts.append(len(captured))
    assert counts[0] == counts[2]


def test_secretary_sees_it_and_puts_it_on_an_agenda(client, by):
    revised(designated(by).submission)
    wanted, meeting = WantedMotion.objects.get(), make.session(by=by)
    signed_in(client, by)
    assert wanted.designation.number in client.get("/en/admin/designation/wantedmotion/").content.decode()
    page = f"/en/admin/designation/wantedmotion/{wanted.pk}/"
    assert "put the motion on an agenda" in client.get(f"{page}change/").content.decode()
    assert client.post(f"{page}table/", {"meeting": meeting.pk}).status_code == 302
    text = client.get(f"/en/admin/designation/meeting/{meeting.pk}/change/").content.decode()
    assert "End the designation of" in text
