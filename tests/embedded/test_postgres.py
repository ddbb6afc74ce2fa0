"""The embedded PostgreSQL is what the code relies on."""

import os

import pytest
from django.db import connection

from innomarket.embedded import postgres
from innomarket.embedded.identity import unprivileged
from innomarket.embedded.layout import Layout, Trouble


@pytest.mark.django_db
def test_database_sorts_hangul_and_sees_it_in_trigrams():
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(x, '' ORDER BY x) FROM unnest(ARRAY['다','가','나']) x")
        assert cursor.fetchone() == ("가나다",)
        cursor.execute("SELECT datctype FROM pg_database WHERE datname = current_database()")
        assert cursor.fetchone()[0] in {"C.UTF-8", "C.utf8"}
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


def test_durable_server_flushes_every_commit():
    options = postgres._options(1, durable=True)
    assert options["fsync"] == options["synchronous_commit"] == options["full_page_writes"] == "on"


def test_data_of_another_version_is_refused(tmp_path, monkeypatch):
    layout = Layout(tmp_path / "var")
    layout.make()
    major = postgres.major_of(postgres.programs())
    data = layout.postgres / str(major) / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    if os.geteuid() == 0:
        monkeypatch.setattr(postgres, "unprivileged", lambda **_: postgres.Identity(0, 0))

    with pytest.raises(Trouble, match="was made by PostgreSQL 9"):
        postgres.start(layout)


def test_programs_named_by_pg_bin_come_first(monkeypatch, tmp_path):
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    assert postgres.programs() == tmp_path


def test_without_any_postgresql_the_message_names_the_ways(monkeypatch):
    monkeypatch.delenv("PG_BIN", raising=False)
    monkeypatch.setattr(postgres, "_wheel", lambda: None)
    monkeypatch.setattr(postgres, "_debian", list)

    with pytest.raises(Trouble, match="DATABASE_URL"):
        postgres.programs()


def test_named_database_that_does_not_answer_is_said(monkeypatch):
    with pytest.raises(Trouble, match="does not answer"):
        postgres.check_named("postgres://nobody:x@127.0.0.1:1/none")


def test_named_database_with_c_character_type_is_refused():
    from tests.support import databases

    name = f"{databases.name_of_worker()}_ctype"
    databases.drop(name)
    with databases.cursor() as asked:
        asked.execute(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE 'C'")

    with pytest.raises(Trouble, match="could not search Korean"):
        postgres.check_named(databases.url(name))
    databases.drop(name)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
def test_root_is_told_what_to_do_when_no_account_can_run_it(monkeypatch, tmp_path):
    monkeypatch.setattr("innomarket.embedded.identity._account", lambda name: None)
    monkeypatch.setattr("innomarket.embedded.identity._namespaces_work", lambda binary: False)

    with pytest.raises(Trouble, match="start it as a normal user"):
        unprivileged(binary=tmp_path, folder=tmp_path)
