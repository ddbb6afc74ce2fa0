"""The supervisor as a program: servers alone, second start, busy port, kill -9, the death of a child."""

import os
import signal
import socket
import subprocess
import sys

import psycopg2
import pytest

from innomarket.embedded import ports, processes, state
from innomarket.embedded.layout import ROOT, Layout
from innomarket.settings.environment import read_services

OURS = ("DATABASE_URL", "REDIS_URL", "INNOMARKET_EMBEDDED")


class Run:
    """A supervisor of the two servers in a folder of its own."""

    def __init__(self, var):
        self.layout = Layout(var)
        self.popen = None

    def start(self, *arguments):
        env = {key: value for key, value in os.environ.items() if key not in OURS}
        self.popen = subprocess.Popen(
            [sys.executable, "-u", "-m", "innomarket.embedded", "--services-only", *arguments],
            cwd=ROOT,
            env=env | {"INNOMARKET_VAR": str(self.layout.var)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Started from a script's background this run ignores Ctrl-C, and so would what it starts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        return self

    def until_ready(self):
        for line in self.popen.stdout:
            if "Ctrl-C stops" in line:
                return self
        raise AssertionError("it ended before it was ready")

    def end(self):
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
            self.popen.wait(60)
        self.popen.stdout.close()

    def output(self):
        return self.popen.communicate(timeout=60)[0]

    def query(self, statement):
        url = read_services(self.layout.services)["DATABASE_URL"]
        connection = psycopg2.connect(url.replace("postgres://", "postgresql://", 1))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
        connection.close()
        return rows


@pytest.fixture
def run(tmp_path):
    # Another user runs the database, so it must be able to pass through.
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o711)
    made = Run(tmp_path / "var")
    yield made
    if made.popen:
        made.end()
    state.end_leftovers(made.layout)


def test_killed_supervisor_starts_again_with_nothing_lost(run):
    run.start().until_ready()
    run.query("CREATE TABLE kept AS SELECT 1 AS n")
    children = state.read(run.layout).children

    run.popen.kill()
    run.end()
    run.start().until_ready()

    assert run.query("SELECT n FROM kept") == [(1,)]
    assert {child.name for child in children} == {"postgres", "valkey"}
    assert [child for child in children if processes.birth(child.pid) == child.born] == []


def test_second_start_says_who_runs_and_changes_nothing(run):
    run.start().until_ready()
    second = Run(run.layout.var).start()

    said = second.output()

    assert second.popen.returncode == 1
    assert f"already runs in this checkout (process {run.popen.pid})" in said
    assert run.query("SELECT 1") == [(1,)]


def test_busy_port_is_said_with_a_free_one(run):
    with socket.socket() as server:
        server.bind((ports.LOOPBACK, 0))
        server.listen()
        port = server.getsockname()[1]
        env = os.environ | {"INNOMARKET_VAR": str(run.layout.var)}
        done = subprocess.run(
            [sys.executable, "-m", "innomarket.embedded", "--port", str(port)],
            cwd=ROOT, env=env, capture_output=True, text=True,
        )  # fmt: skip

    assert done.returncode == 1
    assert f"Port {port} is in use" in done.stderr
    assert "PORT=" in done.stderr
    assert not run.layout.services.exists()


def test_death_of_one_stops_all_with_its_last_lines(run):
    run.start().until_ready()
    children = {child.name: child for child in state.read(run.layout).children}

    os.kill(children["valkey"].pid, signal.SIGKILL)
    said = run.output()

    assert run.popen.returncode == 1
    assert "valkey was killed by SIGKILL" in said
    assert "Ready to accept connections" in said
    assert processes.birth(children["postgres"].pid) != children["postgres"].born
    assert not run.layout.services.exists()


def test_interrupt_stops_all_and_leaves_no_file_that_names_a_service(run):
    run.start().until_ready()
    children = state.read(run.layout).children
    assert run.layout.services.stat().st_mode & 0o777 == 0o600

    run.popen.send_signal(signal.SIGINT)
    said = run.output()

    assert run.popen.returncode == 0
    assert "Stopped." in said
    assert not run.layout.services.exists()
    assert [child for child in children if processes.birth(child.pid) == child.born] == []


def test_two_checkouts_run_side_by_side(run, tmp_path):
    other = Run(tmp_path / "other")
    run.start().until_ready()
    other.start().until_ready()
    try:
        ours, theirs = (read_services(each.layout.services) for each in (run, other))
        assert ours["DATABASE_URL"] != theirs["DATABASE_URL"]
        assert ours["REDIS_URL"] != theirs["REDIS_URL"]
        other.query("CREATE TABLE theirs (n int)")
        assert run.query("SELECT to_regclass('theirs')") == [(None,)]
    finally:
        other.end()


def test_status_says_what_runs(run):
    run.start().until_ready()
    asked = subprocess.run(
        [sys.executable, "-m", "innomarket.embedded", "status"],
        cwd=ROOT,
        env=os.environ | {"INNOMARKET_VAR": str(run.layout.var)},
        capture_output=True,
        text=True,
    )

    assert asked.returncode == 0
    assert f"process {run.popen.pid}  ready" in asked.stdout
    assert asked.stdout.count("  runs") == 2
