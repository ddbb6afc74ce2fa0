"""From the history of readiness to proposed outages: the rule with random histories, and the services."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from innomarket.audit.models import Entry
from innomarket.common import readiness
from innomarket.common.clock import kst, moved_to
from innomarket.common.models import Readiness
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from innomarket.submissions import shipped
from innomarket.submissions.models import Outage, OutageProposal, WatchRule
from innomarket.submissions.outage_watch import Probe, stretches
from innomarket.submissions.services import watch
from tests.accounts import factories as accounts
from tests.support.staff import sign_in

from . import factories

START = kst(2026, 12, 8, 9)
SILENCE, JOIN, LEAST = timedelta(seconds=120), timedelta(minutes=5), timedelta(minutes=5)
RULE = {"silence": SILENCE, "join": JOIN, "least": LEAST}

steps = st.lists(
    st.tuples(st.integers(1, 400), st.sampled_from(["", "", "", "web", "database", "worker"])), max_size=60
)


def history(found) -> list[Probe]:
    at, probes = START, []
    for seconds, failed in found:
        at += timedelta(seconds=seconds)
        probes.append(Probe(at, frozenset([failed] if failed else [])))
    return probes


def at(minutes) -> object:
    return START + timedelta(minutes=minutes)


def regular(minutes, down=(), silent=()) -> list[Probe]:
    return [
        Probe(at(one), frozenset(["web"] if one in down else []))
        for one in range(minutes)
        if one not in silent
    ]


@given(steps)
def test_stretches_are_in_order_apart_long_enough_and_over(found):
    probes = history(found)
    proposed = stretches(probes, **RULE)
    assert all(one.ends_at - one.starts_at >= LEAST for one in proposed)
    assert all(b.starts_at - a.ends_at >= JOIN for a, b in pairwise(proposed))
    assert all(one.ends_at <= probes[-1].at - JOIN for one in proposed)


@given(steps)
def test_every_failure_that_is_over_lies_in_a_stretch_and_every_stretch_has_a_cause(found):
    probes = history([*found, *[(60, "")] * 11])  # and then ten good minutes: everything is over
    proposed = stretches(probes, silence=SILENCE, join=JOIN, least=timedelta(0))
    for probe in probes[:-11]:
        assert probe.stands or any(one.starts_at <= probe.at < one.ends_at for one in proposed)
    for one in proposed:
        inside = [probe for probe in probes if one.starts_at <= probe.at <= one.ends_at]
        assert one.silent or any(not probe.stands for probe in inside)
        edges = {probe.at: probe for probe in probes}
        assert edges[one.ends_at].stands or one.silent


@given(steps, st.integers(1, 30))
def test_a_longer_history_keeps_what_was_proposed(found, more):
    probes = history(found)
    longer = (
        [*probes, *(Probe(probes[-1].at + timedelta(minutes=n + 1)) for n in range(more))] if probes else []
    )
    assert stretches(longer, **RULE)[: len(stretches(probes, **RULE))] == stretches(probes, **RULE)


def test_stretch_runs_from_the_last_good_answer_to_the_next():
    (one,) = stretches(regular(40, down=range(10, 18)), **RULE)
    assert (one.starts_at, one.ends_at, one.silent) == (at(9), at(18), False)


def test_silence_is_an_outage_and_flapping_is_one():
    (one,) = stretches(regular(60, down=[20], silent=range(10, 18)), **RULE)
    assert (one.starts_at, one.ends_at, one.silent) == (at(9), at(21), True)


def test_worker_that_is_away_is_no_outage():
    probes = [Probe(at(one), frozenset(["worker", "beat"])) for one in range(30)]
    assert stretches(probes, **RULE) == []


# ── services ──


@pytest.fixture
def down(db):
    """Ten minutes in which the web did not answer, and a call that closes in them."""
    shipped.load()
    with moved_to(kst(2026, 12, 1, 9)):
        call = factories.open_call(closes_at=at(15))
    for probe in regular(40, down=range(10, 20)):
        Readiness.objects.create(at=probe.at, failed=",".join(probe.failed), source="worker")
    with moved_to(at(40)):
        yield call


def propose() -> OutageProposal:
    assert watch.propose_outages() == 1
    return OutageProposal.objects.get()


def test_propose_writes_one_and_tells_staff_once(down, monkeypatch):
    monkeypatch.setattr(readiness, "forget", lambda days: 0)
    staff = accounts.staff("run_rounds")
    proposal = propose()
    assert (proposal.starts_at, proposal.ends_at, proposal.failed) == (at(9), at(20), "web")
    assert watch.calls_touched([proposal]) == [[down]]
    assert watch.propose_outages() == 0
    (message,) = Message.objects.filter(recipient=staff, kind="submissions.outage_proposed")
    assert down.number in message.body
    assert Entry.objects.filter(verb="submissions.propose_outage").count() == 1


def test_dismiss_takes_a_reason_and_is_not_proposed_again(down, monkeypatch):
    monkeypatch.setattr(readiness, "forget", lambda days: 0)
    proposal, staff = propose(), accounts.staff("run_rounds")
    for by, reason in ((staff, " "), (accounts.person(), "Planned work")):
        with pytest.raises(Refused):
            watch.dismiss_proposal(proposal=proposal, by=by, reason=reason)
    assert watch.dismiss_proposal(proposal=proposal, by=staff, reason="Planned").state == "dismissed"
    assert watch.propose_outages() == 0
    with pytest.raises(Refused):
        watch.dismiss_proposal(proposal=proposal, by=staff, reason="Again")


def test_record_makes_the_outage_and_settles_the_proposal(down, monkeypatch):
    monkeypatch.setattr(readiness, "forget", lambda days: 0)
    proposal = propose()
    outage = watch.record_proposed(
        proposal=proposal,
        by=accounts.staff("run_rounds"),
        starts_at=at(9),
        ends_at=at(20),
        noticed_at=at(25),
        what="The web",
    )
    proposal.refresh_from_db()
    assert (proposal.state, proposal.outage, outage.state) == ("recorded", outage, "recorded")


def test_outage_recorded_by_hand_is_not_proposed(down, monkeypatch):
    monkeypatch.setattr(readiness, "forget", lambda days: 0)
    Outage.objects.create(
        starts_at=at(5), ends_at=at(25), noticed_at=at(25), what="x", recorded_by=accounts.staff("run_rounds")
    )
    assert watch.propose_outages() == 0


def test_console_shows_the_proposal_with_its_calls_and_fills_the_form(down, client, monkeypatch):
    monkeypatch.setattr(readiness, "forget", lambda days: 0)
    proposal = propose()
    sign_in(client, accounts.staff("run_rounds"))
    page = client.get(reverse("admin:submissions_outage_changelist")).content.decode()
    address = reverse("admin:submissions_outageproposal_record", args=[proposal.pk])
    assert down.number in page and address in page
    form = client.get(address).context["form"]
    assert form["starts_at"].initial == at(9) and form["ends_at"].initial == at(21)


def test_old_answers_are_forgotten(db):
    shipped.load()
    days = WatchRule.objects.get().keep_days
    fresh = Readiness.objects.create(source="worker")
    Readiness.objects.create(at=fresh.at - timedelta(days=days + 1), source="worker")
    watch.propose_outages()
    assert list(Readiness.objects.all()) == [fresh]


# ── asking ──


@pytest.mark.parametrize(
    ("body", "failed"),
    [
        (b'{"status": "ok", "parts": {"database": "ok"}}', []),
        (b'{"parts": {"database": "database does not answer", "redis": "ok"}}', ["database"]),
        (b"<html>502", ["web"]),
        (b"[]", ["web"]),
        (b'{"parts": 3}', ["web"]),
    ],
)
def test_failed_parts_are_names_only(body, failed):
    assert readiness.failed_parts(body) == failed


def test_ask_where_nobody_listens_says_web():
    assert readiness.ask("http://127.0.0.1:9/readyz") == ["web"]
    assert readiness.ask("file:///etc/passwd") == ["web"]
