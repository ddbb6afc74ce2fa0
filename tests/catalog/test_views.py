from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from catalog.services.product import edit_product
from innomarket.common.clock import moved_to, now
from innomarket.timeline.services import add_milestone
from tests.accounts.factories import company, person, staff
from tests.catalog.factories import attribute, category, item_class, product
from tests.catalog.test_change import FULL
from tests.support.staff import sign_in

pytestmark = pytest.mark.django_db


def found(client, query: str = "") -> list[str]:
    return [row.number for row in client.get(f"/catalog/{query}").context["rows"]]


def queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("path", ["/catalog/", "/catalog/?q=none", "/catalog/?price_min=abc"])
def test_list_without_products_says_what_to_do(client, prefix, path):
    response = client.get(prefix + path)
    assert response.status_code == 200 and b"empty" in response.content


@pytest.mark.parametrize("path", ["/catalog/", "/catalog/?category=environment&q=a&in_force=true"])
def test_list_query_count_does_not_grow(client, path):
    counts = []
    for rows in (1, 3):
        while Product.objects.count() < rows:
            product(category=category(), name_en="a")
        counts.append(queries(client, path))
    assert counts[0] == counts[1] <= 14


def test_product_query_count_does_not_grow(client):
    listed, counts = product(category=category()), []
    for _turn in range(3):
        add_milestone(listed.story, kind="x", text=_("Number"), url="/catalog/")
        counts.append(queries(client, f"/catalog/{listed.number}/"))
    assert counts[0] == counts[2]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?q=로봇", {"robot", "both"}),
        ("?q=ROBOT", {"robot", "both"}),
        ("?q=로봇 바다", {"both"}),
        ("?q=해솔", {"sea"}),
        ("?q=%25", set()),
        ("?q=_", set()),
        ("?category=energy", {"sea"}),
        ("?category=energy&category=city", {"sea", "both"}),
        ("?category=nonsense", {"robot", "both", "sea"}),
        ("?in_force=true", {"robot", "both"}),
        ("?in_force=false", {"sea"}),
        ("?has_pilot_result=true", {"both"}),
        ("?pilot_verdict=failure", {"both"}),
        ("?pilot_verdict=success", set()),
        ("?price_min=2000", {"both"}),
        ("?price_max=2000", {"robot"}),
        ("?price_min=x", {"robot", "both", "sea"}),
        ("?size=medium", {"sea"}),
        ("?unknown=1", {"robot", "both", "sea"}),
        ("?q=%00", {"robot", "both", "sea"}),
    ],
)
def test_list_filters(client, query, names):
    numbers = {
        product(name_ko="관로 로봇", name_en="robot", summary="s", price_won=1000).number: "robot",
        product(
            name_ko="바다 로봇",
            name_en="robot",
            summary="s",
            price_won=3000,
            pilot_verdict="failure",
            category=category("city"),
        ).number: "both",
        product(
            name_ko="해초",
            name_en="weed",
            summary="s",
            price_won=None,
            days=(-100, 0),
            category=category("energy"),
            supplier=company(name_ko="해솔", size_class="medium"),
        ).number: "sea",
    }
    assert {numbers[number] for number in found(client, query)} == names


def test_list_sorts_and_pages_by_key(client):
    prices = {}
    for number in range(25):
        listed = product(price_won=None if number % 9 == 0 else 1000 + number % 5)
        prices[listed.number] = listed.price_won
    for sort, want in (("cheapest", 1), ("dearest", -1), ("newest", 0)):
        url, seen = f"/catalog/?sort={sort}", []
        while url:
            page = client.get(url).context["page"]
            seen += [row.number for row in page.rows]
            url = page.next_url
        assert len(seen) == len(set(seen)) == 25
        known = [prices[number] for number in seen if prices[number]]
        if want:
            assert known == sorted(known, reverse=want < 0)
            assert [prices[number] for number in seen[-3:]] == [None] * 3


def test_list_facets_count_under_the_other_filters(client):
    product(category=category("city"), price_won=1)
    product(category=category("energy"), price_won=5)
    product(category=category("energy"), price_won=5, days=(-9, 0))
    facets = client.get("/catalog/?category=city&price_min=2").context["facets"]
    counts = {option["label"]: (option["n"], option["on"]) for option in facets[1]["options"]}
    assert set(counts.values()) == {(2, False), (0, True)}
    in_force = client.get("/catalog/?category=energy").context["facets"][0]["options"]
    assert [option["n"] for option in in_force] == [1, 1]


def test_list_price_steps_are_one_choice(client):
    for price in (1_000, 6_000_000, 7_000_000, None):
        product(price_won=price)
    steps = client.get("/catalog/").context["facets"][-1]["options"]
    assert [step["n"] for step in steps] == [1, 2, 0, 0]
    page = client.get(steps[1]["url"])
    assert len(page.context["rows"]) == 2
    again = page.context["facets"][-1]["options"]
    assert [step["on"] for step in again] == [False, True, False, False]
    assert [step["n"] for step in again] == [1, 2, 0, 0]
    assert "price" not in again[1]["url"]
    assert [chip.label for chip in page.context["chips"]] == ["최저 가격: 500만 원", "최고 가격: 2,000만 원"]


def test_list_in_force_is_asked_from_todays_date(client):
    product(days=(-5, 1))
    assert len(found(client, "?in_force=true")) == 1
    with moved_to(now() + timedelta(days=1)):
        assert found(client, "?in_force=true") == []


def test_list_and_page_escape_what_people_wrote(client):
    listed = product(
        name_ko="<script>1</script>", summary="<img src=x onerror=1>", description="{{ 7|add:7 }}"
    )
    for path in ("/catalog/", f"/catalog/{listed.number}/", "/catalog/?q=<script>"):
        text = client.get(path).content.decode()
        assert "<script>1" not in text and "<img src=x" not in text
    assert (
        "{{ 7|add:7 }}" in text
        or "{{ 7|add:7 }}" in client.get(f"/catalog/{listed.number}/").content.decode()
    )


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("verdict", ["", "success", "failure"])
@pytest.mark.parametrize("days", [(-5, 500), (-5, 10), (-5, 0), (5, 10)])
def test_product_page_in_every_state(client, prefix, verdict, days):
    listed = product(pilot_verdict=verdict, pilot_count=1, days=days, category=category())
    response = client.get(f"{prefix}/catalog/{listed.number}/")
    assert response.status_code == 200
    text = response.content.decode()
    assert response.context["in_force"] == (days[0] <= 0 < days[1])
    assert listed.designation.number in text and "80,000,000" in text
    assert (listed.name_en if prefix else listed.name_ko) in text


def test_product_page_links_the_pilot_of_the_story(client):
    listed = product(pilot_verdict="success", pilot_count=1)
    add_milestone(listed.story, kind="pilots.verdict", text=_("Number"), url="/catalog/")
    add_milestone(listed.story, kind="pilots.secret", text=_("Number"), url="/hidden/", public=False)
    response = client.get(f"/en/catalog/{listed.number}/")
    assert response.context["pilot_url"] == "/catalog/"
    assert "/hidden/" not in response.content.decode()


def test_product_page_without_story_price_or_category(client):
    listed = product(story=False, price_won=None)
    assert client.get(f"/catalog/{listed.number}/").status_code == 200


@pytest.mark.parametrize(
    ("prefix", "country", "vat", "before"),
    [("", "독일", "부가세 별도", "대한민국"), ("/en", "Germany", "VAT not included", "South Korea")],
)
def test_country_and_vat_are_said_in_words_and_as_the_listing_has_them(client, prefix, country, vat, before):
    listed = product()
    edit_product(product=listed, by=staff("keep_catalogue"), origin="DE", price_includes_vat=False)
    page = f"{prefix}/catalog/{listed.number}/"
    for address in (page, f"{prefix}/catalog/compare/?p={listed.number}", f"{page}history/"):
        text = client.get(address).content.decode()
        assert country in text and ">DE<" not in text, address
    assert before in text
    for address in (page, f"{prefix}/catalog/"):
        assert vat in client.get(address).content.decode()


def test_product_page_shows_every_part_of_a_listing(client):
    """What a supplier can say of a product is on its page, in either language."""
    attribute()
    item_class("4617162401")
    listed = product(supplier=company())
    edit_product(product=listed, by=staff("keep_catalogue"), **FULL | {"category": "environment"})
    for prefix, other in (("", listed.name_en), ("/en", listed.name_ko)):
        text = client.get(f"{prefix}/catalog/{listed.number}/").content.decode()
        for code in ("46", "4617", "461716", "46171624", "4617162401"):
            assert f'<span class="number">{code}</span>' in text
        for words in (
            *(other, "MR2-600", "24681012", "28", "kg", "IP68", "가온정밀", "NEP-1", "국가기술표준원"),
            *("10-1", "관로 점검", "https://video.example/water", "설치와 교육"),
        ):
            assert words in text, (prefix, words)
        assert listed.designation.decision.motion.meeting.committee.name_ko in text or prefix


def test_certificate_is_called_valid_and_not_as_a_designation(client):
    listed = product()
    row = {"kind": "nep", "number": "1", "issuer": "x", "issued_on": None, "valid_until": None}
    edit_product(product=listed, by=staff("keep_catalogue"), certificates=[row])
    for prefix, word in (("", "유효"), ("/en", "valid")):
        shown = client.get(f"{prefix}/catalog/{listed.number}/").context["certificates"]
        assert [each["state"] for each in shown] == [word]


def test_product_page_of_an_unknown_number(client):
    assert client.get("/catalog/T26PD99999999/").status_code == 404


# ── admin ──


def test_console_leads_to_the_one_correction_of_a_listing(client):
    """How it is written is tested in test_correcting.py."""
    listed = product(category=category())
    sign_in(client, staff("keep_catalogue"))
    step = f"/admin/catalog/product/{listed.pk}/edit/"
    assert client.get(f"/admin/catalog/product/{listed.pk}/change/").status_code == 200
    assert client.get("/admin/catalog/product/?q=로봇").status_code == 200
    assert client.get(step).status_code == 200 and not listed.changes.exists()
    for _twice in range(2):
        assert client.post(step).url == f"/catalog/{listed.number}/change/"
    assert listed.changes.get().by_staff


def test_admin_says_the_product_in_words(client):
    keeper = staff("keep_catalogue")
    sign_in(client, keeper)
    listed = product(supplier=company(), origin="DE", sdgs=[6], regions=["경기도"], delivery_days=45)
    text = client.get(f"/en/admin/catalog/product/{listed.pk}/change/").content.decode()
    for words in (
        "Germany",
        "Clean water and sanitation",
        "Gyeonggi",
        "45 days",
        f"/en/catalog/{listed.number}/",
    ):
        assert words in text
    assert f"#{listed.story_id}<" not in text


@pytest.mark.parametrize("who", ["staff", "person", "nobody"])
def test_admin_edit_is_closed_to_others(client, who):
    listed = product()
    if who == "staff":
        sign_in(client, staff("keep_budget"))
    elif who == "person":
        client.force_login(person())
    response = client.post(f"/admin/catalog/product/{listed.pk}/edit/")
    assert response.status_code in (302, 403)
    assert not listed.changes.exists()
