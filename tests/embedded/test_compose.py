"""docker-compose.yml describes the same services with entry points that are in this repository."""

import importlib

import yaml
from django.core.management import get_commands

from innomarket.embedded import programs
from innomarket.embedded.layout import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_compose_names_the_services_of_make_up():
    assert {"postgres", "redis", "web", "worker", "beat"} <= set(COMPOSE["services"])


def test_compose_starts_worker_and_beat_as_make_up_does():
    worker, beat = (COMPOSE["services"][name]["command"] for name in ("worker", "beat"))
    assert worker[:4] == ["celery", *programs.worker()[3:6]]
    assert beat == ["celery", *programs.beat()[3:]]


def test_image_starts_the_web_server_as_make_up_does():
    command = next(line for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("CMD "))
    web = programs.web(host="0.0.0.0", port=8000)
    assert yaml.safe_load(command.removeprefix("CMD "))[-1] == web[-1]
    module, _, name = web[-1].partition(":")
    assert hasattr(importlib.import_module(module), name)


def test_compose_prepares_by_commands_that_exist():
    script = COMPOSE["services"]["prepare"]["command"][-1]
    asked = [part.split()[2] for part in script.split(" && ")]
    assert asked[0] == "migrate"
    assert set(asked) <= set(get_commands())


def test_compose_waits_for_healthy_services():
    for name in ("web", "worker", "beat"):
        assert (
            COMPOSE["services"][name]["depends_on"]["prepare"]["condition"]
            == "service_completed_successfully"
        )
    assert COMPOSE["services"]["prepare"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_compose_gives_no_password_away():
    portal = COMPOSE["services"]["web"]["environment"]
    for name in ("SECRET_KEY", "MAIL_URL"):
        assert portal[name].startswith("${")
    assert "${POSTGRES_PASSWORD" in portal["DATABASE_URL"]
