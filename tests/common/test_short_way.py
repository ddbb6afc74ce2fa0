"""Programs go past the middleware of pages, and every answer is guarded all the same."""

import pytest

from tests.catalog.factories import product

pytestmark = pytest.mark.django_db

API = "/api/v1/products/"


@pytest.mark.parametrize(
    "path", [API, f"{API}?x=1", "/api/nothing/", "/api/v1/schema/", "/api/v1/bulk/products.csv"]
)
def test_every_answer_of_the_api_is_guarded(client, path):
    answer = client.get(path)
    assert answer["X-Frame-Options"] == "DENY" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert not answer.cookies and "Cookie" not in answer.get("Vary", "")
    if not answer.streaming:
        assert int(answer["Content-Length"]) == len(answer.content)


def test_answer_without_a_body_says_no_length(client):
    kept = client.get(API, headers={"if-none-match": client.get(API)["ETag"]})
    assert kept.status_code == 304 and "Content-Length" not in kept
    asked = client.options(API, headers={"origin": "https://elsewhere.example"})
    assert asked.status_code == 204 and "Content-Length" not in asked


def test_foreign_host_is_refused(client):
    assert client.get(API, headers={"host": "evil.example"}).status_code == 400


def test_plain_http_is_led_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    from django.test import Client

    answer = Client().get(API)
    assert answer.status_code == 301 and answer["Location"].startswith("https://")


def test_cookies_change_nothing(client):
    product()
    before = client.get(API)
    client.cookies["innomarket_session"] = "x"
    client.cookies["innomarket_language"] = "en"
    after = client.get(API)
    assert after.content == before.content and after["ETag"] == before["ETag"] and not after.cookies


def test_page_of_the_documentation_is_a_page(client):
    answer = client.get("/api/v1/docs/")
    assert answer.status_code == 200 and "script-src 'self'" in answer["Content-Security-Policy"]


def test_request_is_a_line_in_the_log_without_who_asked(client, caplog):
    caplog.set_level("INFO")
    client.get(API, REMOTE_ADDR="203.0.113.7")
    said = [record.getMessage() for record in caplog.records if "request_finished" in record.getMessage()]
    assert len(said) == 1 and f"GET {API}" in said[0] and "203.0.113.7" not in said[0]
