import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import ProductModel, ProfileAttribute, Specification
from tests.catalog.factories import attribute, product

pytestmark = pytest.mark.django_db


def lines(response) -> dict[str, tuple[list[str], bool]]:
    return {line.label: (line.values, line.differs) for line in response.context["lines"]}


def weighed(weight: str, **fields):
    made = product(**fields)
    model = ProductModel.objects.create(product=made, order=0, name="A")
    Specification.objects.create(model=model, attribute=weight_attribute(), order=0, value=weight, unit="kg")
    return made


def weight_attribute() -> ProfileAttribute:
    return ProfileAttribute.objects.filter(code="weight").first() or attribute()


def test_compare_marks_what_differs(client):
    one, two = weighed("3", price_won=1_000_000), weighed("4", price_won=1_000_000)
    response = client.get(f"/en/catalog/compare/?p={two.number}&p={one.number}")
    assert [product.number for product in response.context["products"]] == [two.number, one.number]
    found = lines(response)
    assert found["Weight"] == (["4 kg", "3 kg"], True)
    assert found["Price of one unit"] == (["KRW 1,000,000"] * 2, False)
    only = client.get(response.context["switch_url"])
    assert set(lines(only)) == {label for label, (_values, differs) in found.items() if differs}
    assert lines(client.get(only.context["switch_url"])) == found


def test_compare_keeps_to_four_known_products(client):
    numbers = [product().number for _ in range(5)]
    response = client.get("/catalog/compare/?" + "&".join(f"p={n}" for n in [*numbers, numbers[0], "none"]))
    assert [one.number for one in response.context["products"]] == numbers[:4]
    assert response.context["left_out"] == 2
    without = client.get(response.context["taken_away"][0][1])
    assert [one.number for one in without.context["products"]] == numbers[1:4]


@pytest.mark.parametrize("query", ["", "?p=", "?p=<script>alert(1)</script>", "?p=%00", "?only=different"])
def test_compare_nothing(client, query):
    response = client.get(f"/catalog/compare/{query}")
    assert response.status_code == 200 and b"<script>alert" not in response.content


def test_compare_query_count_does_not_grow(client):
    numbers, counts = [], []
    for _turn in range(2):
        numbers += [weighed("3").number, weighed("4").number]
        with CaptureQueriesContext(connection) as captured:
            client.get("/catalog/compare/?" + "&".join(f"p={n}" for n in numbers))
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8


# ── type-ahead ──


def test_suggest_gives_names_in_the_readers_language(client):
    made = product(name_ko="누수 센서 <b>", name_en="Leak sensor")
    for text in ("누수", "ㄴㅅ", "sntn"):
        assert client.get("/catalog/suggest/", {"q": text}).json() == {
            "suggestions": [{"text": "누수 센서 <b>", "url": f"/catalog/{made.number}/"}]
        }
    found = client.get("/en/catalog/suggest/", {"q": "leak"})
    assert found.json()["suggestions"][0]["text"] == "Leak sensor"
    assert "max-age=60" in found["Cache-Control"]


@pytest.mark.parametrize("text", ["", " ", "a", "\0", "%", "'", "x" * 500])
def test_suggest_nothing(client, text):
    product()
    assert client.get("/catalog/suggest/", {"q": text}).json() == {"suggestions": []}


def test_suggest_at_most_eight(client):
    for _ in range(9):
        product()
    assert len(client.get("/catalog/suggest/", {"q": "로봇"}).json()["suggestions"]) == 8
