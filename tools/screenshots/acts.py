"""What a person does on a page before its picture is taken."""

from secrets import randbelow
from typing import Any

from tools.demo.paper import paper


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
    page.fill("[name=price_won]", f"{45_400_000 + randbelow(9) * 100_000:,}")
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


def corrected(page: Any) -> None:
    """A correction of the open product is written; the page says what differs, and asks for the reason."""
    change = page.locator("main a[href*='/catalog/T']").first.get_attribute("href") + "change/"
    page.goto(change)
    if page.locator("main a[href$='/change/price/']").count() == 0:
        page.goto(page.url.split("/catalog/")[0] + "/admin/catalog/product/")
        page.locator("#result_list tbody th a").first.click()
        page.locator("main a[href$='/edit/']").first.click()
        page.locator("main form[method=post] button:not([name])").first.click()
        page.wait_for_load_state()
    page.goto(f"{change}price/")
    page.fill("[name=price_basis]", "설치, 필터 1년분, 운송 포함")
    page.locator("main form[method=post] button:not([name])").first.click()
    page.wait_for_load_state()
    page.goto(f"{change}send/")


def with_its_pictures(page: Any) -> None:
    """Those in sight are there."""
    page.wait_for_load_state("networkidle")


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


def _scrolled_to(page: Any, what: str) -> None:
    page.locator(what).first.evaluate("element => element.scrollIntoView({block: 'start'})")
    page.wait_for_timeout(300)


def scrolled_to_the_result(page: Any) -> None:
    """To the scores, the comments and the code of one's own result."""
    _scrolled_to(page, "main #result")


def scrolled_to_the_conflicts(page: Any) -> None:
    """To the conflicts of interest of a round, with the ranking beneath."""
    _scrolled_to(page, "main #conflicts")


def scrolled_to_the_sheets(page: Any) -> None:
    """To who has judged what, as a phone shows it."""
    _scrolled_to(page, "main #progress")
