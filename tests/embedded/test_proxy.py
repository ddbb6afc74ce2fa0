"""nginx in front: what it passes on, what it refuses, and what stands where there is none."""

import http.server
import json
import os
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request

import pytest
import yaml

from innomarket.embedded import ports, processes, programs, proxy
from innomarket.embedded.layout import ROOT, Layout, Trouble
from innomarket.submissions.models import SubmissionRule
from innomarket.submissions.shipped import MEBIBYTE
from tests.embedded.proxied import command, put_before

TOKEN = "a" * 32
FORGED = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Real-IP": "203.0.113.7",
    "Forwarded": "for=203.0.113.7;proto=https",
}


class Mirror(http.server.BaseHTTPRequestHandler):
    """Answers with the headers it received."""

    def do_GET(self) -> None:
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def mirror():
    """The port of a server that shows what reached it."""
    server = http.server.ThreadingHTTPServer((ports.LOOPBACK, 0), Mirror)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def through(tmp_path, mirror):
    """Start nginx before the mirror; the function asks through it and returns the headers that arrived."""
    layout = Layout(tmp_path / "var")
    layout.make()
    started = []

    def ask(headers, path="/"):
        run, port = command(layout, mirror)
        process = programs.start("proxy", run, layout=layout, env=os.environ)
        started.append(process)
        request = urllib.request.Request(f"http://{ports.LOOPBACK}:{port}{path}", headers=headers)
        for _ in range(200):
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    return json.load(answer) | {"asked": f"{ports.LOOPBACK}:{port}"}
            except urllib.error.URLError:
                assert process.ended() is None, process.last_lines()
                threading.Event().wait(0.05)
        raise AssertionError("nginx does not answer")

    yield ask
    processes.stop_all(started)


def test_forged_headers_are_overwritten(through):
    arrived = through(FORGED)

    assert arrived["x-forwarded-for"] == ports.LOOPBACK
    assert arrived["x-forwarded-proto"] == "http"
    assert arrived["host"] == arrived["asked"]
    assert not {"forwarded", "x-real-ip", "x-forwarded-host"} & set(arrived)


def test_proxy_with_https_in_front_is_believed_about_its_own_client_only(through, monkeypatch):
    monkeypatch.setenv("BEHIND_PROXY", "on")
    arrived = through({"X-Forwarded-For": "203.0.113.7, 198.51.100.9", "X-Forwarded-Proto": "https"})

    assert arrived["x-forwarded-for"] == "198.51.100.9"
    assert arrived["x-forwarded-proto"] == "https"


def test_stranger_is_not_believed_although_a_proxy_is_awaited(through, monkeypatch):
    monkeypatch.setenv("BEHIND_PROXY", "on")
    monkeypatch.setenv("OUTER_PROXY", "192.0.2.1")

    assert through(FORGED)["x-forwarded-for"] == ports.LOOPBACK


@pytest.mark.parametrize(
    ("path", "passed"),
    [("/", True), ("/ocds/", True), ("/api/v1/docs/", True), ("/api/v1/products/", False),
     ("/ocds/releases.json", False), ("/en/feeds/nothing.atom", False), ("/sitemaps/nothing.xml", False)],
)  # fmt: skip
def test_cookie_goes_only_where_nothing_is_compressed(through, path, passed):
    """An error where public answers are compressed is a page too: with nobody's name and no secret on it."""
    arrived = through({"Cookie": "innomarket_session=x", **FORGED}, path)
    assert ("cookie" in arrived) is passed
    assert arrived["x-forwarded-for"] == ports.LOOPBACK and "forwarded" not in arrived


@pytest.mark.portal
def test_guessing_is_limited_by_the_real_address_whatever_is_forged(deployment):
    put_before(deployment)

    def guess(number):
        """With another person's address each time, so that only the limit by origin can stop it."""
        fields = {"login": f"p{number}@example.org", "password": "wrong", "csrfmiddlewaretoken": TOKEN}
        headers = {"X-Forwarded-For": f"203.0.113.{number}", "Cookie": f"innomarket_csrf={TOKEN}"}
        request = urllib.request.Request(
            f"{deployment.url}/en/accounts/login/", urllib.parse.urlencode(fields).encode(), headers
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as answer:
            return f"{answer.code} {answer.read().decode()}"

    pages = [guess(number) for number in range(1, 13)]

    assert "Too many failed login attempts" not in pages[0]
    assert "Too many failed login attempts" in pages[-1]


@pytest.mark.portal
def test_too_large_an_upload_is_refused_in_both_languages(deployment):
    put_before(deployment)
    request = urllib.request.Request(
        f"{deployment.url}/calls/", b"x" * 1000, {"Content-Length": str(100 * MEBIBYTE)}, method="POST"
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)

    page = refused.value.read().decode()
    assert refused.value.code == 413
    assert "파일이 너무 큽니다" in page
    assert "This file is too large" in page
    assert refused.value.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert deployment.get("/static/css/innomarket.css")[0] == 200


@pytest.mark.portal
def test_stopped_web_server_is_said_in_both_languages(deployment):
    put_before(deployment)
    deployment.stop("web")

    status, page = deployment.get("/calls/")

    assert status == 502
    assert "지금은 연결할 수 없습니다" in page.decode()
    assert "saved is safe" in page.decode()


@pytest.mark.django_db
def test_largest_file_of_the_shipped_rules_passes():
    largest = SubmissionRule.objects.get(is_default=True).max_file_bytes
    assert int(proxy.DEFAULT_LIMIT.removesuffix("m")) * MEBIBYTE > largest


def test_without_nginx_it_is_said_and_none_is_started(monkeypatch):
    monkeypatch.setenv("NGINX_BIN", "off")
    assert proxy.program() is None
    assert "NGINX_BIN" in proxy.MISSING


def test_named_nginx_that_does_not_run_is_an_error(monkeypatch):
    monkeypatch.setenv("NGINX_BIN", "/bin/false")
    with pytest.raises(Trouble, match="NGINX_BIN=/bin/false does not run"):
        proxy.program()


def test_bad_limit_is_said_in_nginx_words(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOAD_LIMIT", "plenty")
    layout = Layout(tmp_path / "var")
    layout.make()
    with pytest.raises(Trouble, match="client_max_body_size"):
        command(layout, 1)


def test_compose_fills_every_place_of_the_same_configuration(tmp_path):
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["proxy"]
    mounted = dict(volume.split(":")[:2] for volume in service["volumes"])
    for path in mounted:
        assert (ROOT / path).exists(), path
    text = proxy.TEMPLATES.joinpath("portal.conf.template").read_text()
    for name, value in service["environment"].items():
        plain = value.partition(":-")[2].rstrip("}") if value.startswith("${") else value.replace("$$", "$")
        assert f"${{{name}}}" in text, f"{name} stands nowhere in the configuration"
        text = text.replace(f"${{{name}}}", plain)
    assert "${" not in text

    # A name of another container is no name here.
    (tmp_path / "portal.conf").write_text(text.replace("http://web:", "http://127.0.0.1:"))
    frame = "events {} http { include " + str(tmp_path / "portal.conf") + "; }"
    (tmp_path / "nginx.conf").write_text(frame + f"\npid {tmp_path}/pid;")
    tested = subprocess.run(
        [str(proxy.program()), "-e", "stderr", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-t"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert tested.returncode == 0, tested.stderr
