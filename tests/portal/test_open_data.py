"""The page that says which data there are: every address on it answers."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from innomarket.portal.datasets import designations, products
from innomarket.portal.feeds import FEEDS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_address_on_the_page_answers(client, prefix):
    page = client.get(f"{prefix}/open-data/").text
    main = page.partition("<main")[2].partition("</main>")[0]
    found = [url for url in re.findall(r'href="([^"#]+)"', main) if url.startswith("/")]
    assert len(found) > 10
    for url in found:
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert b"".join(answer), url  # read to its end, so that a file is closed
    for name in FEEDS:
        assert f"{prefix}/feeds/{name}.atom" in found


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_page_names_every_published_field(client, prefix):
    page = client.get(f"{prefix}/open-data/").text
    for name in (*products.FIELDS, *designations.FIELDS):
        assert f'<code lang="ko">{name}</code>' in page


@pytest.mark.parametrize(
    ("licence", "words"),
    [("", "not decided by the agency yet"), ("https://example.org/licence", "https://example.org/licence")],
)
def test_every_page_says_the_one_licence(client, settings, licence, words):
    settings.DATA_LICENCE = licence
    for address in ("/en/open-data/", "/en/ocds/"):
        page = client.get(address).text
        assert words in page, address
        assert "without restriction" not in page and "for anything" not in page


def test_page_asks_the_database_nothing_and_stands_in_every_footer(client):
    with CaptureQueriesContext(connection) as captured:
        client.get("/open-data/")
    assert len(captured) <= 1  # the server's time in the footer
    assert 'href="/open-data/"' in client.get("/").text and 'href="/en/open-data/"' in client.get("/en/").text
