"""What waits for the virus check is sent to nobody; what the scanner does not answer stays waiting."""

import pytest
from django.db import connection, transaction

from innomarket.audit.models import Entry
from innomarket.common import health, waking
from innomarket.common.clock import moved_to, now
from innomarket.common.refusals import Refused
from innomarket.documents import clamav, quarantine, services
from innomarket.documents.models import Document
from tests.accounts.factories import person
from tests.documents.clamd import clamd
from tests.documents.factories import document, pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def scanner(settings, store):
    with clamd() as server:
        settings.CLAMAV_ADDRESS = server.address
        yield server


def test_receive_with_a_scanner_waits_and_is_sent_to_nobody(scanner):
    waiting = document(person())
    assert waiting.state == "pending"
    with pytest.raises(Refused) as caught:
        services.send(waiting)
    assert caught.value.code == "file_not_checked"


def test_check_pending_passes_what_the_scanner_finds_clean(scanner):
    waiting = document(person())
    assert quarantine.check_pending() == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.next_check_at) == ("clean", None)
    assert scanner.seen == [pdf()]
    assert Entry.objects.filter(verb="documents.pass", actor=None).exists()
    assert quarantine.check_pending() == 0
    services.send(waiting).close()


def test_check_pending_refuses_what_is_found_and_deletes_its_bytes(
    scanner, store, django_capture_on_commit_callbacks
):
    waiting = document(person(), content=pdf("EVIL"))
    with django_capture_on_commit_callbacks(execute=True):
        assert quarantine.check_pending() == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.refused_reason) == ("refused", "Eicar-Signature")
    assert waiting.sha256 and not (store / waiting.file.name).exists()
    with pytest.raises(Refused) as caught:
        services.send(waiting)
    assert caught.value.code == "file_refused"


@pytest.mark.parametrize("how", [{"mood": "rude"}, {"mood": "broken"}, {"longest": 10}])
def test_check_pending_without_a_verdict_waits_and_is_asked_again_later(settings, store, how):
    with clamd(**how) as server:
        settings.CLAMAV_ADDRESS = server.address
        waiting = document(person())
        assert quarantine.check_pending() == 0
    waiting.refresh_from_db()
    assert waiting.state == "pending" and waiting.checks == 1
    with clamd() as server:
        settings.CLAMAV_ADDRESS = server.address
        assert quarantine.check_pending() == 0, "not due yet"
        with transaction.atomic(), moved_to(now() + quarantine.LEASE):
            assert quarantine.check_pending() == 1
    waiting.refresh_from_db()
    assert waiting.state == "clean"


def test_check_pending_ends_the_run_when_the_scanner_is_away(settings, store):
    settings.CLAMAV_ADDRESS = "127.0.0.1:9"
    for _ in range(4):
        document(person())
    assert quarantine.check_pending() == 0
    assert Document.objects.filter(state="pending", checks=1).count() == quarantine.DEAD_SCANNER
    assert Document.objects.filter(state="pending", checks=0).count() == 4 - quarantine.DEAD_SCANNER


def test_check_pending_that_is_long_wakes_the_next_run(
    scanner, monkeypatch, django_capture_on_commit_callbacks
):
    """A run of minutes would keep closings and heartbeats waiting."""
    woken = []
    monkeypatch.setattr(quarantine, "SECONDS_OF_A_RUN", -1)
    document(person())
    monkeypatch.setattr(
        waking.current_app, "send_task", lambda name, **options: woken.append(name), raising=False
    )
    connection.run_on_commit.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert quarantine.check_pending() == 0
    assert woken == [quarantine.TASK]


def test_check_pending_without_a_scanner_any_more_lets_go(scanner, settings):
    waiting = document(person())
    settings.CLAMAV_ADDRESS = ""
    assert quarantine.check_pending() == 1
    waiting.refresh_from_db()
    assert waiting.state == "clean"


def test_a_missing_file_stays_pending(scanner):
    waiting = document(person())
    waiting.file.storage.delete(waiting.file.name)
    assert quarantine.check_pending() == 0
    waiting.refresh_from_db()
    assert waiting.state == "pending"


def test_scan_over_a_socket_file(tmp_path):
    with clamd(str(tmp_path / "s")) as server:
        clamav.ping(server.address)
        assert clamav.scan(server.address, [b"a", b"", b"b" * 100_000]) is None
        assert server.seen == [b"a" + b"b" * 100_000]


def test_scan_that_gets_no_answer_gives_up():
    with clamd(mood="silent") as server, pytest.raises(clamav.ScannerAway, match="in time"):
        clamav.scan(server.address, [b"a"], seconds=0.2)


@pytest.mark.parametrize("address", ["unix:/nowhere/clamd", "127.0.0.1:9", "127.0.0.1:x"])
def test_scanner_that_cannot_be_reached(address):
    with pytest.raises(clamav.ScannerAway, match="reached"):
        clamav.scan(address, [b"a"])


def test_readyz_shows_the_scanner_and_stands_without_it(client, settings, store, monkeypatch):
    settings.CLAMAV_ADDRESS = "127.0.0.1:9"
    monkeypatch.setattr(health, "CHECKS", {})
    monkeypatch.setattr(health, "SHOWN", {"clamav": quarantine.check_health})
    document(person())
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["parts"]["clamav"] == "cannot be reached; files waiting to be checked: 1"
    with clamd() as server:
        settings.CLAMAV_ADDRESS = server.address
        assert client.get("/readyz").json()["parts"]["clamav"] == "ok"
