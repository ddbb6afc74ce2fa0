"""Text that attacks, and what every page sends with it: content policy, caches, where a link may lead."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from innomarket.notifications import services as notifications
from innomarket.notifications.models import Message
from innomarket.notifications.rendering import text_mail
from innomarket.submissions.services.submission import begin_submission, save_step, submit
from tests.submissions import factories as submissions

from .test_access import CONSOLE, PAGES, console_address
from .test_access import address as address_in
from .world import World, proposal_call

ATTACK = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{ 7|add:7 }}{% now 'Y' %}"
LINK = "javascript:alert(3)"


@pytest.fixture(autouse=True)
def _undone(world):
    with translation.override("ko"), transaction.atomic():
        yield
        transaction.set_rollback(True)


class Markup(HTMLParser):
    """What a browser would take for an element, an event handler or a link of the attack."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "img" and given.get("src") == "x":
            self.found.append("<img src=x>")
        if any(name.startswith("on") for name in given):
            self.found.append(f"<{tag} on…>")
        # A script of these types is a data block: no browser runs it. Nothing else stands in a page.
        if (
            tag == "script"
            and not given.get("src")
            and given.get("type") not in ("application/json", "application/ld+json")
        ):
            self.found.append("inline script")
        if "style" in given or tag == "style":
            self.found.append(f"inline style at <{tag}>")
        for name in ("href", "src", "action", "formaction"):
            if (given.get(name) or "").strip().lower().startswith("javascript:"):
                self.found.append(f"{name}={given[name]}")


def markup(answer: Any) -> list[str]:
    reader = Markup()
    reader.feed(answer.content.decode())
    return reader.found


@pytest.fixture
def attacked(world):
    """The attack in every name and title that people write, on objects that everybody sees."""
    things, people = world.things, world.people
    for name in ("company_a", "institution_a", "pending", "refused"):
        type(things[name]).objects.filter(pk=things[name].pk).update(
            name_ko=ATTACK[:120], name_en=ATTACK[:120]
        )
    for user in people.values():
        if user is not None:
            type(user).objects.filter(pk=user.pk).update(name=ATTACK[:80])
    things["product"].__class__.objects.filter(pk=things["product"].pk).update(
        name_ko=ATTACK,
        name_en=ATTACK,
        summary=ATTACK,
        description=f"{ATTACK}\n\n[here]({LINK}) <a href='{LINK}'>x</a>",
    )
    for key in ("open_call", "draft_call", "sealed_call", "opened_call"):
        things[key].__class__.objects.filter(pk=things[key].pk).update(
            title_ko=ATTACK, title_en=ATTACK, summary_ko=f"{ATTACK} {LINK}", summary_en=ATTACK
        )
    return world


# Pictures, texts, tables and papers: they have a content policy of their own that lets nothing run.
NO_PAGE = (
    "_pdf", ":page_image", ":page_text", ":draw_pool", ":result_table", ":result_part", ":result_paper",
    ":verify_program", ":answer_paper", "_round_export", "portal:feed", "machines:records", "machines:robots",
    "machines:sitemap_index", "machines:sitemap",
)  # fmt: skip


def shown(world: World) -> list[tuple[str, str]]:
    """(actor, address) of every page that somebody sees."""
    seen = []
    for name, (_which, row) in PAGES.items():
        actor = next((actor for actor, status in row.items() if status == 200 and actor != "anonymous"), None)
        if (
            actor
            and not name.startswith(("api:", "ocds:", "healthz", "readyz"))
            and "file" not in name
            and "frozen" not in name
            and not name.endswith(NO_PAGE)
        ):
            seen.append((actor, address_in(world, name)))
    return seen


def test_attack_is_text_on_every_page(attacked):
    texts = 0
    for actor, url in shown(attacked):
        answer = attacked.clients[actor].get(url)
        assert answer.status_code == 200, url
        assert markup(answer) == [], url
        assert "alert(2)</script>14" not in answer.content.decode(), url
        texts += "&lt;img src=x onerror" in answer.content.decode()
    assert texts > 20, "the attack should be seen, as text"


def test_attack_is_text_in_the_admin(attacked):
    texts = 0
    for model in CONSOLE:
        for name in ("changelist", "change", "history"):
            url = console_address(attacked, model, name)
            answer = attacked.clients["superuser"].get(url)
            assert markup(answer) == [], url
            texts += "&lt;img src=x onerror" in answer.content.decode()
    assert texts > 10


def test_attack_that_is_typed_is_frozen_and_shown_as_text(world):
    by, organisation = world.people["company_a"], world.things["company_a"]
    call = proposal_call(world)
    draft = begin_submission(by=by, lot=call.lots.get(), organisation=organisation)
    for step, data in submissions.ANSWERS["proposal"].items():
        texts = {k: f"{ATTACK} {LINK}"[:100] if isinstance(v, str) and k not in ("unit", "patent_number") else v
                 for k, v in data.items()}  # fmt: skip
        draft = save_step(submission=draft, by=by, step=step, data=texts)
        assert draft.refused_fields == {}
    for slot in ("proposal", "specification"):
        submissions.submissions.attach_file(
            submission=draft, by=by, slot=slot, upload=submissions.pdf("<img src=x onerror=alert(1)>.pdf")
        )
    submit(submission=draft, by=by)
    for page in ("check", "receipt", "edit/product", "edit/solution", "files/proposal", "withdraw"):
        assert markup(world.clients["company_a"].get(f"/submissions/{draft.number}/{page}/")) == [], page
    submissions.open_up(call)
    for actor in ("company_a", "institution_a", "rounds"):
        answer = world.clients[actor].get(f"/proposals/{draft.number}/")
        assert answer.status_code == 200
        assert markup(answer) == []
        assert "&lt;img" in answer.content.decode()


def test_attack_in_a_message_is_text_in_mail_and_inbox(world):
    who = world.people["company_b"]
    title = f"{ATTACK}\r\nBcc: all@example.com https://evil.example/"
    notifications.tell(
        kind="submissions.submitted",
        people=[who],
        about=world.things["open_call"],
        values=dict.fromkeys(
            ("number", "call", "at", "files", "closes", "opening", "sha256", "ordinal", "title", "verify"),
            title,
        ),
        url="/calls/",
    )
    message = Message.objects.filter(recipient=who).latest("pk")
    assert "\n" not in message.subject
    assert "\r" not in message.subject + message.body
    assert "<img" not in text_mail(body="", path=message.url, language="ko")
    answer = world.clients["company_b"].get(reverse("notifications:message", args=[message.pk]))
    assert markup(answer) == []
    assert 'href="https://evil.example' not in answer.content.decode()
    assert markup(world.clients["company_b"].get(reverse("notifications:inbox"))) == []


@pytest.mark.parametrize("typed", [ATTACK, LINK, "%' OR 1=1 --", "\u202egnp.exe", "\x00", "가" * 5_000])
def test_attack_in_a_search_is_text_and_answers(world, typed):
    for url in ("/catalog/", "/challenges/", "/designations/", "/pilots/", "/organisations/", "/calls/"):
        answer = world.clients["anonymous"].get(
            url, {"q": typed, "after": typed, "state": typed, "year": typed}
        )
        assert answer.status_code in (200, 400), url
        assert markup(answer) == [], url
    answer = world.clients["anonymous"].get("/api/v1/products/", {"q": typed, "after": typed})
    assert answer.status_code in (200, 400)
    assert answer["Content-Type"].startswith("application/")


def policy(answer: Any) -> dict[str, list[str]]:
    parts = (part.split() for part in answer["Content-Security-Policy"].split(";") if part.strip())
    return {name: values for name, *values in parts}


def test_every_page_has_a_strict_content_policy(world):
    visited = shown(world) + [("superuser", console_address(world, model, "changelist")) for model in CONSOLE]
    visited += [("anonymous", "/accounts/login/"), ("anonymous", "/nothing/"), ("anonymous", "/api/v1/docs/")]
    visited += [("anonymous", "/organisations/1/members/add/"), ("company_b", "/admin/")]
    for actor, url in visited:
        answer = world.clients[actor].get(url)
        found = policy(answer)
        if url.startswith("/api/") and not url.endswith("/docs/"):  # data load nothing at all
            assert set(found) == {"default-src", "base-uri", "form-action", "frame-ancestors"}, url
            assert all(allowed == ["'none'"] for allowed in found.values()), url
            continue
        for name in ("default-src", "script-src", "style-src"):
            assert found[name] == ["'self'"], url
        assert found["frame-ancestors"] == found["object-src"] == found["base-uri"] == ["'none'"], url
        assert "unsafe" not in answer["Content-Security-Policy"], url
        assert answer["X-Content-Type-Options"] == "nosniff", url


def test_page_of_who_is_signed_in_is_kept_by_no_cache(world):
    kept = []
    for name, (_which, row) in PAGES.items():
        actor = next((actor for actor, status in row.items() if status == 200), None)
        if row["anonymous"] != 200 and actor is not None:
            said = world.clients[actor].get(address_in(world, name)).headers.get("Cache-Control", "")
            kept += [name] * ("private" not in said or "no-store" not in said)
    for model in CONSOLE:
        for page in ("changelist", "change"):
            said = world.clients["superuser"].get(console_address(world, model, page))["Cache-Control"]
            kept += [model] * ("private" not in said or "no-store" not in said)
    assert kept == []


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/x", "/\\evil.example", LINK])
def test_next_leads_to_this_site_only(world, target):
    visitor = world.clients["anonymous"]
    answers = [
        visitor.post("/display/", {"theme": "dark", "next": target}),
        visitor.post("/i18n/setlang/", {"language": "en", "next": target}),
    ]
    for answer in answers:
        assert answer.status_code == 302
        assert "evil" not in answer["Location"]
        assert "javascript" not in answer["Location"]
    page = visitor.get("/display/", {"next": target}).content.decode()
    for back in re.findall(r'name="next" value="([^"]*)"', page):
        assert back == "/" or back.startswith("/display/?")
    assert markup(visitor.get("/accounts/login/", {"next": target})) == []
