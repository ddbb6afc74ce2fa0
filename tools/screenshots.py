"""Take the guides' pictures of this checkout's running portal (`make start` first) into docs/pictures/.

A picture is a place reached as a person reaches it: an address, then links whose addresses match, in order, then what
the person does there. Those of the guides are taken in both languages: NAME.png in Korean, NAME.en.png in English.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from secrets import randbelow
from typing import Any

from innomarket.embedded import state
from innomarket.embedded.layout import ROOT, default_layout
from tools import chromium
from tools.demo.paper import paper

PICTURES = ROOT / "docs" / "pictures"
PASSWORD = "innomarket-demo"  # noqa: S105 — the sample's, which the start page says aloud


def typed_by_nobody_yet(page: Any) -> None:
    """Type into the draft and wait until the page has saved it by itself."""
    page.fill(
        "textarea >> nth=0",
        f"관로를 물을 빼지 않고 살피는 로봇입니다. 하루에 {900 + randbelow(99)} m를 갑니다.",
    )
    page.locator("[data-draft-status]:not(:empty)").wait_for()
    page.locator("[data-draft-status]").scroll_into_view_if_needed()


def typed_in_two_windows(page: Any) -> None:
    """A second window saves another text into the same answer before this one does."""
    field, save = "input[name=product_name_ko]", "main form button.button:not([name])"
    other = page.context.new_page()
    other.goto(page.url)
    for window, text in (
        (other, f"누리솔 관로 로봇 A{randbelow(99)}"),
        (page, f"누리솔 관로 로봇 S{randbelow(99)}"),
    ):
        window.fill(field, text)
        window.locator(save).first.click()
        window.wait_for_load_state()
    other.close()
    page.locator("main fieldset").first.scroll_into_view_if_needed()


def files_on_their_way(page: Any) -> None:
    """One file is kept, one stands at its second piece, one is refused."""
    small = paper("Test report")
    large = small.replace(b"\nxref", b"\n%" + b"x" * (5 << 20) + b"\nxref", 1)

    def hold(route: Any) -> None:
        """Let each file's first piece pass, and keep the second one waiting."""
        if route.request.headers.get("upload-offset", "0") == "0":
            route.continue_()

    page.route("**/uploads/**", hold)
    page.set_input_files(
        "main input[type=file]",
        [
            {"name": "시험성적서.pdf", "mimeType": "application/pdf", "buffer": small},
            {"name": "현장 사진.pdf", "mimeType": "application/pdf", "buffer": large},
            {"name": "설치.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"},
        ],
    )
    page.locator("[data-upload-list] li.file button[name=remove]").first.wait_for()
    page.locator("[data-upload-list] progress:not([value='0'])").first.wait_for()
    page.locator("[data-upload-list]").scroll_into_view_if_needed()


def _pressed(page: Any, address: str) -> None:
    """Go there and press the button of the page's own form."""
    page.goto(address)
    page.locator("main form[method=post] button:not([name])").first.click()
    page.wait_for_load_state()


def listing_written(page: Any) -> None:
    """A draft of the listing that is open, at the step of price and delivery."""
    change = f"{page.url}change/"
    page.goto(change)
    for step in ("begin", "rewrite"):
        if page.locator(f"main a[href$='/change/{step}/']").count():
            _pressed(page, f"{change}{step}/")
    page.goto(f"{change}price/")
    page.fill("[name=price_won]", f"{25_400_000 + randbelow(9) * 100_000:,}")
    page.fill("[name=price_basis]", "설치, 교육, 1년 유지관리")
    page.check("[name=price_includes_vat][value=false]")


def listing_sent(page: Any) -> None:
    """What was written is saved and sent; the page says what differs and who comes next."""
    change = f"{page.url}change/"
    page.goto(change)
    if page.locator("main a[href$='/change/send/']").count() == 0:
        page.goto(change.removesuffix("change/"))
        listing_written(page)
        page.locator("main form[method=post] button:not([name])").first.click()
        page.wait_for_load_state()
    _pressed(page, f"{change}send/")
    page.goto(change)


def put_side_by_side(page: Any) -> None:
    """Three products are ticked and compared."""
    for box in page.locator("main input[name=p]").all()[:3]:
        box.check()
    page.locator("#compare button").click()
    page.wait_for_load_state()


def token_made(page: Any) -> None:
    """One token stands in the list."""
    listed = page.url
    if page.locator("main tbody tr").count() == 0:
        page.fill("input[name=label]", "ERP")
        page.locator("main form:has(input[name=label]) button:not([name])").first.click()
        page.wait_for_load_state()
        page.goto(listed)


def described(page: Any) -> None:
    """The description's addresses are there."""
    page.locator(".opblock").first.wait_for()
    page.wait_for_load_state("networkidle")


def scrolled_to_the_page(page: Any) -> None:
    """To where a page of the paper begins, and until it is drawn."""
    page.locator("main .page-sheet img").first.scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, 480)")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1_000)


@dataclass(frozen=True)
class Picture:
    """Where it is taken, as whom, how wide. `links` are CSS selectors, the first match of each is followed."""

    name: str
    path: str
    links: tuple[str, ...] = ()
    person: str = ""
    width: int = 1280
    height: int = 900
    both: bool = False
    act: Callable[[Any], None] | None = None


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
        both=True,
    ),
    Picture(
        "sheet",
        "/evaluation/",
        ("main a[href*='/evaluation/T']", "main table tr:nth-child(8) a[href*='/evaluation/']"),
        person="evaluator1@innomarket.example",
        both=True,
    ),
    Picture(
        "moderate",
        "/admin/evaluation/round/?state__exact=scoring",
        ("#result_list tbody th a", "main a[href*='/moderate/']"),
        person="rounds@innomarket.example",
        height=1100,
        both=True,
    ),
    Picture(
        "phone",
        "/workspace/",
        ("main a[href*='/submissions/']", "main a[href*='/files/proposal/']"),
        person="company@innomarket.example",
        width=390,
        height=844,
    ),
    Picture("calendar", "/calls/calendar/", both=True),
    Picture("ocds", "/ocds/?of=T20PD00000001", height=1500, both=True),
    Picture(
        "upload",
        "/workspace/",
        ("main a.button[href*='/submissions/']", "main a[href*='/files/evidence/']"),
        person="company@innomarket.example",
        both=True,
        act=files_on_their_way,
    ),
    Picture(
        "outage",
        "/admin/submissions/outageproposal/?state__exact=proposed",
        ("#result_list tbody th a",),
        person="rounds@innomarket.example",
        both=True,
        height=1100,
    ),
    Picture(
        "draft",
        "/workspace/",
        ("main a.button[href*='/submissions/']", "main a[href*='/edit/solution/']"),
        person="company@innomarket.example",
        both=True,
        act=typed_by_nobody_yet,
    ),
    Picture(
        "both",
        "/workspace/",
        ("main a.button[href*='/submissions/']", "main a[href*='/edit/product/']"),
        person="company@innomarket.example",
        height=1300,
        both=True,
        act=typed_in_two_windows,
    ),
    Picture(
        "supplement",
        "/workspace/",
        ("main a[href*='/supplements/']",),
        person="institution@innomarket.example",
        both=True,
        height=1100,
    ),
    Picture(
        "receipt",
        "/workspace/",
        ("main a[href*='/supplements/']", "main a[href*='/receipt/']"),
        person="institution@innomarket.example",
        both=True,
        height=1300,
    ),
    Picture(
        "compare",
        "/workspace/",
        ("main a[href*='/supplements/']", "main a[href*='/receipt/']", "main a[href*='/compare/']"),
        person="institution@innomarket.example",
        both=True,
        height=1100,
    ),
    Picture(
        "verify",
        "/workspace/",
        ("main a[href*='/supplements/']", "main a[href*='/receipt/']", "main a[href*='/verify/']"),
        person="institution@innomarket.example",
        both=True,
    ),
    Picture(
        "opening",
        "/admin/submissions/call/?q=제6차",
        ("#result_list tbody th a", "main a[href$='/open/']"),
        person="rounds2@innomarket.example",
        both=True,
        height=1100,
    ),
    Picture(
        "need",
        "/admin/submissions/breakglass/?state__exact=asked",
        ("#result_list tbody th a", "main a[href*='/grant/']"),
        person="rounds2@innomarket.example",
        both=True,
        height=1250,
    ),
    Picture(
        "listing",
        "/catalog/mine/",
        ("main tbody th a",),
        person="company@innomarket.example",
        both=True,
        act=listing_written,
    ),
    Picture(
        "listing-sent",
        "/catalog/mine/",
        ("main tbody th a",),
        person="company@innomarket.example",
        both=True,
        act=listing_sent,
    ),
    Picture(
        "listing-decide",
        "/admin/catalog/listingchange/?state__exact=proposed",
        ("#result_list tbody th a", "main a[href$='/take/']"),
        person="catalogue@innomarket.example",
        both=True,
    ),
    Picture(
        "blind",
        "/evaluation/",
        (
            "main a[href*='/evaluation/T']:text-matches('블라인드|Blind')",
            "main table a[href$='/3/']",
        ),
        person="evaluator1@innomarket.example",
        both=True,
        act=scrolled_to_the_page,
        height=1100,
    ),
    Picture("pool", "/evaluation/profile/", person="evaluator1@innomarket.example", both=True),
    Picture(
        "remind",
        "/admin/evaluation/round/?state__exact=scoring",
        ("#result_list tbody th a", "main a[href*='/remind/']"),
        person="rounds@innomarket.example",
        height=700,
        both=True,
    ),
    Picture(
        "anew",
        "/admin/evaluation/round/?purpose__exact=anew",
        ("#result_list tbody th a",),
        person="rounds@innomarket.example",
        both=True,
        height=1100,
    ),
    Picture(
        "agenda",
        "/meetings/",
        ("main .rows li:nth-child(2) a",),
        person="member1@innomarket.example",
        both=True,
    ),
    Picture(
        "motion",
        "/meetings/",
        ("main .rows li:nth-child(2) a", "main a[href$='/1/']"),
        person="member1@innomarket.example",
        height=1100,
        both=True,
    ),
    Picture("search", "/catalog/?q=dkrcnl", both=True, height=1100),
    Picture("side-by-side", "/catalog/", both=True, act=put_side_by_side, height=1100),
    Picture(
        "tokens",
        "/workspace/",
        ("a[href*='/organisations/']:not([href$='/organisations/'])", "main a[href$='/tokens/']"),
        person="company@innomarket.example",
        both=True,
        act=token_made,
        height=1000,
    ),
    Picture("api", "/api/v1/docs/", both=True, act=described, height=1100),
    Picture("draws", "/draws/", ("main a[href*='/draws/']",), both=True, height=1300),
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
