"""Erasure: what refuses it, the waiting time, and a dump in which the person is found no more."""

from __future__ import annotations

import subprocess
from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db import InternalError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.utils.translation import override

from designation.services.committee import seat_member
from innomarket.accounts.models import User
from innomarket.accounts.services.invitation import invite
from innomarket.accounts.services.membership import remove_member
from innomarket.accounts.services.person import give_second_factor, reopen_account
from innomarket.audit.models import Entry
from innomarket.common.clock import moved_to, now
from innomarket.common.refusals import Refused
from innomarket.embedded import postgres
from innomarket.evaluation.services.round import create_round, seat_panelist
from innomarket.notifications import sending
from innomarket.notifications.models import LocalMail, Message
from innomarket.privacy import permissions
from innomarket.privacy.models import Erasure
from innomarket.privacy.services.consent import answer
from innomarket.privacy.services.erasure import ask_erasure, carry_out, carry_out_due, take_back
from tests.accounts.factories import company, member, person, staff
from tests.designation import factories as designation
from tests.submissions import factories as submissions
from tests.support import databases
from tests.support.staff import sign_in

from .test_consent import news

EMAIL, NAME = "canary.bird@example.com", "카나리아울음"


def erased(one: User) -> User:
    row = ask_erasure(person=one, by=one)
    with transaction.atomic(), moved_to(now() + timedelta(days=8)):
        carry_out(erasure=row)
    return User.objects.get(pk=one.pk)


@pytest.mark.django_db
def test_erasure_waits_and_can_be_taken_back():
    one = person()
    row = ask_erasure(person=one, by=one)
    assert row.due_at - row.asked_at == timedelta(days=7)
    with pytest.raises(Refused):
        carry_out(erasure=row)
    with pytest.raises(Refused):
        ask_erasure(person=one, by=one)
    with pytest.raises(Refused) as refused:
        take_back(erasure=row, by=person())
    assert refused.value.status == 403
    take_back(erasure=row, by=one)
    with moved_to(now() + timedelta(days=9)):
        assert carry_out_due() == 0
    assert User.objects.get(pk=one.pk).is_active


@pytest.mark.django_db
def test_only_oneself_or_the_desk_asks():
    one = person()
    for other in (person(), staff("run_rounds")):
        with pytest.raises(Refused) as refused:
            ask_erasure(person=one, by=other)
        assert refused.value.status == 403
    row = ask_erasure(person=one, by=staff("read_audit"), reason="Asked by letter.")
    assert Message.objects.filter(recipient=one, kind="privacy.erasure_asked").exists()
    assert row.asked_by != one


@pytest.mark.django_db
@pytest.mark.parametrize("duty", ["only_owner", "staff", "chief", "panel", "meeting", "application"])
def test_open_duty_refuses_and_says_what_to_do(duty):
    one = staff("run_rounds") if duty in ("staff", "chief") else person()
    if duty == "only_owner":
        member(one, company())
    if duty == "chief":
        create_round(lot=designation.proposal_lot(), by=one)
        one.user_permissions.clear()
        User.objects.filter(pk=one.pk).update(is_staff=False)
        one = User.objects.get(pk=one.pk)
    if duty == "panel":
        by = staff("run_rounds")
        round_ = create_round(lot=designation.proposal_lot(), by=by)
        seat_panelist(round=round_, by=by, user=one, reason="x")
    if duty == "meeting":
        by = staff("keep_committee")
        body = designation.committee(by=by)
        seat_member(committee=body, by=by, place=6, holder=one, valid=DateRange(date(2020, 1, 1), None))
        designation.session(body, by=by)
    if duty == "application":
        submissions.submitted(call=submissions.open_call(submissions.test_kind.IDEA), by=one)
    found = permissions.open_duty(one)
    assert found is not None and found.code == duty
    with pytest.raises(Refused) as refused:
        ask_erasure(person=one, by=one)
    assert refused.value.code == duty


@pytest.mark.django_db
def test_duty_that_began_in_the_waiting_time_holds_the_erasure_up_and_says_so_once():
    one = person()
    row = ask_erasure(person=one, by=one)
    made = company()
    owner = member(one, made)
    with moved_to(now() + timedelta(days=8)):
        assert carry_out_due() == 0
        assert carry_out_due() == 0
    row.refresh_from_db()
    assert (row.state, row.held_up_by) == ("waiting", "only_owner")
    assert Message.objects.filter(recipient=one, kind="privacy.erasure_held_up").count() == 1
    member(person(), made)
    remove_member(membership=owner, by=one)
    with moved_to(now() + timedelta(days=10)):
        assert carry_out_due() == 1
    assert User.objects.get(pk=one.pk).erased_at


@pytest.mark.django_db
def test_erased_person_is_named_by_a_code_in_both_languages_and_stays_so():
    one = erased(person(name=NAME, email=EMAIL))
    with override("ko"):
        assert User.objects.get(pk=one.pk).name == f"탈퇴한 사람 {one.former_code}"
    with override("en"):
        assert str(User.objects.get(pk=one.pk)) == f"former person {one.former_code}"
    assert not one.is_active and not one.check_password("!") and not one.has_usable_password()
    with pytest.raises(InternalError), transaction.atomic():
        User.objects.filter(pk=one.pk).update(is_active=True)
    with pytest.raises(Refused):
        reopen_account(person=one, by=person(is_staff=True, is_superuser=True), reason="x")
    with pytest.raises(Refused):
        ask_erasure(person=one, by=staff("read_audit"), reason="x")


def dump_of(name: str) -> str:
    done = subprocess.run(
        [str(postgres.programs() / "pg_dump"), "--no-owner", databases.url(name)], capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_dump_holds_nothing_of_an_erased_person(fresh_database):
    """What must be kept names a code. Kept on purpose: what was submitted (encrypted), reasons typed by staff."""
    one, other = person(name=NAME, email=EMAIL, password="correct-horse-battery"), person()
    EmailAddress.objects.create(user=one, email=EMAIL, verified=True, primary=True)
    EmailAddress.objects.create(user=one, email=f"second.{EMAIL}", verified=False)
    give_second_factor(user=one)
    made = company()
    member(other, made)
    owner = member(one, made)
    invite(organisation=made, by=one, email="invited@example.com", role="editor")
    invite(organisation=company_of(other), by=other, email=EMAIL, role="editor")
    draft = submissions.submission(
        call=submissions.open_call(submissions.test_kind.TASK), by=one, organisation=made
    )
    submissions.submissions.submit(submission=draft, by=one)
    answer(person=one, by=one, notice=news(), given=True)
    Client().force_login(one)
    client = Client()
    client.force_login(one)
    remove_member(membership=owner, by=one)
    sending.send_due()
    LocalMail.objects.create(to=EMAIL, sender="x", subject="x", body=NAME, message_id="canary")
    before = dump_of(fresh_database)
    assert EMAIL in before and NAME in before  # the control: the search finds them
    assert Message.objects.filter(recipient=other, body__contains=NAME).exists()
    entries = Entry.objects.count()

    after = erased(one)

    found = dump_of(fresh_database)
    assert EMAIL not in found
    assert NAME not in found
    assert after.former_code in found
    assert Message.objects.filter(recipient=other, body__contains=after.former_code).exists()
    assert not any(s.get_decoded().get("_auth_user_id") == str(one.pk) for s in Session.objects.all())
    assert client.get("/workspace/").status_code == 302
    assert Entry.objects.count() > entries
    revision = draft.revisions.get()
    assert revision.submitted_by_id == one.pk
    client = Client()
    client.force_login(other)
    for path in ("", "/en"):
        page = client.get(f"{path}/submissions/{draft.number}/receipt/")
        assert page.status_code == 200
    assert client.get(f"/organisations/{made.pk}/").status_code == 200


def company_of(owner: User):
    made = company()
    member(owner, made)
    return made


@pytest.mark.django_db
def test_desk_erases_on_request_in_the_console(client):
    one = person()
    sign_in(client, staff("read_audit"))
    page = client.post(
        "/admin/privacy/erasure/ask/", {"email": one.email.upper(), "reason": "Asked by letter."}
    )
    assert page.status_code == 302
    assert Erasure.objects.get().person == one
    page = client.post("/admin/privacy/erasure/ask/", {"email": "nobody@example.com", "reason": "x"})
    assert page.status_code == 422
