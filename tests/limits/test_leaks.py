"""A mark in a sealed proposal is found nowhere but with its company; a conflicted evaluator never finds it.

Every address of the project is asked, searches and staff consoles included, then what the project writes by itself:
messages, audit, logs.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from innomarket.audit.models import Entry
from innomarket.notifications.models import Message
from innomarket.submissions.models import Submission
from tests.submissions import factories as submissions

from .test_access import PAGES
from .test_access import address as address_in
from .world import CONTENT_MARK, NAME_MARK, TEXT_MARK, TITLE_MARK, World, scene

PART = TITLE_MARK[:2]
"""What is searched for: shorter than the mark, so that the echo of the search is not taken for a find."""
MARKS = (TITLE_MARK, TEXT_MARK, NAME_MARK, CONTENT_MARK.decode())
OUTSIDERS = (
    *("anonymous", "company_b", "institution_a", "evaluator", "member"),
    *("rounds", "superuser", "no_factor"),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory, django_db_setup, django_db_blocker):
    """Only the sealed proposal is in this world: nothing of it has been opened."""
    with scene(tmp_path_factory.mktemp("files"), django_db_blocker, opened=False) as made:
        yield made


@pytest.fixture(autouse=True)
def _undone(world):
    with translation.override("ko"), transaction.atomic():
        yield
        transaction.set_rollback(True)


def text_of(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode(errors="replace") + str(sorted(answer.headers.items()))


def pages_of(world: World) -> list[str]:
    """Every page with the object of its row and with the sealed proposal; every search."""
    sealed = world.things["sealed"]
    found = [address_in(world, name) for name, (which, _row) in PAGES.items() if not _of_round(which, name)]
    files = sealed.current.files.values_list("pk", flat=True)
    kept = sealed.attachments.values_list("pk", flat=True)
    n = sealed.number
    found += [f"/submissions/{n}/{page}/" for page in ("check", "receipt", "withdraw", "edit/product")]
    found += [f"/submissions/{n}/edit/solution/", f"/submissions/{n}/files/evidence/", f"/proposals/{n}/"]
    found += [f"/submissions/{n}/file/{pk}/" for pk in kept]
    found += [f"/submissions/{n}/0/file/{pk}/" for pk in files]
    found += [f"/submissions/{n}/0/frozen.json", f"/proposals/{n}/opinion/", f"/challenges/{n}/"]
    found += [f"/calls/{sealed.lot.call.number}/", f"/calls/{sealed.lot.call.number}/apply/"]
    found += [f"/ocds/?of={n}", f"/ocds/?of={sealed.lot.call.number}"]
    lists = ("catalog", "challenges", "designations", "pilots", "organisations", "calls", "proposals")
    found += [f"/{name}/?q={PART}" for name in lists]
    found += [f"/api/v1/products/?q={PART}", f"/api/v1/products/?search={PART}"]
    return found


def _of_round(which: Any, name: str) -> bool:
    """Rows whose object is made by the opening."""
    return (name.startswith(("evaluation:", "admin:evaluation_")) and name != "evaluation:queue") or name in (
        "submissions:frozen",
        "submissions:submitted_file",
        "submissions:read",
        "submissions:page_image",
        "submissions:page_text",
        "submissions:supplement",
        "submissions:supplement_send",
        "submissions:supplement_paper",
        "submissions:supplement_file",
    )


def consoles_of(world: World) -> list[str]:
    """Every list of the admin, searched too, and the page and history of its newest row."""
    found = ["/admin/"]
    for model, shown in admin.site._registry.items():
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found += [reverse(f"{base}_changelist"), f"{reverse(f'{base}_changelist')}?q={PART}"]
        for row in model._default_manager.order_by("-pk")[:2]:
            found += [reverse(f"{base}_change", args=[row.pk]), reverse(f"{base}_history", args=[row.pk])]
        found += [
            reverse(f"{base}_{step.name}") for step in getattr(shown, "action_views", ()) if step.object_less
        ]
    for name in ("submission", "call"):
        thing = world.things["sealed"] if name == "submission" else world.things["sealed_call"]
        found.append(reverse(f"admin:submissions_{name}_change", args=[thing.pk]))
    about = Message.objects.filter(object_label=f"submissions.submission:{world.things['sealed'].pk}")
    found += [reverse("admin:notifications_message_change", args=[message.pk]) for message in about]
    return found


def found_by(world: World, actor: str, urls: list[str]) -> list[tuple[str, str]]:
    client = world.clients[actor]
    finds = []
    for url in urls:
        text = text_of(client.get(url))
        finds += [(url, mark) for mark in MARKS if mark in text]
    return finds


def test_marks_are_there_for_their_company(world):
    found = {mark for _url, mark in found_by(world, "company_a", pages_of(world))}
    assert found == set(MARKS)


@pytest.mark.parametrize("actor", OUTSIDERS)
def test_sealed_proposal_is_on_no_page_for_anybody_else(world, actor):
    assert found_by(world, actor, pages_of(world)) == []


def test_sealed_proposal_is_on_no_page_in_english_either(world):
    outside = ("/api", "/healthz", "/readyz", "/i18n")
    urls = [f"/en{url}" for url in pages_of(world) if not url.startswith(outside)]
    assert found_by(world, "company_b", urls) == []


@pytest.mark.parametrize("actor", ["rounds", "superuser"])
def test_sealed_proposal_is_on_no_page_of_the_admin(world, actor):
    assert found_by(world, actor, consoles_of(world)) == []


def test_sealed_proposal_is_in_no_message_of_others_and_in_no_audit_entry(world):
    others = Message.objects.exclude(recipient__memberships__organisation=world.things["company_a"])
    written = [f"{m.subject} {m.body} {m.url}" for m in others]
    written += [f"{e.subject_label} {e.changes} {e.reason}" for e in Entry.objects.all()]
    assert Entry.objects.filter(verb="submissions.submit").exists()
    assert [text for text in written if any(mark in text for mark in MARKS)] == []


def test_writing_and_submitting_leave_nothing_in_the_log(world, caplog, capfd):
    caplog.set_level("DEBUG")
    client = world.clients["company_a"]
    number = world.things["draft"].number
    answers = submissions.ANSWERS["proposal"]
    client.post(f"/submissions/{number}/edit/product/", answers["product"] | {"product_name_ko": TITLE_MARK})
    client.post(f"/submissions/{number}/edit/solution/", answers["solution"] | {"solution": TEXT_MARK})
    client.post(
        f"/submissions/{number}/files/evidence/", {"file": submissions.pdf(f"{NAME_MARK}.pdf", CONTENT_MARK)}
    )
    client.post(f"/submissions/{number}/files/evidence/", {"file": submissions.pdf(f"{NAME_MARK}.exe")})
    assert client.post(f"/submissions/{number}/check/").status_code == 302
    assert client.get(f"/submissions/{number}/0/frozen.json").status_code == 200
    logged = caplog.text + "".join(capfd.readouterr())
    assert "request_finished" in logged or "submissions" in logged
    assert [mark for mark in MARKS if mark in logged] == []
    assert Submission.objects.get(number=number).title == TITLE_MARK


def test_name_of_a_sealed_object_is_its_number_in_every_model(world):
    """What the admin, a log line or an error page prints of an object."""
    sealed = world.things["sealed"]
    for model in apps.get_models():
        for row in model._default_manager.all()[:200]:
            assert not re.search("|".join(MARKS), str(row)), (model, str(row))
    assert str(sealed) == sealed.number


def test_after_the_opening_only_its_readers_find_it(world):
    call = world.things["sealed_call"]
    submissions.open_up(call)
    urls = [url for url in pages_of(world) if world.things["sealed"].number in url or "?q=" in url]
    readers = {actor for actor in ("company_a", *OUTSIDERS) if found_by(world, actor, urls)}
    assert readers == {"company_a", "institution_a", "rounds", "superuser"}


def test_conflicted_evaluator_finds_nothing_but_the_title_that_was_declared_on(world):
    """Titles and applicants are shown in order to declare; what was written and attached never is."""
    from .world import _evaluation

    world.things["opened"] = world.things["sealed"]
    world.things["opened_call"] = world.things["sealed_call"]
    submissions.open_up(world.things["sealed_call"])
    world.things["opened_call"].refresh_from_db()
    _evaluation(world)
    round_ = world.things["round"].number
    urls = pages_of(world)
    urls += ["/evaluation/", f"/evaluation/{round_}/", f"/evaluation/{round_}/1/", "/workspace/", "/inbox/"]
    urls.append(f"/evaluation/{round_}/1/conflict/")
    found = found_by(world, "conflicted", urls)
    assert set(found) <= {(f"/evaluation/{round_}/", TITLE_MARK)}
    assert {TEXT_MARK, NAME_MARK} <= {mark for _url, mark in found_by(world, "evaluator", urls)}
    assert found_by(world, "other_evaluator", urls) == []
    assert found_by(world, "company_b", urls) == []
