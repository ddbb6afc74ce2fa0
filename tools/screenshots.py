"""Take the README's pictures of this checkout's running portal (`make start` first) into docs/pictures/.

A picture is a place reached as a person reaches it: an address, then links whose addresses match, in order.
"""

import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from innomarket.embedded import state
from innomarket.embedded.layout import ROOT, default_layout
from tools import chromium

PICTURES = ROOT / "docs" / "pictures"
PASSWORD = "innomarket-demo"  # noqa: S105 — the sample's, which the start page says aloud


@dataclass(frozen=True)
class Picture:
    """Where it is taken, as whom, how wide. `links` are CSS selectors, the first match of each is followed."""

    name: str
    path: str
    links: tuple[str, ...] = ()
    person: str = ""
    width: int = 1280
    height: int = 900


TAKEN = (
    Picture("home", "/"),
    Picture(
        "challenge",
        "/challenges/?state=decided",
        ("#results article:has-text('혁신제품 지정') h2 a",),
        height=1500,
    ),
    Picture(
        "round",
        "/admin/evaluation/round/?state__exact=scoring",
        ("#result_list tbody th a",),
        person="rounds@innomarket.example",
    ),
    Picture(
        "sheet",
        "/evaluation/",
        ("main a[href*='/evaluation/T']", "main table tr:nth-child(8) a[href*='/evaluation/']"),
        person="evaluator1@innomarket.example",
    ),
    Picture(
        "moderate",
        "/admin/evaluation/round/?state__exact=scoring",
        ("#result_list tbody th a", "main a[href*='/moderate/']"),
        person="rounds@innomarket.example",
        height=1100,
    ),
    Picture(
        "phone",
        "/workspace/",
        ("main a[href*='/submissions/']", "main a[href*='/files/proposal/']"),
        person="company@innomarket.example",
        width=390,
        height=844,
    ),
)


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
    if page.locator("input[name=code]").count():
        asked = [sys.executable, "manage.py", "one_time_code", person]
        code = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()[-1]
        page.fill("input[name=code]", code)
        page.locator("form:has(input[name=code]) [type=submit]").first.click()
    page.wait_for_load_state()


def take(browser: Any, base: str, picture: Picture) -> None:
    """Go there and write the file."""
    size = {"width": picture.width, "height": picture.height}
    context = browser.new_context(base_url=base, viewport=size, locale="ko-KR", timezone_id="Asia/Seoul")
    context.set_default_timeout(15_000)
    page = context.new_page()
    if picture.person:
        sign_in(page, picture.person)
    answer = page.goto(picture.path)
    for link in picture.links:
        page.locator(link).first.click()
        page.wait_for_load_state()
    if answer.status != 200:
        raise LookupError(f"{picture.path} answers {answer.status}")
    page.screenshot(path=str(PICTURES / f"{picture.name}.png"))
    context.close()


def main(names: list[str]) -> int:
    """Take all, or those that are named. 1 when one could not be taken."""
    from playwright.sync_api import Error, sync_playwright

    program, reason = chromium.chromium()
    if not program:
        raise SystemExit(reason)
    base = address()
    PICTURES.mkdir(parents=True, exist_ok=True)
    failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(chromium.FLAGS))
        for picture in (each for each in TAKEN if not names or each.name in names):
            try:
                take(browser, base, picture)
                print(f"  {picture.name}.png")
            except (Error, LookupError) as failure:
                failed = 1
                print(f"  {picture.name}: {str(failure).splitlines()[0]}")
        browser.close()
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
