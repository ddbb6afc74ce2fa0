"""Retention: dated periods, the dry run, batches, and what is left alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from innomarket.accounts.models import Invitation
from innomarket.accounts.services.invitation import invite, withdraw_invitation
from innomarket.audit.models import Entry
from innomarket.common import personal
from innomarket.common.clock import KST, moved_to, now
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from innomarket.privacy.models import RetentionRule, RetentionRun
from innomarket.privacy.services import retention
from innomarket.rules.forms import form_for
from innomarket.rules.services import enter_rule
from tests.accounts.factories import company, member, person, staff
from tests.support.races import at_once, values
from tests.support.staff import sign_in


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1)), st.integers(1, 240))
def test_months_before_is_earlier_by_whole_months(instant, months):
    local = instant.replace(tzinfo=KST)
    before = retention.months_before(local, months)
    assert (local.year - before.year) * 12 + local.month - before.month == months
    assert before.day == local.day or (before.day < local.day and (before + timedelta(days=1)).day == 1)
    assert before.time() == local.time()


def message(one, **fields) -> Message:
    serial = Message.objects.count()
    return Message.objects.create(
        kind="x", recipient=one, language="ko", subject="s", body="b", key=f"k{serial}", **fields
    )


@pytest.mark.django_db
def test_dry_run_says_what_would_go_and_deletes_nothing():
    one, at = person(), now()
    for years in (1, 4, 5):
        message(one, state="inbox", created_at=at - timedelta(days=366 * years))
    message(one, state="waiting", created_at=at - timedelta(days=366 * 5))
    out = StringIO()
    call_command("apply_retention", "--dry-run", stdout=out)
    assert "notifications.inbox: 2 (oldest" in out.getvalue()
    assert Message.objects.count() == 4 and not RetentionRun.objects.exists()
    call_command("apply_retention", stdout=out)
    assert Message.objects.count() == 2
    run = RetentionRun.objects.get()
    assert run.counts["notifications.inbox"]["count"] == 2
    entry = Entry.objects.get(verb="privacy.retention")
    assert entry.changes["count"] == 2 and len(entry.changes["ids"]) == 2


@pytest.mark.django_db
def test_period_follows_the_rule_of_the_day():
    one = person()
    message(one, state="inbox", created_at=now() - timedelta(days=400))
    rule = RetentionRule(noun="notifications.inbox", months=12, source="x")
    enter_rule(rule=rule, by=staff("read_audit"), begins=(now() + timedelta(days=2)).date(), reason="x")
    retention.apply()
    assert Message.objects.count() == 1
    with moved_to(now() + timedelta(days=4)):
        retention.apply()
    assert Message.objects.count() == 0


@pytest.mark.django_db
def test_period_for_what_no_app_keeps_is_refused_by_form_and_service():
    """A noun with a typo would be a rule that nobody runs."""
    by, day = staff("read_audit"), (now() + timedelta(days=2)).date()
    form = form_for(RetentionRule)(
        {"noun": "notifications.inbx", "months": 12, "source": "x", "begins": day, "reason": "x"}
    )
    assert not form.is_valid() and set(form.errors) == {"noun"}
    offered = dict(form.fields["noun"].choices)
    assert set(offered) - {""} == set(personal.kept)
    assert str(offered["notifications.inbox"]) == str(personal.kept["notifications.inbox"].title)
    rule = RetentionRule(noun="notifications.inbx", months=12, source="x")
    with pytest.raises(Refused, check=lambda refused: refused.field == "noun"):
        enter_rule(rule=rule, by=by, begins=day, reason="x")
    with pytest.raises(ValidationError, check=lambda error: set(error.error_dict) == {"noun"}):
        rule.full_clean(exclude=["valid"])


@pytest.mark.django_db
def test_without_a_rule_nothing_is_deleted():
    message(person(), state="inbox", created_at=now() - timedelta(days=4000))
    RetentionRule.objects.filter(noun="notifications.inbox").delete()
    retention.apply()
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_standing_invitation_stays_and_an_ended_one_goes():
    owner, made = person(), company()
    member(owner, made)
    with moved_to(now() - timedelta(days=300)):
        old = invite(organisation=made, by=owner, email="old@example.com", role="editor")
        withdraw_invitation(invitation=old, by=owner)
    new = invite(organisation=made, by=owner, email="new@example.com", role="editor")
    retention.apply()
    assert list(Invitation.objects.all()) == [new]


def test_two_runs_at_once_delete_each_row_once(fresh_database, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 3)
    one, at = person(), now()
    for _n in range(20):
        message(one, state="inbox", created_at=at - timedelta(days=4000))
    runs = values(at_once(retention.apply, retention.apply))
    deleted = sum(run.counts.get("notifications.inbox", {}).get("count", 0) for run in runs)
    assert deleted == 20 and not Message.objects.exists()
    ids = [pk for e in Entry.objects.filter(verb="privacy.retention") for pk in e.changes["ids"]]
    assert len(ids) == len(set(ids)) == 20


def test_row_that_somebody_holds_is_left_for_the_next_night(fresh_database):
    row = message(person(), state="inbox", created_at=now() - timedelta(days=4000))
    with transaction.atomic():
        Message.objects.select_for_update().get(pk=row.pk)

        def other():
            try:
                return retention.apply()
            finally:
                connections.close_all()

        assert values(at_once(other))[0].counts["notifications.inbox"]["count"] == 0
    assert Message.objects.exists()
    retention.apply()
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_console_shows_the_dry_run(client):
    message(person(), state="inbox", created_at=now() - timedelta(days=4000))
    sign_in(client, staff("read_audit"))
    for path in ("", "/en"):
        page = client.get(f"{path}/admin/privacy/retentionrun/dry-run/")
        assert page.status_code == 200
    assert "Messages to people" in page.content.decode()
    assert Message.objects.exists()
