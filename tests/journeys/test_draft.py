"""What is typed is saved by itself, outlives the session, and is never overwritten by a second tab.

Without the sample: a web server with four empty drafts is all that it takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from tests.accounts import factories as accounts
from tests.submissions import factories as engine
from tests.support import orm
from tests.support.deployment import Deployment

from .people import fill, opened

pytestmark = [pytest.mark.browser, pytest.mark.portal, pytest.mark.slow]

PASSWORD = "correct-horse-battery"
LINE = "[data-draft-status]"


@dataclass
class Desk:
    """Somebody who is signed in, and the drafts on their desk."""

    portal: Deployment
    address: str
    session: str
    drafts: list[str]


@pytest.fixture(scope="module")
def desk(tmp_path_factory, django_db_blocker, django_test_environment):
    made = Deployment(tmp_path_factory.mktemp("drafts") / "var")
    # What this process signs and seals, the web server reads.
    made.env |= {"SECRET_KEY": settings.SECRET_KEY, "SEALING_KEYS": str(settings.SEALING_KEYS_HERE)}
    with orm.pointed_at(made.database, django_db_blocker):
        institution = accounts.institution()
        # As the server hashes them, not as quickly as tests do: one that it hashed anew would end the other sessions.
        user, slow = accounts.person(password="!"), PBKDF2PasswordHasher()
        user.password = slow.encode(PASSWORD, slow.salt())
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        accounts.member(user, institution)
        call = engine.open_call("challenge_task")
        drafts = [
            engine.submission(call=call, by=user, organisation=institution, complete=False).number
            for _ in range(4)
        ]
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
    yield Desk(made.web(), user.email, session, drafts)
    made.close()


@pytest.fixture
def page(desk, new_page):
    """The first step of a draft that no other test writes."""
    page = new_page(base_url=desk.portal.url)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": desk.session, "url": desk.portal.url}]
    )
    opened(page, f"/submissions/{desk.drafts.pop()}/edit/problem/")
    return page


def title(page: Any) -> str:
    return page.input_value("main [name=title]")


def saved(page: Any) -> None:
    """The page says when it was saved, without anybody pressing a button."""
    page.locator(LINE, has_text="KST").wait_for()


def expected(page: Any, status: int) -> None:
    """The browser reports the answer that was asked for here; anything else stays a problem of the page."""
    assert any(str(status) in said for said in page.problems)
    page.problems[:] = [said for said in page.problems if str(status) not in said]


def test_text_is_saved_without_pressing_anything(page):
    fill(page, {"title": "골목 가로등의 밝기"})
    saved(page)
    page.reload()
    assert title(page) == "골목 가로등의 밝기"


def test_text_typed_after_the_session_ended_comes_back_after_signing_in(page, desk):
    address = page.url
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    fill(page, {"title": "로그아웃된 뒤에 쓴 제목"})
    page.locator(f"{LINE} a").click()
    fill(page, {"login": desk.address, "password": PASSWORD})
    page.locator("form:has(input[name=password]) [type=submit]").first.click()
    page.wait_for_url(address)
    page.locator(f"{LINE} button").first.click()
    assert title(page) == "로그아웃된 뒤에 쓴 제목"
    saved(page)
    page.reload()
    assert title(page) == "로그아웃된 뒤에 쓴 제목"
    expected(page, 401)


def test_line_says_what_kept_it_from_being_saved(page):
    """A server in trouble is no lost connection, and a draft that is gone is not tried for ever."""
    page.route("**/edit/problem/", lambda route: _answer(route, 500))
    fill(page, {"title": "서버에 문제가 있을 때"})
    page.locator(LINE, has_text="서버에 문제가").wait_for()
    page.unroute("**/edit/problem/")
    saved(page)
    page.route("**/edit/problem/", lambda route: _answer(route, 404))
    fill(page, {"title": "열 수 없을 때"})
    page.locator(LINE, has_text="더 이상 열 수 없습니다").wait_for()
    expected(page, 500)
    expected(page, 404)


def _answer(route: Any, status: int) -> None:
    if route.request.method == "POST":
        route.fulfill(status=status, body="<html></html>", content_type="text/html")
    else:
        route.continue_()


def test_second_tab_that_saves_later_shows_both(page):
    second = page.context.new_page()
    second.goto(page.url)
    fill(page, {"title": "첫째 탭의 제목"})
    saved(page)
    fill(second, {"title": "둘째 탭의 제목"})
    second.locator(f"{LINE} button").click()
    second.locator("[name='keep:title']").first.wait_for()
    said = second.locator("main").inner_text()
    assert "첫째 탭의 제목" in said and "둘째 탭의 제목" in said
    page.reload()
    assert title(page) == "첫째 탭의 제목", "nothing was overwritten"
