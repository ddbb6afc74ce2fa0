"""The sample's people at a browser: signing in as a person does, with a one-time code for staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.deployment import Deployment

PASSWORD = "innomarket-demo"
DOMAIN = "innomarket.example"


class People:
    """`people("company")` is a page of the signed-in person; options go to the browser's context.

    Who has signed in once comes back with the same session: a one-time code is good once. `fresh=True` signs in anew.
    """

    def __init__(self, portal: Deployment, new_page: Callable[..., Any], sessions: dict[str, Any]) -> None:
        self.portal, self.new_page, self.sessions = portal, new_page, sessions

    def __call__(
        self, login: str = "", *, password: str = PASSWORD, fresh: bool = False, **options: Any
    ) -> Any:
        known = None if fresh else self.sessions.get(login)
        if known:
            options["storage_state"] = known
        page = self.new_page(base_url=self.portal.url, **options)
        if login and not known:
            sign_in(page, login if "@" in login else f"{login}@{DOMAIN}", password, self.portal)
            self.sessions[login] = page.context.storage_state()
        return page


def sign_in(page: Any, address: str, password: str, portal: Deployment) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", address)
    page.fill("input[name=password]", password)
    page.locator("form:has(input[name=password]) [type=submit]").first.click()
    page.wait_for_load_state()
    if page.locator("input[name=code]").count():
        page.fill("input[name=code]", portal.manage("one_time_code", address).split()[-1])
        page.locator("form:has(input[name=code]) [type=submit]").first.click()
        page.wait_for_load_state()
    assert "/accounts/" not in page.url, page.locator("main").inner_text()


def fill(page: Any, values: dict[str, str]) -> None:
    """Type into fields by their names; choices of radio buttons are checked, lists chosen from."""
    for name, value in values.items():
        field = page.locator(f"main [name='{name}']:visible").first
        kind = field.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "select":
            field.select_option(value)
        elif kind in ("radio", "checkbox"):
            page.locator(f"main [name='{name}'][value='{value}']").check()
        else:
            field.fill(value)


def send(page: Any, button: str = "") -> int:
    """Press the button of the page's own form (the one named so, or the first); the status of the answer."""
    chosen = f"main form button[name='{button}']" if button else "main form[method=post] button:not([name])"
    before = len(page.problems)
    with page.expect_navigation() as answer:
        page.locator(chosen).first.click()
    status = answer.value.status
    if status >= 400:  # the browser reports what was asked for
        page.problems[before:] = [said for said in page.problems[before:] if str(status) not in said]
    return status


def opened(page: Any, url: str, status: int = 200) -> str:
    """Go there; the text of its main part. A status other than expected fails."""
    before = len(page.problems)
    found = page.goto(url).status
    assert found == status, f"{url} answers {found}"
    if status >= 400:
        page.problems[before:] = [said for said in page.problems[before:] if str(status) not in said]
    return text(page)


def text(page: Any) -> str:
    return page.locator("main").inner_text()


def links(page: Any, part: str) -> list[str]:
    found = page.eval_on_selector_all("main a[href]", "all => all.map(a => a.getAttribute('href'))")
    return [href for href in found if part in href]
