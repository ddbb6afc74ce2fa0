"""Take the guides' pictures of this checkout's running portal (`make start` first) into docs/pictures/.

A picture is a place reached as a person reaches it: an address, then links whose addresses match, in order, then what
the person does there. Those of the guides are taken in both languages: NAME.png in Korean, NAME.en.png in English.
"""

import subprocess
import sys
from typing import Any

from innomarket.embedded import state
from innomarket.embedded.layout import ROOT, default_layout
from tools import chromium

from .taken import TAKEN, Picture

PICTURES = ROOT / "docs" / "pictures"
PASSWORD = "innomarket-demo"  # noqa: S105 — the sample's, which the start page says aloud


def address() -> str:
    """Where the portal of this checkout runs."""
    present = state.read(default_layout())
    if present is None or not present.ready:
        raise SystemExit("The portal does not run here: `make start` first.")
    return present.address


def sign_in(page: Any, person: str) -> None:
    """As a person does: address and password, and for staff the code."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", person)
    page.fill("input[name=password]", PASSWORD)
    page.locator("form:has(input[name=password]) [type=submit]").first.click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    if page.locator("input[name=code]").count():
        asked = [sys.executable, "manage.py", "one_time_code", person]
        code = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()[-1]
        page.fill("input[name=code]", code)
        page.locator("form:has(input[name=code]) [type=submit]").first.click()
    # Left before the answer is there, the session would be lost.
    page.wait_for_url(lambda url: "/accounts/" not in url)


def take(browser: Any, base: str, picture: Picture, language: str, signed_in: dict[str, Any]) -> None:
    """Go there in the language and write the file. Raises LookupError where the page does not answer 200.

    ``signed_in`` keeps each person's cookies: a one-time code serves once, and many pictures are one person's.
    """
    size = {"width": picture.width, "height": picture.height}
    locale = "en-GB" if language == "en" else "ko-KR"
    cookies = signed_in.get(picture.person)
    context = browser.new_context(
        base_url=base, viewport=size, locale=locale, timezone_id="Asia/Seoul", storage_state=cookies
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    if picture.person and cookies is None:
        sign_in(page, picture.person)
        signed_in[picture.person] = context.storage_state()
    # The API's addresses name no language.
    in_english = language == "en" and not picture.path.startswith("/api/")
    answer = page.goto(f"/en{picture.path}" if in_english else picture.path)
    for link in picture.links:
        page.locator(link).first.click()
        page.wait_for_load_state()
    if answer.status != 200:
        raise LookupError(f"{picture.path} answers {answer.status}")
    if picture.act is not None:
        picture.act(page)
    page.screenshot(path=str(PICTURES / f"{picture.name}{'.en' if language == 'en' else ''}.png"))
    page.unroute_all(behavior="ignoreErrors")
    context.close()


def main(names: list[str]) -> int:
    """Take all, or those that are named. 1 when one could not be taken."""
    from playwright.sync_api import Error, sync_playwright

    program, reason = chromium.chromium()
    if not program:
        raise SystemExit(reason)
    base = address()
    PICTURES.mkdir(parents=True, exist_ok=True)
    failed, signed_in = 0, dict[str, Any]()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(chromium.FLAGS))
        for picture in (each for each in TAKEN if not names or each.name in names):
            for language in ("ko", "en") if picture.both else ("ko",):
                try:
                    take(browser, base, picture, language, signed_in)
                    print(f"  {picture.name} ({language})")
                except (Error, LookupError) as failure:
                    failed = 1
                    print(f"  {picture.name} ({language}): {str(failure).splitlines()[0]}")
        browser.close()
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
