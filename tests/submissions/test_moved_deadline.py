"""The closing moves, or the call is withdrawn, between loading a form and sending it: what holds now decides."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import activate

from innomarket.common.clock import moved_to
from innomarket.submissions.models import Submission
from innomarket.submissions.services import call as calls
from tests.accounts import factories as accounts
from tests.support.staff import sign_in

from . import factories, tus

pytestmark = pytest.mark.django_db

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture
def draft(client):
    """Complete, without its file; its author looks at the forms a minute before the closing."""
    activate("en")
    made = factories.submission(files=False)
    sign_in(client, made.created_by)
    return made


def url(name, *args):
    return reverse(f"submissions:{name}", args=args)


def loaded(client, draft):
    """The forms as they were loaded a minute before the closing that stood then; the step's version."""
    with moved_to(draft.lot.call.closes_at - timedelta(minutes=1)):
        for page in (url("files", draft.number, "paper"), url("check", draft.number)):
            assert client.get(page).status_code == 200
        return client.get(url("edit", draft.number, "problem")).context["version"]


def extend(draft, **whom):
    call = draft.lot.call
    with moved_to(call.closes_at - SECOND):
        calls.extend_call(
            call=call,
            by=accounts.staff("run_rounds"),
            closes_at=call.closes_at + HOUR,
            opening_at=call.opening_at + HOUR,
            reason="The network was down.",
            **whom,
        )


def send_all(client, draft, version):
    """Statuses of the step, the file and the submission, sent with what was loaded."""
    step = client.post(
        url("edit", draft.number, "problem"),
        {"title": "마지막에 쓴 제목", "problem": "글", "version": version},
    )
    file = client.post(url("files", draft.number, "paper"), {"file": factories.pdf("paper.pdf")})
    return step.status_code, file.status_code, client.post(url("check", draft.number)).status_code


def standing(draft):
    draft = Submission.objects.get(pk=draft.pk)
    return draft.state, draft.challenge.title, draft.attachments.kept().count()


@pytest.mark.parametrize("whom", ["all", "this one"])
def test_forms_loaded_before_an_extension_are_taken_after_the_old_closing(client, draft, whom):
    version = loaded(client, draft)
    extend(draft, **({} if whom == "all" else {"organisations": [draft.applicant_organisation]}))
    with moved_to(draft.lot.call.closes_at + SECOND):
        assert send_all(client, draft, version) == (302, 302, 302)
    assert standing(draft) == ("submitted", "마지막에 쓴 제목", 1)


def test_forms_loaded_before_somebody_elses_extension_are_late_after_the_closing(client, draft):
    version, other = loaded(client, draft), factories.submission(lot=draft.lot)
    extend(draft, organisations=[other.applicant_organisation])
    with moved_to(draft.lot.call.closes_at):
        assert send_all(client, draft, version) == (302, 422, 409)
    assert standing(draft) == ("draft", "마지막에 쓴 제목", 0), "what was typed is kept, and not submitted"


def test_forms_loaded_before_an_extension_are_late_after_the_new_closing(client, draft):
    version = loaded(client, draft)
    extend(draft)
    with moved_to(draft.lot.call.closes_at + HOUR):
        assert send_all(client, draft, version) == (302, 422, 409)
    assert standing(draft) == ("draft", "마지막에 쓴 제목", 0)


def test_forms_loaded_before_the_call_was_withdrawn_keep_the_text_and_submit_nothing(client, draft):
    version, call = loaded(client, draft), draft.lot.call
    with moved_to(call.closes_at - SECOND):
        calls.cancel_call(call=call, by=accounts.staff("run_rounds"), reason="The budget was cut.")
        assert send_all(client, draft, version) == (302, 422, 409)
    assert standing(draft) == ("draft", "마지막에 쓴 제목", 0)


def test_upload_begun_before_an_extension_is_completed_after_the_old_closing(client, draft):
    call, content = draft.lot.call, factories.PDF
    with moved_to(call.closes_at - timedelta(minutes=1)):
        at = tus.create(client, draft, "paper.pdf", len(content))["Location"]
        tus.patch(client, at, 0, content[:100])
    extend(draft)
    with moved_to(call.closes_at + SECOND):
        assert tus.patch(client, at, 100, content[100:]).status_code == 204
    assert standing(draft)[2] == 1
