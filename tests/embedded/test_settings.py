"""The settings read the environment as they say."""

import os
import subprocess
import sys

import pytest

from innomarket.embedded.layout import ROOT
from innomarket.settings import environment, services


def settings_in(var, *names, **variables):
    """The settings of a fresh process with only these variables."""
    script = f"from django.conf import settings\nprint(*[repr(getattr(settings, n)) for n in {names!r}], sep='\\n')"
    env = {
        "PATH": os.environ["PATH"],
        "INNOMARKET_VAR": str(var),
        "DJANGO_SETTINGS_MODULE": "innomarket.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=env | variables, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return [eval(line) for line in done.stdout.splitlines()]


def test_without_any_service_the_settings_are_those_of_a_safe_server(tmp_path):
    names = ("DEBUG", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "NUMBER_PREFIX", "EMBEDDED")
    assert settings_in(tmp_path, *names) == [False, True, True, "R", False]


def test_services_file_makes_a_trial(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "services.env").write_text(
        "# made\nDATABASE_URL=postgres://a:b%2F@h:5/n\nREDIS_URL=redis://r:1/0\nINNOMARKET_EMBEDDED=on\n"
    )
    prefix, backend, databases, caches = settings_in(
        tmp_path, "NUMBER_PREFIX", "EMAIL_BACKEND", "DATABASES", "CACHES"
    )
    assert prefix == "T"
    assert backend == "innomarket.notifications.backends.LocalMailbox"
    assert databases["default"]["PASSWORD"] == "b/"
    assert caches["default"]["LOCATION"] == "redis://r:1/1"


def test_named_database_takes_nothing_of_a_trial(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "services.env").write_text("DATABASE_URL=postgres://a@h/n\nINNOMARKET_EMBEDDED=on\n")

    prefix, embedded, databases = settings_in(
        tmp_path, "NUMBER_PREFIX", "EMBEDDED", "DATABASES", DATABASE_URL="postgres://real@server/real"
    )

    assert (prefix, embedded, databases["default"]["NAME"]) == ("R", False, "real")


def test_secret_key_is_made_once_and_is_the_owners_alone(tmp_path):
    first = settings_in(tmp_path, "SECRET_KEY")
    assert settings_in(tmp_path, "SECRET_KEY") == first
    assert len(first[0]) >= 50
    assert (tmp_path / "run" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_mistyped_switch_is_an_error(monkeypatch):
    monkeypatch.setenv("DEBUG", "onn")
    with pytest.raises(ValueError, match="say on or off"):
        environment.flag("DEBUG", default=False)


def test_only_postgresql_is_taken():
    with pytest.raises(ValueError, match="postgres"):
        services.database_from("sqlite:///x")


def test_cache_never_shares_the_brokers_number():
    assert services.next_number("redis://h:1") == "redis://h:1/1"
    assert services.next_number("redis://:p@h:1/4") == "redis://:p@h:1/5"


def test_content_policy_allows_nothing_inline(settings):
    text = repr(settings.CONTENT_SECURITY_POLICY)
    assert "unsafe" not in text
    assert settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["script-src"] == ["'self'"]
