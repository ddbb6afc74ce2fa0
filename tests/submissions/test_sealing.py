"""Who may read what, before and after the recorded opening."""

import pytest
from django.contrib.auth.models import AnonymousUser

from innomarket.submissions import kinds
from innomarket.submissions.models import Revision, Submission
from innomarket.submissions.services.submission import save_step, submit, withdraw
from innomarket.submissions.specs import LotSpec
from tests.accounts import factories as accounts

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    """A call with two lots, each of another institution; one submission to the first."""
    owner, institution = factories.applicant(accounts.institution())
    neighbour, other = factories.applicant(accounts.institution())
    call = factories.open_call(lots=[LotSpec("가", "A", owner=institution), LotSpec("나", "B", owner=other)])
    done = factories.submitted(lot=factories.lot_of(call))
    people = {
        "applicant": done.created_by,
        "competitor": factories.applicant()[0],
        "owner": owner,
        "neighbour": neighbour,
        "staff": accounts.staff("run_rounds"),
        "other staff": accounts.staff("keep_budget"),
        "anonymous": AnonymousUser(),
    }
    return call, done, people


def readers(people, done) -> set[str]:
    found = {name for name, user in people.items() if Submission.objects.readable_by(user).filter(pk=done.pk)}
    # The frozen text asks the same question.
    again = {
        name for name, user in people.items() if Revision.objects.readable_by(user).filter(submission=done)
    }
    assert found == again
    return found


def knowers(people, done) -> set[str]:
    return {name for name, user in people.items() if Submission.objects.visible_to(user).filter(pk=done.pk)}


def test_sealed_until_the_recorded_opening(scene):
    call, done, people = scene
    assert readers(people, done) == {"applicant"}
    factories.close(call)
    assert readers(people, done) == {"applicant"}
    assert knowers(people, done) == {"applicant", "staff"}


def test_opened_for_staff_who_run_rounds_and_the_lots_owner(scene):
    call, done, people = scene
    factories.open_up(call)
    assert readers(people, done) == {"applicant", "staff", "owner"}
    assert knowers(people, done) == {"applicant", "staff", "owner"}


def test_withdrawn_and_drafts_stay_sealed_after_the_opening(scene):
    call, done, people = scene
    draft = factories.submission(lot=done.lot)
    withdraw(submission=done, by=done.created_by)
    factories.open_up(call)
    assert readers(people, done) == {"applicant"}
    assert readers(people, draft) == set()


def test_name_of_a_sealed_object_is_its_number(scene):
    _call, done, _people = scene
    assert str(done) == done.number
    assert done.title not in str(done.current)


def test_a_member_who_left_reads_nothing(scene):
    _call, done, people = scene
    accounts.member(accounts.person(), done.applicant_organisation)  # an organisation keeps an owner
    membership = done.created_by.memberships.get()
    membership.left_at = membership.joined_at
    membership.save()
    assert readers(people, done) == set()


def test_a_replaced_revision_stays_with_its_owner(scene):
    """What was taken back before the closing is nobody else's to read afterwards."""
    call, done, people = scene
    by = done.created_by
    save_step(submission=done, by=by, step=kinds.of(done).steps[0].code, data={"title": "나중에 고친 제목"})
    submit(submission=done, by=by)
    factories.open_up(call)
    assert Revision.objects.readable_by(people["applicant"]).filter(submission=done).count() == 2
    [standing] = Revision.objects.readable_by(people["staff"]).filter(submission=done)
    assert standing.ordinal == 1
