"""The sitemap names every public page in both languages, and nothing else; robots.txt names it."""

import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from innomarket.portal import sitemaps
from innomarket.submissions.services.call import cancel_call
from tests.accounts.factories import company, staff
from tests.catalog.factories import product
from tests.challenges.factories import published_idea, published_task, submitted_task
from tests.limits.test_access import PAGES
from tests.pilots.factories import matched
from tests.submissions import factories as submissions

pytestmark = pytest.mark.django_db

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
SITE = "https://market.example"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.PUBLIC_URL = SITE


def xml(client, address: str) -> ElementTree.Element:
    answer = client.get(address)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)


def sections(client) -> list[str]:
    index = xml(client, "/sitemap.xml")
    assert index.tag == f"{MAP}sitemapindex"
    return [loc.text.removeprefix(SITE) for loc in index.iter(f"{MAP}loc")]


def listed(client) -> list[str]:
    return [
        loc.text.removeprefix(SITE)
        for section in sections(client)
        for loc in xml(client, section).iter(f"{MAP}loc")
    ]


def test_every_public_object_is_named_and_there_for_everybody(client):
    task, pilot, call = published_task(), matched(), submissions.open_call("challenge_task")
    product_, idea = pilot.product, published_idea()
    found = listed(client)
    assert len(found) == len(set(found))
    for address in (
        *("/", "/open-data/", "/catalog/", f"/challenges/{task.number}/", f"/calls/{call.number}/"),
        *(f"/catalog/{product_.number}/", f"/designations/{product_.designation.number}/"),
        *(f"/pilots/{pilot.number}/", f"/organisations/{product_.supplier_id}/"),
        f"/ideas/{idea.number}/",
    ):
        assert address in found and f"/en{address}" in found, address
    for address in found:
        assert client.get(address).status_code == 200, address


def test_each_page_has_its_alternates_and_the_day_of_its_last_change(client):
    one = product()
    urls = xml(client, "/sitemaps/products.xml").findall(f"{MAP}url")
    assert [url.findtext(f"{MAP}loc") for url in urls] == [
        f"{SITE}/catalog/{one.number}/",
        f"{SITE}/en/catalog/{one.number}/",
    ]
    for url in urls:
        alternates = {link.get("hreflang"): link.get("href") for link in url.findall(LINK)}
        assert alternates == {
            "ko": f"{SITE}/catalog/{one.number}/",
            "en": f"{SITE}/en/catalog/{one.number}/",
            "x-default": f"{SITE}/catalog/{one.number}/",
        }
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", url.findtext(f"{MAP}lastmod"))


def test_what_is_not_public_is_in_no_sitemap(client):
    by = staff("run_rounds")
    cancelled = submissions.call("challenge_task", by=by)
    cancel_call(call=cancelled, by=by, reason="x")
    hidden = [submissions.call("challenge_task", by=by).number, cancelled.number, submitted_task().number]
    pending = company(state="pending", decided_at=None)
    found = "\n".join(listed(client))
    assert not [number for number in hidden if number in found]
    assert f"/organisations/{pending.pk}/" not in found


def test_long_sections_have_several_pages(client, monkeypatch):
    monkeypatch.setattr(sitemaps.Section, "limit", 4)
    numbers = [product().number for _ in range(3)]
    pages = [section for section in sections(client) if "products" in section]
    assert pages == ["/sitemaps/products.xml", "/sitemaps/products.xml?p=2"]
    found = [loc.text for page in pages for loc in xml(client, page).iter(f"{MAP}loc")]
    assert [sum(number in address for address in found) for number in numbers] == [2, 2, 2] and len(
        found
    ) == 6
    assert client.get("/sitemaps/products.xml?p=3").status_code == 404
    assert client.get("/sitemaps/products.xml?p=x").status_code == 404
    assert client.get("/sitemaps/nothing.xml").status_code == 404


def test_page_is_within_what_the_protocol_allows():
    assert sitemaps.Section.limit <= 50_000


@pytest.mark.parametrize("name", sitemaps.SECTIONS)
def test_query_count_does_not_grow(client, name):
    counts = []
    for more in (1, 2):
        for _ in range(more):
            product()
            published_task()
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/sitemaps/{name}.xml")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 3


def test_who_has_the_sitemap_is_told_so(client):
    product()
    for address in ("/sitemap.xml", "/sitemaps/products.xml", "/robots.txt"):
        first = client.get(address)
        assert "Vary" not in first and not first.cookies and first["Cache-Control"] == "public, no-cache"
        assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304


# ── robots.txt ──


def refused(client) -> list[re.Pattern]:
    """As robots.txt is read (RFC 9309): a rule is the beginning of a path, * stands for anything."""
    lines = client.get("/robots.txt").content.decode().splitlines()
    rules = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: ")]
    return [re.compile(".*".join(map(re.escape, rule.split("*")))) for rule in rules]


def test_robots_are_told_of_the_sitemap_and_kept_from_what_is_private(client):
    text = client.get("/robots.txt")
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    assert f"Sitemap: {SITE}/sitemap.xml" in text.content.decode().splitlines()
    rules = refused(client)
    for address in (
        "/admin/",
        "/en/admin/x/",
        "/workspace/",
        "/organisations/7/tokens/",
        "/catalog/X-1/change/",
    ):
        assert any(rule.match(address) for rule in rules), address
    assert not any(rule.match("/organisations/7/") or rule.match("/catalog/X-1/") for rule in rules)


def test_no_page_of_the_sitemap_is_refused_to_robots(client):
    product()
    rules = refused(client)
    assert [address for address in listed(client) if any(rule.match(address) for rule in rules)] == []


def test_every_page_that_not_everybody_sees_is_refused_to_robots(client):
    """From the table of access: what an anonymous visitor does not get."""
    from django.urls import get_resolver

    rules, open_to_robots = refused(client), []
    for name, (_which, row) in PAGES.items():
        if row["anonymous"] in (200, 503):
            continue
        namespace, _colon, inner = name.rpartition(":")
        resolver = get_resolver()
        prefix = ""
        for part in filter(None, namespace.split(":")):
            more, resolver = resolver.namespace_dict[part]
            prefix += more
        for candidate, _pattern, _defaults, _converters in resolver.reverse_dict.getlist(inner):
            for path, parameters in candidate:
                address = f"/{prefix}{path % dict.fromkeys(parameters, '1')}"
                if not any(rule.match(address) for rule in rules):
                    open_to_robots.append(name)
    assert set(open_to_robots) <= {
        # Not found for everybody in that table, and public where there is one.
        "accounts:organisation",
        "catalog:file",
        "picture",
        "api:snapshot",
        "ocds:snapshot",
        "set_language",
    }
