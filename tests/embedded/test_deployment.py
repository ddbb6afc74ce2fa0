"""The portal's real processes: web, worker and beat, as a server runs them."""

import json

import pytest


@pytest.mark.portal
@pytest.mark.worker
def test_readyz_names_each_missing_part_until_all_stand(portal):
    status, body = portal.get("/readyz")

    assert status == 503
    parts = json.loads(body)["parts"]
    assert parts["database"] == parts["redis"] == parts["migrations"] == "ok"
    assert parts["worker"] == "no heartbeat yet (beat, which asks for it, is away)"
    assert parts["beat"] == "no heartbeat yet"

    portal.worker().beat()

    assert portal.get("/readyz")[0] == 200
    assert set(portal.ready().values()) == {"ok"}


@pytest.mark.portal
@pytest.mark.worker
def test_readyz_says_how_long_a_killed_worker_is_silent(portal):
    portal.worker().beat()
    portal.kill("worker")
    portal.rows("UPDATE common_heartbeat SET at = at - interval '1 hour' WHERE process = 'worker'")

    status, body = portal.get("/readyz")

    assert status == 503
    assert json.loads(body)["parts"]["worker"].startswith("last heartbeat 36")
    assert json.loads(body)["parts"]["beat"] == "ok"


@pytest.mark.portal
def test_healthz_answers_when_the_database_is_gone(portal):
    from tests.support import databases

    databases.drop(portal.database)

    assert portal.get("/healthz")[0] == 200
    status, body = portal.get("/readyz")
    assert status == 503
    parts = json.loads(body)["parts"]
    assert parts["database"] == "database does not answer"
    assert parts["redis"] == "ok"


@pytest.mark.portal
@pytest.mark.browser
def test_browser_shows_korean_text_and_keeps_the_content_policy(portal, new_page):
    page = new_page(base_url=portal.url)

    answer = page.goto("/accounts/login/")

    assert answer.status == 200
    assert page.locator("html").get_attribute("lang") == "ko"
    assert page.locator("input[type=password]").count() == 1
