"""From nothing to a first draft: registering, confirming by mail, an organisation, and what comes next."""

from __future__ import annotations

import re

import pytest

from .people import fill, links, opened, send, text
from .test_company import SOLUTIONS, begin, open_call

pytestmark = [pytest.mark.browser, pytest.mark.portal, pytest.mark.slow]

ADDRESS, PASSWORD = "newcomer@example.org", "three-green-lanterns"


def business_number() -> str:
    """With a right check digit; no tax office has the code 010."""
    digits = "010829999"
    total = sum(int(d) * w for d, w in zip(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=True))
    return f"{digits}{(10 - (total + int(digits[8]) * 5 // 10) % 10) % 10}"


def test_newcomer_comes_in_and_begins_a_submission(people, sample_portal):
    page = people()
    opened(page, "/accounts/signup/")
    fill(page, {"name": "새로운", "email": ADDRESS, "password1": PASSWORD, "password2": PASSWORD})
    send(page)
    opened(page, "/workspace/")
    assert "/accounts/login/" in page.url, "the address is not confirmed yet"

    def arrived() -> bool:
        return ADDRESS in opened(page, "/mailbox/")

    sample_portal.wait(arrived, "the mail is in the local mailbox")
    page.locator("main a[href*='/mailbox/']", has_text=re.compile(".")).first.click()
    page.wait_for_load_state()
    assert ADDRESS in text(page)
    page.locator("main a[href*='confirm-email']").first.click()
    page.wait_for_load_state()
    send(page)
    if "/accounts/login/" in page.url or page.goto("/workspace/").url.endswith("login/?next=/workspace/"):
        opened(page, "/accounts/login/")
        page.fill("input[name=login]", ADDRESS)
        page.fill("input[name=password]", PASSWORD)
        send(page)

    said = opened(page, "/workspace/")
    assert links(page, "/organisations/"), said
    opened(page, "/organisations/apply/company/")
    fill(page, {"name_ko": "새벽이슬", "business_number": "0108299990"})
    assert send(page) == 422, "the check digit is wrong"
    assert page.input_value("[name=name_ko]") == "새벽이슬"
    fill(page, {"business_number": business_number(), "size_class": "small"})
    assert send(page) == 200
    assert "확인" in text(page)

    said = opened(page, "/workspace/")
    assert "새벽이슬" in said, "the workspace says what waits for whom"
    assert links(page, "/calls/"), "and what to do next"
    draft = begin(page, open_call(page, SOLUTIONS))
    said = opened(page, f"{draft}/check/")
    assert "확인" in said, "verification pending is said"
