"""Drafts saved a second by eight people at once: quiet, and while 24 slow uplinks trickle.

Behind nginx and without, and on a slow disk.
"""

import http.client
import threading
import time
from urllib.parse import urlencode, urlsplit

from benchmarks import flush
from benchmarks.deployments import deployment, lay
from benchmarks.table import Table
from tests.embedded.proxied import SlowUplinks, put_before

PEOPLE = 8
SECONDS = 3.0
UPLINKS = 24
TOKEN = "a" * 32


class Editor:
    """One person who saves the same step over and over, until told to stop."""

    def __init__(self, url: str, path: str, session: str) -> None:
        self.host = urlsplit(url).netloc
        self.path = path
        self.headers = {
            "Cookie": f"innomarket_session={session}; innomarket_csrf={TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def save(self, text: str) -> int:
        """The answer's status; 0 when none came in three seconds."""
        fields = {"csrfmiddlewaretoken": TOKEN, "title": text, "problem": text, "who_suffers": text,
                  "today": text, "stay": "1"}  # fmt: skip
        connection = http.client.HTTPConnection(self.host, timeout=SECONDS)
        try:
            connection.request("POST", self.path, urlencode(fields), self.headers)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()


def rate(people: list[Editor]) -> float:
    """Drafts saved a second by all of them together.

    Raises SystemExit when a save is refused: then something else would be measured.
    """
    until = time.monotonic() + SECONDS
    saved: list[int] = []

    def work(editor: Editor) -> None:
        number = 0
        while time.monotonic() < until:
            number += 1
            status = editor.save(f"저장 {number}")
            if status:
                saved.append(status)

    threads = [threading.Thread(target=work, args=[editor]) for editor in people]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if set(saved) - {302}:
        raise SystemExit(f"Drafts were not saved: {sorted(set(saved))}")
    return len(saved) / (time.monotonic() - began)


def measure(table: Table, *, rounds: int) -> None:
    """Behind nginx as it is installed, on a disk that takes its time, and without nginx as the control."""
    _row(table, "nginx in front", rounds, goal="≥ 0.6")
    with flush.of_a_millisecond():
        table.add("commits a second, each flushed in 1 ms", [flush.commits_a_second()], "/s", "< 1000")
        _row(table, "nginx in front, each commit flushed in 1 ms", rounds, goal="≥ 0.6")
    _row(table, "web server alone", rounds, goal="control: near 0")


def _row(table: Table, name: str, rounds: int, *, goal: str) -> None:
    """Each round measures quiet and busy after each other, so that their ratio has one state of the machine."""
    with deployment() as made:
        if name.startswith("nginx"):
            put_before(made)
        else:
            made.web()
        people = [Editor(made.url, **each) for each in lay(made, "editors", PEOPLE)]
        rate(people)  # the first requests of a process pay for its imports
        quiet, busy = [], []
        for _ in range(rounds):
            quiet.append(rate(people))
            with SlowUplinks(made.url, UPLINKS):
                busy.append(rate(people))
    table.add(f"drafts saved, {name}, quiet", quiet, "/s")
    table.add(f"drafts saved, {name}, {UPLINKS} slow uplinks", busy, "/s")
    table.add(f"  ratio, {name}", [b / q for b, q in zip(busy, quiet, strict=True)], "", goal)
