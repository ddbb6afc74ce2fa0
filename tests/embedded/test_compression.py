"""nginx compresses what is public and the same for everybody, and nothing else; kept answers hold through it."""

import gzip
import json
import urllib.error
import urllib.request

import pytest

from tests.embedded.proxied import put_before

pytestmark = pytest.mark.portal

LISTED = "/api/v1/categories/"


def ask(url, **headers):
    """Status, headers and body as they came over the line."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=named), timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read()


def test_public_answers_are_compressed_and_pages_are_not(deployment):
    behind = put_before(deployment)

    status, headers, packed = ask(deployment.url + LISTED, Accept_Encoding="br, gzip")
    plain = ask(behind + LISTED)[2]
    assert status == 200 and headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == plain and len(packed) < len(plain) / 2
    assert "accept-encoding" in ", ".join(headers.get_all("Vary")).lower()
    assert json.loads(plain)["results"]

    # A kept answer holds by the ETag of either form, though nginx calls that of the compressed one weak.
    assert headers["ETag"].startswith("W/")
    for etag in (headers["ETag"], ask(deployment.url + LISTED)[1]["ETag"], '"x", ' + headers["ETag"]):
        again = ask(deployment.url + LISTED, Accept_Encoding="gzip", If_None_Match=etag)
        assert again[0] == 304 and again[2] == b"" and "Content-Encoding" not in again[1]
    for refused in ("gzip;q=0", "identity", "br", "gzip;q=0, *"):
        assert "Content-Encoding" not in ask(deployment.url + LISTED, Accept_Encoding=refused)[1]

    # What the portal compressed itself is not compressed again.
    lines = ask(deployment.url + "/api/v1/bulk/products.ndjson", Accept_Encoding="gzip")
    assert lines[1].get_all("Content-Encoding") == ["gzip"]
    assert json.loads(gzip.decompress(lines[2]))["trailer"]["rows"] == 0

    for public in ("/api/v1/schema/?format=json", "/sitemaps/pages.xml"):
        assert ask(deployment.url + public, Accept_Encoding="gzip")[1]["Content-Encoding"] == "gzip", public
    for page in ("/", "/en/accounts/login/", "/api/v1/docs/", "/ocds/", "/robots.txt"):
        status, headers, _body = ask(deployment.url + page, Accept_Encoding="gzip")
        assert status == 200 and "Content-Encoding" not in headers, page
