import json
from base64 import b64encode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openapi_spec_validator import validate

from catalog.api.products import ProductViewSet
from catalog.models import Product, PublicListing
from innomarket.common.refusals import Refused
from tests.accounts.factories import company, person
from tests.catalog.factories import category, product

pytestmark = pytest.mark.django_db

URL = "/api/v1/products/"
PROBLEM = "application/problem+json"


def problem(response, status: int) -> dict:
    assert response.status_code == status
    assert response["Content-Type"] == PROBLEM
    body = json.loads(response.content)
    assert body["status"] == status and body["title"] and body["detail"] and body["type"] == "about:blank"
    return body


def test_list_gives_products_newest_first_with_live_designation(client):
    ended, listed = product(days=(-9, 0)), product(category=category(), supplier=company(name_en="Maker"))
    body = client.get(URL).json()
    assert [row["number"] for row in body["results"]] == [listed.number, ended.number]
    row = body["results"][0]
    assert row["price_won"] == 80_000_000
    assert row["designation"]["number"] == listed.designation.number
    assert client.get(f"{URL}?in_force=true").json()["results"] == body["results"][:1]
    assert client.get(f"{URL}?in_force=false").json()["results"] == body["results"][1:]
    assert row["designation"]["valid_until"] == listed.designation.last_day.isoformat()
    assert row["category"]["code"] == "environment" and row["supplier"]["name_en"] == "Maker"
    assert row["pilot"]["count"] == 0 and row["pilot"]["verdict"] == ""
    assert client.get(row["url"]).json() == row
    assert client.get(row["page"]).status_code == 200


def test_list_holds_no_contact_or_identity_data(client):
    product(supplier=company(business_number="1234567891"))
    text = client.get(URL).content.decode()
    assert "1234567891" not in text and "@" not in text


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("", "한글"),
        ("en", "English"),
        ("en-GB,en;q=0.9", "English"),
        ("fr", "한글"),
        ("ko,en", "한글"),
        ("*", "한글"),
    ],
)
def test_list_language_by_header(client, header, name):
    product(name_ko="한글", name_en="English")
    response = client.get(URL, headers={"accept-language": header} if header else {})
    assert response.json()["results"][0]["name"] == name
    assert "Accept-Language" in response["Vary"]
    assert response["Content-Language"] == ("en" if name == "English" else "ko")


def test_list_query_count_does_not_grow(client):
    counts = []
    client.get(URL)  # asks for the rule of limits, which a process keeps
    for rows in (1, 3):
        while Product.objects.count() < rows:
            product(category=category())
        with CaptureQueriesContext(connection) as captured:
            client.get(URL)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 3


def test_list_pages_by_cursor_and_nothing_twice(client):
    for _ in range(7):
        product()
    PublicListing.objects.update(listed_at="2020-07-20T00:00:00Z", changed_at="2020-07-20T00:00:00Z")
    for ordering in ("", "&ordering=listed_at", "&ordering=-changed_at"):
        url, seen = f"{URL}?page_size=2{ordering}", []
        while url:
            body = client.get(url).json()
            seen += [row["number"] for row in body["results"]]
            url = body["next"]
        assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize(
    "query",
    [
        "nonsense=1",
        "categori=city",
        "sort=price",
        "category=nonsense",
        "in_force=perhaps",
        "in_force=1",
        "has_pilot_result=yes",
        "pilot_verdict=perhaps",
        "size=huge",
        "price_min=abc",
        "price_min=-1",
        "price_max=1.5",
        "price_max=99999999999999999999",
        "price_min=NaN",
        "price_min=Infinity",
        "price_min=1e400",
        "page_size=0",
        "page_size=101",
        "page_size=-1",
        "page_size=x",
        "page_size=",
        "page_size=٣",
        "page_size=" + "1" * 5000,
        "page_size=" + "0" * 5000 + "1",
        "ordering=supplier__business_number",
        "ordering=--listed_at",
        "ordering=listed_at,changed_at",
        "cursor=nonsense",
        "cursor=" + b64encode(b"p=nodate").decode(),
        "cursor=" + b64encode(b"o=x").decode(),
        "q=%00",
        "q=" + "x" * 101,
    ],
)
def test_list_wrong_parameter_is_a_problem(client, query):
    product()
    body = problem(client.get(f"{URL}?{query}"), 400)
    assert body["errors"][0]["parameter"] == query.split("=")[0]


@pytest.mark.parametrize(
    "query", ["", "?q=로봇", "?category=environment&in_force=true&price_min=1&price_max=90000000"]
)
def test_list_right_parameters_find(client, query):
    listed = product(category=category(), name_ko="로봇")
    assert [row["number"] for row in client.get(URL + query).json()["results"]] == [listed.number]


@pytest.mark.parametrize("q", ["'; drop table x", "%", "\\", "_", "👍", "가" * 100])
def test_list_odd_words_find_nothing(client, q):
    product()
    assert client.get(URL, {"q": q}).json()["results"] == []


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_writing_is_not_possible(client, method):
    listed = product()
    for url in (URL, f"{URL}{listed.number}/"):
        problem(getattr(client, method)(url, "{}", content_type="application/json"), 405)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/products/T26PD99999999/",
        "/api/v1/nothing/",
        "/api/v1/",
        "/api/v2/products/",
        "/api/v1/products/x/y/",
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "text/html,*/*"])
def test_unknown_address_is_a_problem_in_json(client, path, accept):
    answer = client.get(path, headers={"accept": accept})
    problem(answer, 404)
    assert answer["Content-Language"] == "ko" and "주소" in answer.content.decode()
    if path.startswith("/api/v1/"):
        assert answer["Access-Control-Allow-Origin"] == "*"


def test_detail_takes_no_parameters(client):
    problem(client.get(f"{URL}{product().number}/?q=1"), 400)


def test_html_alone_is_not_acceptable(client):
    problem(client.get(URL, headers={"accept": "text/html"}), 406)


def test_refused_and_unforeseen_errors_are_problems(client, monkeypatch):
    def refuse(*_args):
        raise Refused("closed", "It is closed.", field="q", status=409)

    monkeypatch.setattr(ProductViewSet, "_found", refuse)
    body = problem(client.get(URL), 409)
    assert body["code"] == "closed" and body["errors"][0]["parameter"] == "q"

    def fail(*_args):
        raise RuntimeError("secret")

    monkeypatch.setattr(ProductViewSet, "_found", fail)
    client.raise_request_exception = False
    assert "secret" not in str(problem(client.get(URL), 500))


def test_problem_in_english(client):
    body = problem(client.get(f"{URL}?x=1", headers={"accept-language": "en"}), 400)
    assert body["errors"][0]["detail"].startswith("There is no such parameter. There are: category, ")


def test_signed_in_people_see_the_same(client):
    product()
    before = client.get(URL).json()
    client.force_login(person())
    assert client.get(URL).json() == before


# ── schema and its page ──


def schema(client) -> dict:
    return client.get("/api/v1/schema/", headers={"accept": "application/vnd.oai.openapi+json"}).json()


def test_schema_is_valid_openapi(client):
    found = schema(client)
    assert found["openapi"] == "3.1.0"
    validate(found)
    assert {URL, f"{URL}{{number}}/", f"{URL}changes/"} <= set(found["paths"])
    assert {"400", "404", "406"} <= set(found["paths"][f"{URL}{{number}}/"]["get"]["responses"])


def test_schema_describes_what_is_answered(client):
    from jsonschema import Draft202012Validator

    found = schema(client)
    product(category=category())
    product(price_won=None, pilot_verdict="success", pilot_count=1)
    for name, body in (
        ("ProductPage", client.get(URL).json()),
        ("Changes", client.get(f"{URL}changes/").json()),
        ("Problem", client.get(f"{URL}?x=1").json()),
    ):
        Draft202012Validator({"$ref": f"#/components/schemas/{name}", **found}).validate(body)


def test_docs_page_has_nothing_inline(client):
    response = client.get("/api/v1/docs/")
    text = response.content.decode()
    assert response.status_code == 200
    assert "<style" not in text and "style=" not in text and "onload" not in text
    assert all('src="' in part.split(">")[0] for part in text.split("<script")[1:])
    script = client.get("/api/v1/docs/?script=")
    assert (
        script["Content-Type"].startswith("application/javascript") and b"/api/v1/schema/" in script.content
    )
