"""More time for some: who has it, until when, who is told, and what it moves for the others."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from innomarket.accounts.models import Organisation
from innomarket.audit.models import Entry
from innomarket.common.clock import kst, moved_to
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from innomarket.submissions import deadlines, kinds, reads, tasks
from innomarket.submissions.models import Call, DeadlineMove, OwnClosing, Submission
from innomarket.submissions.services import call as calls
from innomarket.submissions.services import closing
from innomarket.submissions.services import submission as submissions
from innomarket.submissions.services import supplement as supplements
from tests.accounts import factories as accounts

from . import factories
from .kind import IDEA
from .moves import DAY, a_call, extend, extend_for_people, refused, told_of_the_end

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_week_before")]


def test_extension_for_one_lets_it_alone_submit_at_the_extended_closing():
    call = a_call()
    named, other = factories.submission(call=call), factories.submission(call=call)
    extend(call, named.applicant_organisation)
    call.refresh_from_db()
    assert (call.closes_at, call.opening_at) == (kst(*DAY, 10), kst(*DAY, 16))
    assert [m.recipient for m in Message.objects.filter(kind="submissions.extended_for_you")] == [
        named.created_by
    ]
    factories.close(call)
    told = Message.objects.filter(kind="submissions.closed_without_yours").values_list("recipient", flat=True)
    assert list(told) == [other.created_by.pk]
    with moved_to(kst(*DAY, 15) - timedelta(seconds=1)):
        assert refused(submissions.submit, submission=other, by=other.created_by).code == "call_closed"
        submissions.remove_file(attachment=named.attachments.kept().first(), by=named.created_by)
        submissions.attach_file(
            submission=named, by=named.created_by, slot=_a_slot(named), upload=factories.pdf("late.pdf", b"2")
        )
        assert submissions.submit(submission=named, by=named.created_by).ordinal == 0
    with moved_to(kst(*DAY, 15)):
        late = refused(submissions.withdraw, submission=named, by=named.created_by)
        assert late.code == "call_closed" and "15:00" in str(late.reason), "its own closing, not the others'"
        theirs = refused(submissions.submit, submission=other, by=other.created_by)
        assert "10:00" in str(theirs.reason)


def _a_slot(submission) -> str:
    return kinds.of(submission).slots[0].code


def test_extension_for_one_tells_the_others_that_the_opening_moves_and_not_why(client):
    call = a_call()
    named, other = factories.submission(call=call), factories.submitted(call=call)
    both, third = accounts.person(), factories.submission(call=call)
    accounts.member(both, named.applicant_organisation, "editor")
    accounts.member(both, other.applicant_organisation, "editor")
    extend(call, named.applicant_organisation)
    told = Message.objects.filter(kind="submissions.opening_moved")
    assert set(told.values_list("recipient", flat=True)) == {other.created_by.pk, third.created_by.pk}
    for message in told:
        assert "16:00" in message.body and "Its network" not in message.body
    named_ones = Message.objects.filter(kind="submissions.extended_for_you")
    assert set(named_ones.values_list("recipient", flat=True)) == {named.created_by.pk, both.pk}
    page = client.get(f"/en/calls/{call.number}/").content.decode()
    assert "some applicants were given more time" in page and "Its network" not in page


def test_extension_for_one_before_the_announced_opening_tells_nobody_else():
    call = a_call(opening_at=kst(2026, 12, 9, 10))
    named, _other = factories.submission(call=call), factories.submission(call=call)
    extend(call, named.applicant_organisation, opening_at=kst(2026, 12, 9, 10))
    assert not Message.objects.filter(kind="submissions.opening_moved").exists()


@pytest.mark.parametrize("away", [timedelta(0), timedelta(days=2)])
def test_own_closing_is_told_when_it_has_passed_and_once(away):
    """Also by a worker that was away over it and over the opening of the submissions."""
    call = a_call()
    draft, done, other = (factories.submission(call=call) for _number in range(3))
    extend(call, draft.applicant_organisation, done.applicant_organisation)
    submissions.submit(submission=done, by=done.created_by)
    factories.close(Call.objects.get(pk=call.pk))
    assert (told_of_the_end(), told_of_the_end("with")) == ([other.created_by.pk], [])
    with moved_to(kst(*DAY, 15) - timedelta(seconds=1)):
        assert calls.end_own_closings() == 0
    if away:
        factories.open_up(Call.objects.get(pk=call.pk))
    with moved_to(kst(*DAY, 15) + away):
        assert [calls.end_own_closings() for _turn in range(2)] == [1, 0]
    assert told_of_the_end() == sorted([draft.created_by.pk, other.created_by.pk])
    assert told_of_the_end("with") == [done.created_by.pk]
    message = Message.objects.get(kind="submissions.closed_without_yours", recipient=draft.created_by)
    assert "15:00" in message.body and "10:00" not in message.body
    assert Entry.objects.filter(verb="submissions.end_own_closing").count() == 1


def test_own_closing_of_a_person_is_told_to_that_person():
    call = a_call(kind=IDEA)
    named, other = factories.submission(call=call), factories.submission(call=call)
    extend_for_people(call, named.applicant_person)
    factories.close(Call.objects.get(pk=call.pk))
    with moved_to(kst(*DAY, 15)):
        tasks.close_due_calls()
    assert told_of_the_end() == sorted([named.applicant_person_id, other.applicant_person_id])


def test_own_closing_that_was_moved_again_is_told_at_the_last_one():
    call = a_call()
    draft = factories.submission(call=call)
    for hour in (15, 17):
        extend(call, draft.applicant_organisation, closes_at=kst(*DAY, hour), opening_at=kst(*DAY, 17))
    factories.close(Call.objects.get(pk=call.pk))
    with moved_to(kst(*DAY, 16)):
        assert calls.end_own_closings() == 1
    assert told_of_the_end() == []
    with moved_to(kst(*DAY, 17)):
        assert calls.end_own_closings() == 1
    assert told_of_the_end() == [draft.created_by.pk]


def test_own_closing_before_a_later_closing_for_all_is_told_with_it():
    call = a_call()
    draft = factories.submission(call=call)
    extend(call, draft.applicant_organisation)
    call = extend(Call.objects.get(pk=call.pk), closes_at=kst(*DAY, 17), opening_at=kst(*DAY, 18))
    with moved_to(kst(*DAY, 16)):
        assert calls.end_own_closings() == 0, "the call is open for all"
    factories.close(call)
    assert told_of_the_end() == [draft.created_by.pk]
    with moved_to(kst(*DAY, 17)):
        assert calls.end_own_closings() == 1
    assert told_of_the_end() == [draft.created_by.pk]


def test_own_closing_whose_telling_fails_keeps_no_other_and_is_told_later(monkeypatch):
    drafts = [factories.submission(call=a_call()) for _number in range(2)]
    for draft in drafts:
        extend(draft.lot.call, draft.applicant_organisation)
        factories.close(Call.objects.get(pk=draft.lot.call.pk))
    whole = closing._tell_applicants

    def killed(call, *rest):
        whole(call, *rest)
        if call == drafts[0].lot.call:
            raise RuntimeError

    monkeypatch.setattr(closing, "_tell_applicants", killed)
    with moved_to(kst(*DAY, 15)):
        assert calls.end_own_closings() == 1
        assert told_of_the_end() == [drafts[1].created_by.pk]
        monkeypatch.undo()
        assert calls.end_own_closings() == 1
    assert told_of_the_end() == sorted(draft.created_by.pk for draft in drafts)


def test_extension_for_one_lets_it_begin_and_the_opening_waits_for_it():
    call, by = a_call(), accounts.staff("run_rounds")
    user, company = factories.applicant()
    extend(call, company, by=by)
    factories.close(call)
    with moved_to(kst(*DAY, 14)):
        draft = submissions.begin_submission(by=user, lot=factories.lot_of(call), organisation=company)
        assert draft.number
        found = refused(calls.prepare_opening, call=call, by=by)
    assert found.code == "opening_too_early"
    factories.open_up(call, by=by)
    call.refresh_from_db()
    with moved_to(kst(*DAY, 14)):
        assert deadlines.not_open(call, kst(*DAY, 14), company).code == "call_closed"


def test_extension_for_one_must_be_later_than_its_own_last_one():
    call = a_call()
    company = accounts.company()
    extend(call, company)
    with pytest.raises(Refused) as again:
        extend(call, company)
    assert again.value.code == "not_later"
    with pytest.raises(Refused) as early:
        extend(call, company, closes_at=kst(*DAY, 15, 30), opening_at=kst(*DAY, 15, 45))
    assert early.value.code == "opening_earlier"
    extend(call, company, closes_at=kst(*DAY, 17), opening_at=kst(*DAY, 17))
    assert deadlines.closing_for(call, company) == kst(*DAY, 17)
    assert deadlines.closing_for(call, accounts.company()) == call.closes_at
    assert OwnClosing.objects.count() == 2
    assert list(call.moves.values_list("ordinal", flat=True)) == [1, 2]


def test_own_closing_is_shown_to_its_people_and_to_nobody_else(client):
    call = a_call()
    company = accounts.company()
    extend(call, company, closes_at=kst(*DAY, 17), opening_at=kst(*DAY, 17))
    call.refresh_from_db()
    theirs, other = accounts.person(), accounts.person()
    accounts.member(theirs, company)
    accounts.member(other, accounts.company())
    assert deadlines.closings_for_person(theirs, [call]) == {call.pk: kst(*DAY, 17)}
    assert deadlines.closings_for_person(other, [call]) == {}
    for user, shown in ((theirs, kst(*DAY, 17)), (other, None)):
        client.force_login(user)
        page = client.get(f"/en/calls/{call.number}/")
        assert page.context["own_closing"] == shown
        assert ("Closes for your organisation" in page.content.decode()) is (shown is not None)
        month = client.get("/en/calls/calendar/?month=2026-12").content.decode()
        assert ("For your organisation" in month) is (shown is not None)
        cards = client.get("/en/calls/").content.decode()
        assert ("Closes for your organisation" in cards) is (shown is not None)


def test_extension_for_one_person_lets_that_person_alone_submit_later():
    call = a_call(kind=IDEA)
    named, other = factories.submission(call=call), factories.submission(call=call)
    calls.extend_call(
        call=call,
        by=accounts.staff("run_rounds"),
        closes_at=kst(*DAY, 15),
        opening_at=kst(*DAY, 16),
        reason="Their network was down.",
        people=[named.applicant_person],
    )
    told = Message.objects.filter(kind="submissions.extended_for_you").values_list("recipient", flat=True)
    assert list(told) == [named.applicant_person_id]
    factories.close(Call.objects.get(pk=call.pk))
    assert list(
        Message.objects.filter(kind="submissions.closed_without_yours").values_list("recipient", flat=True)
    ) == [other.applicant_person_id]
    with moved_to(kst(*DAY, 15) - timedelta(seconds=1)):
        assert refused(submissions.submit, submission=other, by=other.created_by).code == "call_closed"
        assert submissions.submit(submission=named, by=named.created_by).ordinal == 0
    own = OwnClosing.objects.get()
    assert (own.person, own.organisation) == (named.applicant_person, None)


def test_closing_of_a_person_who_was_named_holds_wherever_it_is_asked(client):
    call = a_call(kind=IDEA)
    named, other = factories.submission(call=call), factories.submission(call=call)
    extend_for_people(call, named.applicant_person)
    mine, theirs = (Submission.objects.select_related("lot__call").get(pk=one.pk) for one in (named, other))
    for _noted in range(2):  # asked one by one, and then for all at once
        assert deadlines.closing_of(mine) == kst(*DAY, 15)
        assert deadlines.closing_of(theirs) == kst(*DAY, 10)
        deadlines.note_closings([mine, theirs])
    call.refresh_from_db()
    assert deadlines.closings_for_person(named.applicant_person, [call]) == {call.pk: kst(*DAY, 15)}
    assert deadlines.closings_for_person(other.applicant_person, [call]) == {}
    assert deadlines.is_open_for(mine, kst(*DAY, 15) - timedelta(seconds=1))
    assert not deadlines.is_open_for(theirs, kst(*DAY, 10))
    for user, shown in ((named.applicant_person, True), (other.applicant_person, False)):
        client.force_login(user)
        assert ("Closes for you<" in client.get(f"/en/calls/{call.number}/").content.decode()) is shown
        assert ("For you: " in client.get("/en/calls/calendar/?month=2026-12").content.decode()) is shown
        assert ("Closes for you on" in client.get("/en/calls/").content.decode()) is shown


def test_closing_of_a_person_is_none_where_organisations_answer():
    """A row that no extension writes any more is none either."""
    call, person = a_call(), accounts.person()
    company = accounts.company()
    accounts.member(person, company)
    extend(call, accounts.company())
    OwnClosing.objects.create(move=call.moves.get(), person=person)
    assert deadlines.closings_for_person(person, [call]) == {}


def test_who_cannot_answer_a_call_is_given_no_more_time():
    of_organisations, of_people = a_call(), a_call(kind=IDEA)
    person, company = accounts.person(), accounts.company()
    found = refused(extend_for_people, call=of_organisations, people=[person])
    assert (found.code, found.field) == ("organisations_answer", "people")
    found = refused(extend, call=of_people, organisations=[company])
    assert (found.code, found.field) == ("people_answer", "organisations")
    assert not DeadlineMove.objects.exists()


def test_verification_queue_counts_an_own_closing():
    """By when an organisation must be verified: where it was given more time, by that later closing."""
    early, late = a_call(), a_call(kst(*DAY, 12))
    named, other = factories.submission(call=early), factories.submission(call=early)
    factories.submission(call=late, organisation=other.applicant_organisation)
    extend(early, named.applicant_organisation)
    closings = dict(
        Organisation.objects.annotate(closing=reads.nearest_closing()).values_list("pk", "closing")
    )
    assert closings[named.applicant_organisation_id] == kst(*DAY, 15)
    assert closings[other.applicant_organisation_id] == kst(*DAY, 10)
    factories.submission(call=late, organisation=named.applicant_organisation)
    nearest = Organisation.objects.annotate(closing=reads.nearest_closing()).get(
        pk=named.applicant_organisation_id
    )
    assert nearest.closing == kst(*DAY, 12)


def test_papers_of_a_person_who_was_named_may_be_of_their_own_closing_day():
    call, by = a_call(kind=IDEA), accounts.staff("run_rounds")
    draft = factories.submission(call=call)
    later = kst(2026, 12, 9, 15)
    extend_for_people(call, draft.applicant_person, closes_at=later, opening_at=later)
    submissions.submit(submission=draft, by=draft.created_by)
    call = factories.open_up(Call.objects.get(pk=call.pk), by=by)
    with moved_to(later):
        asked = supplements.ask_for_papers(
            submission=draft,
            by=by,
            papers=[supplements.PaperSpec(name_en="Certificate")],
            due_at=later + timedelta(days=3),
            reason="It is missing.",
        )
    assert asked.closing_on == later.date()


@pytest.mark.parametrize("both", [True, False])
def test_own_closing_is_of_an_organisation_or_of_a_person(both):
    call, company = a_call(), accounts.company()
    extend(call, company)
    person = accounts.person()
    with pytest.raises(IntegrityError), transaction.atomic():
        OwnClosing.objects.create(
            move=call.moves.get(),
            organisation=accounts.company() if both else None,
            person=person if both else None,
        )
