"""What an outage cannot reopen: cases, and the chief who decides them."""

import pytest
from django.urls import reverse
from django.utils.translation import activate

from innomarket.common.clock import kst, moved_to
from innomarket.notifications.models import Message
from innomarket.submissions import chiefs
from innomarket.submissions.models import OutageCase
from innomarket.submissions.services import case as cases
from innomarket.submissions.services import submission as submissions
from tests.accounts import factories as accounts
from tests.support.staff import sign_in

from . import factories
from .moves import DAY, a_call, apply, plan, record, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_week_before")]


def _case(chiefs_known=None):
    """A draft in a call that was opened before the outage over its closing was known."""
    call = a_call()
    draft, done = factories.submission(call=call), factories.submitted(call=call)
    factories.open_up(call)
    apply(record(), at=kst(*DAY, 14))
    return OutageCase.objects.get(), draft, done


def test_draft_of_a_call_that_cannot_reopen_becomes_a_case_and_those_who_run_rounds_are_told():
    by = accounts.staff("run_rounds")
    case, draft, _done = _case()
    assert (case.submission, case.state) == (draft, "open")
    told = Message.objects.filter(kind="submissions.outage_too_late")
    assert by.pk in told.values_list("recipient", flat=True)
    assert draft.number in told.first().body
    assert told.first().url == "/admin/submissions/outagecase/?state__exact=open", "where it is decided"


def test_case_says_what_is_decided_on(client):
    activate("en")
    case, draft, _done = _case()
    sign_in(client, accounts.staff("run_rounds"))
    page = client.get(reverse("admin:submissions_outagecase_decide", args=[case.pk]))
    shown = {str(label): str(value) for label, value in page.context["facts"]}
    assert draft.number in shown["Submission"] and "not submitted" in shown["Submission"]
    assert draft.lot.call.number in shown["Call"] and case.outage.what in shown["Outage"]
    assert client.get("/en/admin/submissions/outagecase/?state__exact=open").status_code == 200


def test_submission_changed_after_it_was_submitted_becomes_a_case_and_an_unchanged_one_does_not():
    call = a_call()
    changed, untouched, back = (factories.submitted(call=call) for _number in range(3))
    with moved_to(kst(*DAY, 9, 45)):  # in the outage
        submissions.save_step(
            submission=changed, by=changed.created_by, step="problem", data={"title": "늦은 제목"}
        )
        submissions.withdraw(submission=back, by=back.created_by)
    factories.open_up(call)
    outage = record()
    assert [one.unsent for one in plan(outage, kst(*DAY, 14)).missed] == [[changed.number]]
    apply(outage, at=kst(*DAY, 14))
    assert OutageCase.objects.get().submission == changed
    assert changed.number in Message.objects.filter(kind="submissions.outage_too_late").first().body
    assert not OutageCase.objects.filter(submission__in=[untouched, back]).exists()


def test_case_is_decided_by_the_chief_with_a_reason_and_the_applicant_is_told(monkeypatch):
    chief, other = accounts.staff("run_rounds"), accounts.staff("run_rounds")
    monkeypatch.setattr(chiefs, "_known", [lambda lot: {chief.pk}])
    case, draft, _done = _case()
    told = Message.objects.filter(kind="submissions.outage_too_late").values_list("recipient", flat=True)
    assert list(told) == [chief.pk]
    good = {"case": case, "by": chief, "decision": "stands", "reason": "Others submitted in time."}
    assert refused(cases.decide_case, **good | {"by": other}).code == "not_the_chief"
    assert refused(cases.decide_case, **good | {"reason": " "}).field == "reason"
    assert refused(cases.decide_case, **good | {"decision": "x"}).field == "decision"
    done = cases.decide_case(**good)
    done.refresh_from_db()
    assert (done.state, done.decision, done.reason) == ("decided", "stands", "Others submitted in time.")
    assert Message.objects.get(kind="submissions.outage_case_decided").recipient == draft.created_by
    assert refused(cases.decide_case, **good).code == "decide_not_now"
