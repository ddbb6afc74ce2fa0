"""A supplier changes its listing without JavaScript, staff take over what they saw, and it is live."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from .people import fill, opened, send, text

pytestmark = [pytest.mark.browser, pytest.mark.portal, pytest.mark.slow]

NAME, SENTENCE = "흐름 알리미 2호", "두 시간 먼저 막힘을 알립니다."
SHOWS = "하수관에 놓인 측정기"


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (800, 600), "teal").save(made, "JPEG")
    return made.getvalue()


def write_the_steps(page: Any, change: str) -> None:
    """Names, a model and a price; what is wrong is refused with everything else still there."""
    fill(page, {"name_ko": "", "summary": SENTENCE})
    assert send(page) == 422 and page.input_value("[name=summary]") == SENTENCE
    fill(page, {"name_ko": NAME})
    assert send(page) == 200 and page.url.endswith("/change/class/")
    opened(page, f"{change}models/0/")
    fill(page, {"name": "FA-2", "own-0-name_ko": "방수"})
    assert send(page, "add") == 200
    fill(page, {"own-0-value": "IP68"})
    assert send(page) == 200 and "FA-2" in text(page)
    opened(page, f"{change}price/")
    fill(page, {"price_won": "12,000,000원", "price_includes_vat": "false", "origin": "독일"})
    assert send(page) == 200


def show_a_picture(page: Any, change: str) -> None:
    """A picture is kept when it is uploaded, and cannot be sent without the words for who cannot see it."""
    opened(page, f"{change}pictures/")
    page.set_input_files(
        "main input[type=file]", {"name": "현장.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    assert send(page, "upload") == 422
    behind_the_others = page.locator("[name^=images-][name$=-alt_ko]").last.get_attribute("name")
    fill(page, {behind_the_others: SHOWS})
    assert send(page) == 200


def test_change_of_a_listing_goes_live_when_staff_take_it_over(people):
    page = people("company", width=390, javascript=False)
    opened(page, "/catalog/mine/")
    listing = page.locator("main tbody th a").first.get_attribute("href")
    assert listing
    change = f"{listing}change/"
    opened(page, f"{change}begin/")
    assert send(page) == 200 and page.url.endswith("/change/names/")
    write_the_steps(page, change)
    show_a_picture(page, change)
    opened(page, f"{listing}preview/")
    assert NAME in text(page) and "IP68" in text(page)
    opened(page, f"{change}send/")
    assert all(words in text(page) for words in (NAME, SHOWS, "독일"))
    assert send(page) == 200
    opened(page, listing)
    assert NAME not in text(page)

    staff = people("catalogue")
    opened(staff, "/admin/catalog/listingchange/?state__exact=proposed")
    row = staff.locator("#result_list tbody tr").filter(has_text=listing.strip("/").rpartition("/")[2])
    opened(staff, row.locator("a").first.get_attribute("href"))
    assert NAME in text(staff)
    decide = staff.locator("main a[href$='/take/']").first.get_attribute("href")
    opened(staff, decide)

    # While they look, the supplier takes it back and writes on: nothing that they never saw goes live.
    opened(page, f"{change}rewrite/")
    assert send(page) == 200
    opened(page, f"{change}names/")
    fill(page, {"summary": f"{SENTENCE} 밤에도."})
    assert send(page) == 200
    opened(page, f"{change}send/")
    assert send(page) == 200
    assert send(staff) == 409
    assert SENTENCE in text(staff) and f"{SENTENCE} 밤에도." in text(staff)
    assert send(staff) == 200

    visitor = people()
    opened(visitor, listing)
    assert all(words in text(visitor) for words in (NAME, "독일", "부가세 별도", "FA-2", "IP68"))
    shown = visitor.locator(f"main img[alt='{SHOWS}']").first
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    opened(visitor, f"/en{listing}")
    assert "Germany" in text(visitor) and "VAT not included" in text(visitor)
    opened(visitor, f"{listing}history/")
    assert NAME in text(visitor) and "밤에도" in text(visitor)
