"""A supplier changes its listing without JavaScript, staff take it over, and it is live."""

from __future__ import annotations

import pytest

from .people import fill, opened, send, text

pytestmark = [pytest.mark.browser, pytest.mark.portal, pytest.mark.slow, pytest.mark.xdist_group("journeys")]


def test_change_of_a_listing_goes_live_when_staff_take_it_over(people):
    page = people("company", width=390, javascript=False)
    opened(page, "/catalog/mine/")
    listing = page.locator("main tbody th a").first.get_attribute("href")
    opened(page, f"{listing}change/begin/")
    assert send(page) == 200 and page.url.endswith("/change/names/")
    fill(page, {"name_ko": ""})
    assert send(page) == 422
    fill(page, {"name_ko": "흐름 알리미 2호", "summary": "두 시간 먼저 막힘을 알립니다."})
    assert send(page) == 200 and page.url.endswith("/change/class/")
    opened(page, f"{listing}change/models/0/")
    fill(page, {"name": "FA-2", "own-0-name_ko": "방수"})
    assert send(page, "add") == 200
    fill(page, {"own-0-value": "IP68"})
    assert send(page) == 200 and "FA-2" in text(page)
    opened(page, f"{listing}preview/")
    assert "흐름 알리미 2호" in text(page) and "IP68" in text(page)
    opened(page, f"{listing}change/send/")
    assert "흐름 알리미 2호" in text(page)
    assert send(page) == 200
    opened(page, listing)
    assert "흐름 알리미 2호" not in text(page)

    staff = people("catalogue")
    opened(staff, "/admin/catalog/listingchange/?state__exact=proposed")
    opened(staff, staff.locator("#changelist tbody a").first.get_attribute("href"))
    assert "흐름 알리미 2호" in text(staff)
    opened(staff, f"{staff.url.removesuffix('change/')}take/".split(staff.url.split("/admin")[0])[1])
    assert send(staff) == 200

    opened(page, f"/en{listing}")
    assert "IP68" in text(page) and "FA-2" in text(page)
    opened(page, f"{listing}history/")
    assert "흐름 알리미 2호" in text(page)
