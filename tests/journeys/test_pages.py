"""Every page in both languages, on a desk and on a phone: answers, has no error, breaks no rule, overflows nowhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.portal, pytest.mark.slow]

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE, NARROW = 1280, 390

# Where a role begins, and beneath it which links lead on: "list > pattern in the address of its first link".
PLACES: dict[str, list[str]] = {
    "": [
        *("/", "/open-data/", "/help/", "/accessibility/", "/privacy/", "/display/", "/api/v1/docs/"),
        *("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nothing-here/"),
        *("/calls/", r"/calls/ > /calls/\w+\d/", "/challenges/", "/challenges/ > /challenges/"),
        *("/ideas/", r"/ideas/ > /ideas/\w+\d/"),
        *("/designations/", "/designations/ > /designations/", "/catalog/", "/catalog/ > /catalog/"),
        *("/pilots/", r"/pilots/?year=2020 > /pilots/\w", "/organisations/", r"/organisations/ > /organisations/\d"),
        *("/rounds/", r"/rounds/ > /rounds/\w", "/draws/", r"/draws/ > /draws/\w"),
        *("/catalog/?q=없는것", "/mailbox/", "/ocds/", "/ocds/?of=T20PD00000001"),
    ],
    "citizen": ["/workspace/", "/people/me/", "/inbox/", "/organisations/apply/", "/organisations/apply/company/",
                "/organisations/apply/public_institution/", "/accounts/email/", "/accounts/2fa/"],
    "company": [
        *("/", "/workspace/", "/inbox/", "/inbox/ > /inbox/", "/proposals/", "/proposals/ > /proposals/"),
        *(r"/calls/ > /calls/\w+\d/", r"/calls/ > /calls/\w+\d/ > apply/", "/organisations/"),
        r"/organisations/ > /organisations/\d",
        r"/organisations/ > /organisations/\d > (members/add|invit)",
        *("/workspace/ > /edit/product/", "DRAFT/edit/solution/", "DRAFT/edit/offer/", "DRAFT/files/proposal/"),
        *("DRAFT/files/evidence/", "DRAFT/check/", "DRAFT/receipt/"),
    ],
    "institution": ["/workspace/", "/challenges/", "/workspace/ > /edit/", "/proposals/",
                    r"/pilots/?year=2020 > /pilots/\w",
                    "/evaluation/"],
    "evaluator1": [
        *("/workspace/", "/evaluation/", r"/evaluation/ > /evaluation/T\w+/$"),
        r"/evaluation/ > /evaluation/T\w+/$ > /evaluation/\w+/\d",
        r"/evaluation/ > /evaluation/T\w+/$ > /\d/ > conflict/",
        *(r"/evaluation/ > /evaluation/T20", "/evaluation/ > /seat/", "/evaluation/ > /seat/ > /decline/"),
    ],
    "member1": ["/workspace/", "/meetings/", "/meetings/ > /meetings/",
                r"/meetings/ > /meetings/T20", r"/meetings/ > /meetings/T20 > /1/"],
}  # fmt: skip
CONSOLES: dict[str, list[str]] = {
    "rounds": [
        *("/workspace/", "/admin/", "/admin/submissions/", "/admin/submissions/call/"),
        *("/admin/submissions/call/ > /change/", "/admin/submissions/call/create/?kind=challenge_task"),
        *("/admin/submissions/submission/", "/admin/submissions/submission/ > /change/"),
        *("/admin/submissions/submissionrule/ > /change/", "/admin/evaluation/round/"),
        *("/admin/evaluation/round/ > /change/", "/admin/evaluation/round/?state__exact=scoring > /change/"),
        *("/admin/evaluation/round/create/", "/admin/challenges/challenge/"),
        *("/admin/challenges/challenge/ > /change/", "/admin/challenges/challenge/open-solution-call/"),
        "/admin/evaluation/round/ > /change/ > history",
    ],
    "committee": [
        *("/admin/", "/admin/designation/meeting/", "/admin/designation/meeting/ > /change/"),
        *("/admin/designation/meeting/plan/", "/admin/designation/motion/ > /change/"),
        *("/admin/designation/committee/ > /change/", "/admin/designation/seat/"),
    ],
    "budget": [
        *("/admin/", "/admin/pilots/budgetline/", "/admin/pilots/budgetline/ > /change/"),
        *("/admin/pilots/budgetline/ > /change/ > /match/", "/admin/pilots/pilot/"),
        *("/admin/pilots/pilot/ > /change/", "/admin/pilots/pilotrule/ > /change/"),
    ],
    "catalogue": ["/admin/", "/admin/catalog/product/", "/admin/catalog/product/ > /change/",
                  "/admin/catalog/product/ > /change/ > /edit/"],
    "verify": ["/admin/", "/admin/accounts/organisation/?state=all",
               "/admin/accounts/organisation/?state=all > /change/"],
    "audit": ["/admin/", "/admin/audit/entry/", "/admin/audit/entry/ > /change/",
              "/admin/notifications/message/ > /change/"],
}  # fmt: skip


def test_checks_find_what_is_wrong(browser):
    """The checks themselves: a page with one fault of each kind."""
    page = browser.new_page(viewport={"width": NARROW, "height": 900})
    page.set_content(
        "<html lang=en><title>x</title><h1>x</h1><p style='color:#bbb'>pale</p><img src=x>"
        "<button></button><div style='width:900px'>wide</div></html>"
    )
    found = " ".join(violations(page))
    page.close()
    assert all(rule in found for rule in ("color-contrast", "image-alt", "button-name"))


def addresses(page: Any, places: list[str]) -> list[str]:
    """The places with their links followed; DRAFT is the person's own draft that was reached before."""
    found, draft = [], ""
    for place in places:
        start, *links = place.replace("DRAFT", draft).split(" > ")
        url = start
        for part in links:
            if part == "history":
                url = url.replace("/change/", "/history/")
                continue
            page.goto(url)
            here = url.partition("?")[0]
            url = next(
                (
                    href
                    for href in hrefs(page)
                    if re.search(part, href) and href.partition("?")[0] not in (here, part)
                ),
                "",
            )
            assert url, f"no link to {part} on {page.url}, asked for by {place}"
        if "/edit/" in url:
            draft = url.partition("/edit/")[0]
        found.append(url)
    return found


def hrefs(page: Any) -> list[str]:
    return page.eval_on_selector_all(
        "main a[href], #content a[href]", "all => all.map(a => a.getAttribute('href'))"
    )


def english(url: str) -> str:
    return url if url.startswith(("/api", "/en/")) else f"/en{url}"


def faults_of(page: Any, url: str, *, language: str, axe: bool) -> list[str]:
    """What is wrong with a page, at both widths, in words."""
    status = page.goto(url).status
    faults = [] if status == (404 if "nothing-here" in url else 200) else [f"answers {status}"]
    if status == 404 and "nothing-here" in url:
        page.problems[:] = [said for said in page.problems if "404" not in said]
    faults += page.problems
    page.problems.clear()
    # The description of the API is in one language.
    if page.locator("html").get_attribute("lang") != ("en" if url.startswith("/api/") else language):
        faults.append(f"lang is {page.locator('html').get_attribute('lang')}")
    if page.locator("h1").count() != 1:
        faults.append(f"{page.locator('h1').count()} headings of the first rank")
    if axe:
        faults += violations(page)
    faults += overflow(page)
    size = page.viewport_size["width"]
    page.set_viewport_size({"width": NARROW if size == WIDE else WIDE, "height": 900})
    faults += overflow(page)
    page.set_viewport_size({"width": size, "height": 900})
    return [f"{url} ({language}): {fault}" for fault in faults]


def overflow(page: Any) -> list[str]:
    width, shown = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    return [f"is {width} px wide in {shown}"] if width > shown else []


def sideways(page: Any) -> list[str]:
    """Parts of a console that a phone has to push sideways: rows are cards there."""
    wide = page.evaluate("""() => [...document.querySelectorAll("main .table-wrap")]
        .filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.textContent.trim().slice(0, 60))""")
    return [f"scrolls sideways: {text}" for text in wide]


def violations(page: Any) -> list[str]:
    # The content policy allows no script of ours to be added to the page; the debugger may.
    if not page.evaluate("typeof window.axe !== 'undefined'"):
        page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [
        f"{each['id']}: {node['html'][:120]} {node['failureSummary'].splitlines()[-1].strip()[:160]}"
        for each in found["violations"]
        for node in each["nodes"][:2]
    ]


@pytest.mark.parametrize("login", [*PLACES, *CONSOLES])
def test_pages_answer_without_fault_in_both_languages_and_widths(people, login):
    desk = people(login, width=WIDE)
    found = addresses(desk, (PLACES | CONSOLES)[login])
    faults = [fault for url in found for fault in faults_of(desk, url, language="ko", axe=True)]
    desk.set_viewport_size({"width": NARROW, "height": 900})
    for url in found:
        if not url.startswith("/api"):
            faults += faults_of(desk, english(url), language="en", axe=True)
        if login in CONSOLES:
            faults += [f"{url}: {fault}" for fault in sideways(desk)]
    assert faults == [], "\n".join(faults)
