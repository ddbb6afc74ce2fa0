"""Reading in need: two people, a ground, a time, each reading on record, the owners told; drafts stay closed else."""

from datetime import timedelta

import pytest
from django.db import Error, IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from innomarket.audit.models import Entry
from innomarket.common.clock import moved_to, now
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from innomarket.submissions import shipped
from innomarket.submissions.models import BreakGlass, Revision, Submission
from innomarket.submissions.services import break_glass
from innomarket.submissions.services import submission as submissions
from tests.accounts import factories as accounts
from tests.support.staff import sign_in

from . import factories

pytestmark = pytest.mark.django_db
GROUND = {"ground": "court", "reason": "Order 2026-17 of the court."}


def refused(function, *given, **arguments) -> Refused:
    with pytest.raises(Refused) as found:
        function(*given, **arguments)
    return found.value


@pytest.fixture(autouse=True)
def _rules():
    shipped.load()


@pytest.fixture
def first():
    return accounts.staff("run_rounds")


@pytest.fixture
def second():
    return accounts.staff("run_rounds")


@pytest.fixture
def sealed():
    return factories.submitted()


def ask(submission, by, **changes):
    return break_glass.ask_to_read(submission=submission, by=by, **(GROUND | changes))


def granted(submission, first, second):
    return break_glass.grant(glass=ask(submission, first), by=second, reason="The order is genuine.")


def test_request_reads_nothing_and_needs_ground_and_reason(sealed, first, second):
    assert refused(ask, sealed, first, ground="x").field == "ground"
    assert refused(ask, sealed, first, reason="  ").field == "reason"
    assert refused(ask, sealed, accounts.staff("keep_budget")).status == 403
    assert refused(ask, sealed, sealed.created_by).status == 403
    glass = ask(sealed, first)
    assert refused(ask, sealed, second).code == "asked_already"
    for person in (first, second):
        assert refused(break_glass.read, glass=glass, by=person).code == "glass_not_open"
    assert not Message.objects.filter(recipient=sealed.created_by, kind__contains="break_glass").exists()


def test_second_person_grants_and_the_owners_are_told_at_once(sealed, first, second):
    glass = ask(sealed, first)
    found = refused(break_glass.grant, glass=glass, by=first, reason="Mine.")
    assert (found.code, found.status) == ("same_person", 403)
    assert refused(break_glass.grant, glass=glass, by=second, reason=" ").field == "reason"
    glass = break_glass.grant(glass=glass, by=second, reason="Genuine.")
    assert glass.until - glass.decided_at == timedelta(hours=24)
    told = Message.objects.get(kind="submissions.break_glass_granted")
    assert told.recipient == sealed.created_by
    assert refused(break_glass.refuse, glass=glass, by=second, reason="No.").code == "refuse_not_now"


def test_only_these_two_read_and_each_reading_is_recorded(sealed, first, second):
    glass = granted(sealed, first, second)
    for person in (first, second):
        found = break_glass.read(glass=glass, by=person)
        assert found["sections"] == sealed.current.sections
    file = sealed.current.files.first()
    assert break_glass.read_file(glass=glass, by=second, pk=file.pk) == file
    assert refused(break_glass.read_file, glass=glass, by=second, pk=file.pk + 999).status == 404
    for other in (accounts.staff("run_rounds"), accounts.person(is_superuser=True, is_staff=True)):
        assert refused(break_glass.read, glass=glass, by=other).status == 403
    assert [entry.actor for entry in break_glass.readings_of(glass)] == [first, second, second]
    assert sealed.title not in str(list(Entry.objects.values_list("changes", "reason")))


def test_grant_ends(sealed, first, second):
    glass = granted(sealed, first, second)
    with moved_to(glass.until - timedelta(seconds=1)):
        break_glass.read(glass=glass, by=first)
    with moved_to(glass.until):
        assert refused(break_glass.read, glass=glass, by=first).code == "glass_not_open"


def test_grant_opens_no_other_page(client, sealed, first, second):
    granted(sealed, first, second)
    for person in (first, second):
        assert not Submission.objects.readable_by(person).filter(pk=sealed.pk).exists()
        assert not Revision.objects.readable_by(person).filter(submission=sealed).exists()
        sign_in(client, person)
        assert client.get(reverse("submissions:frozen", args=[sealed.number, 0])).status_code == 404


def test_refused_and_lapsed_requests_are_told_and_stay_closed(sealed, first, second):
    glass = break_glass.refuse(glass=ask(sealed, first), by=second, reason="Not genuine.")
    assert refused(break_glass.read, glass=glass, by=first).status == 403
    assert Message.objects.filter(kind="submissions.break_glass_not_granted").count() == 1
    late = ask(sealed, first)
    assert break_glass.lapse_due() == 0
    with moved_to(late.lapses_at):
        assert refused(break_glass.grant, glass=late, by=second, reason="Late.").code == "request_lapsed"
        assert (break_glass.lapse_due(), break_glass.lapse_due()) == (1, 0)
    late.refresh_from_db()
    assert late.state == "lapsed"
    assert Message.objects.filter(kind="submissions.break_glass_not_granted").count() == 2


def test_opened_submission_needs_no_glass(sealed, first):
    factories.open_up(sealed.lot.call)
    assert refused(ask, Submission.objects.get(pk=sealed.pk), first).code == "not_sealed"


def test_draft_is_read_in_need_after_the_opening_too_and_its_owner_sees_it(client, first, second):
    call = factories.open_call()
    draft = factories.submission(call=call)
    factories.open_up(call)
    glass = granted(draft, first, second)
    sign_in(client, first)
    page = reverse("admin:submissions_breakglass_read", args=[glass.pk])
    assert draft.title not in client.get(page).content.decode(), "opening the page is no reading"
    assert draft.title in client.post(page).content.decode()
    file = client.post(page, {"file": draft.attachments.first().pk})
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    client.force_login(draft.created_by)
    shown = client.get(reverse("submissions:check", args=[draft.number])).content.decode()
    assert str(first) in shown
    assert GROUND["reason"] in shown
    assert break_glass.readings_of(glass).count() == 2
    with translation.override("en"):
        (told,) = break_glass.told_to_owners(draft)
    assert [str(one["part"]) for one in told.readings] == ["the answers", "a file"]


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
@pytest.mark.parametrize(
    "who", ["staff", "superuser", "owner of the lot", "evaluator", "visitor", "committee"]
)
def test_what_was_not_submitted_stays_closed_after_the_opening(client, state, who):
    from innomarket.submissions.specs import LotSpec

    body = accounts.institution()
    call = factories.open_call(lots=[LotSpec("가", owner=body)])
    kept = factories.submitted(call=call) if state == "withdrawn" else factories.submission(call=call)
    if state == "withdrawn":
        submissions.withdraw(submission=kept, by=kept.created_by, reason="")
    factories.open_up(call)
    reader = {
        "staff": lambda: accounts.staff("run_rounds"),
        "superuser": lambda: accounts.person(is_superuser=True, is_staff=True),
        "owner of the lot": lambda: factories.applicant(body)[0],
        "evaluator": accounts.person,
        "visitor": accounts.person,
        "committee": lambda: accounts.staff("keep_committee"),
    }[who]()
    assert not Submission.objects.readable_by(reader).filter(pk=kept.pk).exists()
    assert not Revision.objects.readable_by(reader).filter(submission=kept).exists()
    sign_in(client, reader) if reader.is_staff else client.force_login(reader)
    attachment = kept.attachments.first()
    for address in (
        reverse("submissions:check", args=[kept.number]),
        reverse("submissions:receipt", args=[kept.number]),
        reverse("submissions:file", args=[kept.number, attachment.pk]),
        reverse("submissions:frozen", args=[kept.number, 0]),
    ):
        assert client.get(address).status_code == 404, address
    console = client.get(reverse("admin:submissions_submission_change", args=[kept.pk]))
    assert kept.title not in console.content.decode()


def test_database_asks_for_two_and_an_end(sealed, first, second):
    at = now()
    glass = ask(sealed, first)
    values = {"state": "granted", "decided_at": at, "decided_by": second, "until": at + timedelta(hours=1)}
    for wrong in ({"decided_by": first}, {"until": at}, {"until": None}, {"decided_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BreakGlass.objects.filter(pk=glass.pk).update(**values | wrong)
    BreakGlass.objects.filter(pk=glass.pk).update(**values)
    with pytest.raises(Error), transaction.atomic():
        BreakGlass.objects.filter(pk=glass.pk).update(until=at + timedelta(days=99))
    with pytest.raises(Error), transaction.atomic():
        glass.delete()
