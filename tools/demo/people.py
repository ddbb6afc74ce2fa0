"""The people of the play: each signs in with their own browser, staff with a one-time code."""

import subprocess
import sys
import time
from pathlib import Path

from .browser import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "innomarket-demo"  # noqa: S105  the sample's, which README prints too
DOMAIN = "innomarket.example"


class Stopped(Exception):
    """The play cannot go on; what the portal said stands in the message."""


class Person:
    """One role at their own browser. Each step prints what they do and what they then see."""

    def __init__(self, base: str, login: str, role: str) -> None:
        self.browser = Browser(base)
        self.login = login
        self.role = role
        self._sign_in()

    def _sign_in(self) -> None:
        page = self.browser.get("/accounts/login/")
        page = self.browser.submit(
            page, page.form("login", "password"), {"login": f"{self.login}@{DOMAIN}", "password": PASSWORD}
        )
        if "/2fa/" in page.url:
            page = self._second_factor(page)
        if "/accounts/login" in page.url:
            raise Stopped(f"{self.login} cannot sign in: {page.notices}")
        self.say("signs in", page)

    def _second_factor(self, page: Page) -> Page:
        """A code is good once: the same person may have to wait for the next one."""
        for _attempt in range(8):
            page = self.browser.submit(page, page.form("code"), {"code": self._code()})
            if "/2fa/" not in page.url:
                return page
            time.sleep(5)
        raise Stopped(f"{self.login}'s one-time code was not taken: {page.notices}")

    def _code(self) -> str:
        command = [sys.executable, "manage.py", "one_time_code", f"{self.login}@{DOMAIN}"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return done.stdout.split()[-1]

    def say(self, does: str, page: Page) -> None:
        seen = "; ".join(page.notices[:2]) or page.heading
        print(f"  {self.role:<18} {does:<46} → {seen[:110]}", flush=True)

    def sees(self, path: str, does: str) -> Page:
        page = self.browser.get(path)
        self._ask(page, does)
        self.say(does, page)
        return page

    def does(
        self,
        path: str,
        does: str,
        values: dict[str, object] | None = None,
        *,
        files: dict[str, tuple[str, bytes]] | None = None,
        button: str | None = None,
        fields: tuple[str, ...] = (),
        quiet: bool = False,
    ) -> Page:
        """Open a page, fill its form, press the button. Raises Stopped when the portal refuses."""
        page = self.browser.get(path)
        self._ask(page, does)
        names = fields or tuple((values or {}).keys()) or tuple(files or {})
        form = page.form(*names) if names else self._main_form(page)
        page = self.browser.submit(page, form, values, files, button)
        self._ask(page, does)
        if not quiet:
            self.say(does, page)
        return page

    def refused(self, path: str, does: str, values: dict[str, object]) -> Page:
        """The same, where the portal must say no."""
        page = self.browser.get(path)
        page = self.browser.submit(page, page.form(*values), values)
        if page.status < 400:
            raise Stopped(f"{self.role}: “{does}” should have been refused, {page.url} says {page.notices}")
        self.say(does, page)
        return page

    @staticmethod
    def _main_form(page: Page):  # type: ignore[no-untyped-def]
        """The last form of the page that is not the header's."""
        own = [
            form for form in page.parsed.forms if form.method == "post" and "/" not in form.action.strip("#")
        ]
        if not own:
            raise Stopped(f"{page.url} has nothing to press: {page.heading}; {page.notices}")
        return own[-1]

    def _ask(self, page: Page, does: str) -> None:
        if page.status >= 400:
            raise Stopped(f"{self.role}: “{does}” was refused ({page.status}) at {page.url}: {page.notices}")
