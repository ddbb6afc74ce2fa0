"""The committed description of the API is the one that is served, and every answer keeps to it (schemathesis)."""

import json
from pathlib import Path

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from jsonschema import Draft202012Validator, FormatChecker

from tests.catalog.factories import category, product

COMMITTED = Path(__file__).parents[2] / "docs" / "schemas" / "api-v1.json"

schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", get_wsgi_application())


@pytest.fixture
def filled(db, no_limits):
    """A few rows behind the API, and no limit in the way."""
    product(category=category())
    product(price_won=None, pilot_verdict="success", pilot_count=1)


def test_committed_schema_is_the_served_one(client):
    """`make api` writes it anew."""
    served = client.get("/api/v1/schema/", headers={"accept": "application/vnd.oai.openapi+json"}).json()
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == served


def test_every_answer_has_an_example_in_both_languages_that_keeps_to_the_schema():
    described = json.loads(COMMITTED.read_text(encoding="utf-8"))
    missing = []
    for path, ways in described["paths"].items():
        for status, answer in ways["get"]["responses"].items():
            for media, content in answer.get("content", {}).items():
                if not media.endswith("json"):
                    continue
                found = content.get("examples", {})
                missing += [(path, status)] * (set(found) != {"Korean", "English"})
                for example in found.values():
                    whole = {**content["schema"], "components": described["components"]}
                    Draft202012Validator(whole, format_checker=FormatChecker()).validate(example["value"])
    assert missing == []


def test_examples_of_errors_are_in_their_language():
    described = json.loads(COMMITTED.read_text(encoding="utf-8"))
    answers = described["paths"]["/api/v1/products/{number}/"]["get"]["responses"]
    for status in ("400", "401", "403", "404", "406", "410", "429"):
        (content,) = answers[status]["content"].values()
        korean, english = (content["examples"][name]["value"]["detail"] for name in ("Korean", "English"))
        assert any("가" <= letter <= "힣" for letter in korean), korean
        assert english.isascii(), english


@schema.parametrize()
@settings(max_examples=8, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_keeps_to_the_schema(case, filled):
    case.call_and_validate()
