"""The committed description of the API is the one that is served, and every answer keeps to it (schemathesis)."""

import json
from pathlib import Path

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings

from catalog.api import limits
from innomarket.accounts.models import ApiRule
from tests.catalog.factories import category, product

COMMITTED = Path(__file__).parents[2] / "docs" / "schemas" / "api-v1.json"

schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", get_wsgi_application())


@pytest.fixture
def filled(db, monkeypatch):
    """A few rows behind the API, and no limit in the way."""
    rule = ApiRule(
        **dict.fromkeys(
            ("anonymous_per_minute", "token_per_minute", "anonymous_files_per_hour", "token_files_per_hour"),
            10**6,
        )
    )
    monkeypatch.setattr(limits, "current_rule", lambda: rule)
    product(category=category())
    product(price_won=None, pilot_verdict="success", pilot_count=1)


def test_committed_schema_is_the_served_one(client):
    """`make api` writes it anew."""
    served = client.get("/api/v1/schema/", headers={"accept": "application/vnd.oai.openapi+json"}).json()
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == served


@schema.parametrize()
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_keeps_to_the_schema(case, filled):
    case.call_and_validate()
