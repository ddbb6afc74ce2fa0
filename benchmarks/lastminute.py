"""The last minute before a closing: everybody saves, uploads 5 MB and submits, some over slow lines, some too late.

A real portal stands behind nginx with its worker and beat, the call closes at an instant of the database's clock while
requests are running, and afterwards each file is read back from the store and hashed.
"""

import base64
import hashlib
import http.client
import os
import random
import threading
import time
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import urlencode, urlsplit

from benchmarks import flush
from benchmarks.deployments import deployment, lay
from benchmarks.drafts import TOKEN, Editor, rate
from benchmarks.table import Table
from tests.embedded.proxied import put_before
from tests.support.deployment import Deployment

SIZE = 5 << 20
PIECE = 2 << 20
MINUTE = 60.0
SLOW_FOR = 66.0
"""Seconds that a slow line takes for one file: begun before the minute, some end after it."""
AT_THE_INSTANT = 10
"""Every so manyth person has all ready and presses the button within a second of the closing."""
PATIENCE = 90.0
EDITORS = 8


@dataclass
class Person:
    """One applicant with a complete draft: what is sent, when, what came of it. Instants in seconds of the epoch."""

    url: str
    number: str
    session: str
    place: int
    ballast: bytes = b""
    sha256: str = ""
    arrives_at: float = 0.0
    presses_at: float = 0.0
    pace: float = 0.0  # bytes a second; 0: as fast as it goes
    saves: list[float] = field(default_factory=list)
    upload: float | None = None
    sent_at: float = 0.0
    took: float = 0.0
    status: int = 0
    goes_to: str = ""
    trouble: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        return self.status == 302 and self.goes_to.endswith("/receipt/")

    def live(self) -> None:
        """Save, upload by pieces or as a plain form, save again, submit."""
        time.sleep(max(0.0, self.arrives_at - time.time()))
        self.save("처음")
        content = pdf(self.ballast, self.place)
        self.sha256 = hashlib.sha256(content).hexdigest()
        began = time.time()
        if (self._by_pieces if self.place % 2 else self._as_form)(content):
            self.upload = time.time() - began
        del content
        self.save("마지막")
        time.sleep(max(0.0, self.presses_at - time.time()))
        self.sent_at = time.time()
        body = urlencode({"csrfmiddlewaretoken": TOKEN}).encode()
        self.status, heads = self._ask("POST", f"/submissions/{self.number}/check/", body)
        self.took = time.time() - self.sent_at
        self.goes_to = heads.get("Location", "")

    def save(self, text: str) -> None:
        fields = {"csrfmiddlewaretoken": TOKEN, "title": f"{text} {self.place}", "problem": text,
                  "who_suffers": text, "today": text, "stay": "1"}  # fmt: skip
        began = time.time()
        status, _heads = self._ask(
            "POST", f"/submissions/{self.number}/edit/problem/", urlencode(fields).encode()
        )
        self.saves.append(time.time() - began)
        if status != 302:
            self.trouble.append(f"save {status}")

    def _as_form(self, content: bytes) -> bool:
        edge = "edge-of-the-form"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n',
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="file-{self.place}.pdf"\r\n'
            "Content-Type: application/pdf\r\n\r\n",
        ]
        body = "".join(parts).encode() + content + f"\r\n--{edge}--\r\n".encode()
        status, _heads = self._ask(
            "POST",
            f"/submissions/{self.number}/files/attachment/",
            body,
            {"Content-Type": f"multipart/form-data; boundary={edge}"},
        )
        return self._note("form", status, 302)

    def _by_pieces(self, content: bytes) -> bool:
        name = base64.b64encode(f"file-{self.place}.pdf".encode()).decode()
        tus = {"Tus-Resumable": "1.0.0", "X-CSRFToken": TOKEN}
        status, heads = self._ask(
            "POST",
            f"/submissions/{self.number}/files/attachment/uploads/",
            b"",
            tus | {"Upload-Length": str(len(content)), "Upload-Metadata": f"filename {name}"},
        )
        if not self._note("begin", status, 201):
            return False
        for offset in range(0, len(content), PIECE):
            status, _heads = self._ask(
                "PATCH",
                heads["Location"],
                content[offset : offset + PIECE],
                tus | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"},
            )
            if not self._note("piece", status, 204):
                return False
        return True

    def _note(self, what: str, status: int, wanted: int) -> bool:
        # 422: the call closed meanwhile. Anything else is a failure of the portal.
        if status not in (wanted, 422):
            self.trouble.append(f"{what} {status}")
        return status == wanted

    def _ask(
        self, method: str, path: str, body: bytes, more: dict[str, str] | None = None
    ) -> tuple[int, Message]:
        """Status and heads of the answer; status 0 where none came."""
        heads = {
            "Cookie": f"innomarket_session={self.session}; innomarket_csrf={TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
        }
        line = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)
        try:
            line.putrequest(method, path)
            for name, value in (heads | (more or {})).items():
                line.putheader(name, value)
            line.endheaders()
            self._send(line, body)
            answer = line.getresponse()
            answer.read()
            return answer.status, answer.headers
        except (OSError, http.client.HTTPException):
            return 0, Message()
        finally:
            line.close()

    def _send(self, line: http.client.HTTPConnection, body: bytes) -> None:
        step = int(self.pace / 2) if self.pace else len(body) or 1
        for start in range(0, len(body), step):
            line.send(body[start : start + step])
            if self.pace and len(body) > step:
                time.sleep(0.5)


def measure(table: Table, *, people: int, slow: int) -> None:
    """One minute; every figure is of the same one. Each commit is flushed in 1 ms, as on a disk."""
    with flush.of_a_millisecond(), deployment() as made:
        put_before(made)
        made.worker()
        made.beat()
        crowd = [
            Person(made.url, place=place, **each) for place, each in enumerate(lay(made, "crowd", people))
        ]
        ballast = os.urandom(SIZE // 2).hex().encode()
        for person in crowd:
            person.ballast = ballast
        editors = [
            Editor(made.url, f"/submissions/{each.number}/edit/problem/", each.session)
            for each in crowd[-EDITORS:]
        ]
        rate(editors)  # the first requests of a process pay for its imports
        quiet = [rate(editors) for _round in range(3)]
        closes_at = float(lay(made, "closing_in", int(MINUTE) + 15))
        plan(crowd, slow, closes_at)
        threads = [threading.Thread(target=person.live) for person in crowd]
        for thread in threads[:slow]:
            thread.start()
        time.sleep(0.5)
        busy = [rate(editors) for _round in range(3)]
        for thread in threads[slow:]:
            thread.start()
        for thread in threads:
            thread.join()
        closed_at = _closed_at(made)
        stored = lay(made, "stored", 0)
    report(table, crowd, slow, closes_at, stored)
    table.add("  closed, after the instant", [closed_at - closes_at], "s")
    ratios = [b / q for b, q in zip(busy, quiet, strict=True)]
    table.add(f"  drafts while {slow} files trickle / quiet", ratios, "", "≥ 0.6")


def plan(crowd: list[Person], slow: int, closes_at: float) -> None:
    """When each of them comes; the same at every run."""
    dice = random.Random(20_260_101)
    for person in crowd[:slow]:
        person.arrives_at, person.pace = 0.0, SIZE / dice.uniform(0.7 * SLOW_FOR, 1.1 * SLOW_FOR)
    for person in crowd[slow:]:
        person.arrives_at = closes_at - MINUTE + dice.uniform(0, MINUTE + 2)
        if person.place % AT_THE_INSTANT == 0:
            person.arrives_at = closes_at - MINUTE + dice.uniform(0, MINUTE - 15)
            person.presses_at = closes_at + dice.uniform(-1, 1)


def pdf(ballast: bytes, place: int) -> bytes:
    """A PDF of SIZE bytes that no other person has."""
    head = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n% " + f"{place:08d} ".encode()
    tail = b"\ntrailer << /Root 1 0 R >>\n%%EOF\n"
    return head + ballast[: SIZE - len(head) - len(tail)] + tail


def report(
    table: Table, crowd: list[Person], slow: int, closes_at: float, stored: dict[str, dict[str, Any]]
) -> None:
    """What was said to each person beside what the database and the store hold. ``stored``: number → revision."""
    accepted = [person for person in crowd if person.accepted]
    refused = [person for person in crowd if person.status in (409, 422)]
    failed = [person for person in crowd if person not in accepted and person not in refused]
    whole = [person for person in accepted if _is_whole(person, stored.get(person.number))]
    late = [row for row in stored.values() if row["submitted_at"] >= closes_at]
    unheard = set(stored) - {person.number for person in accepted}
    in_time = [person for person in refused if person.sent_at < closes_at]
    table.add(
        f"the last minute: {len(crowd)} people, {slow} on slow lines, submits; flushed in 1 ms",
        [len(crowd)],
        "",
    )
    table.add("  accepted", [len(accepted)], "")
    table.add("  stored, each SHA-256 read back from the store", [len(whole)], "", f"= {len(accepted)}")
    table.add("  lost: accepted and not stored so", [len(accepted) - len(whole)], "", "0")
    table.add("  late: stored at the instant or after", [len(late)], "", "0")
    table.add("  stored, but not answered as accepted", [len(unheard)], "", "0")
    table.add("  refused, sent after the instant", [len(refused) - len(in_time)], "")
    table.add("  refused, sent before, their turn came after", [len(in_time)], "")
    trouble = [f"submit {person.status}" for person in failed] + [
        each for person in crowd for each in person.trouble
    ]
    table.add(f"  failed otherwise {', '.join(sorted(set(trouble)))}".rstrip(), [len(trouble)], "", "0")
    table.spread("  a submit", [person.took for person in crowd])
    table.spread("  a saved draft", [seconds for person in crowd for seconds in person.saves])
    for name, odd in (("by pieces", 1), ("as a plain form", 0)):
        took = [person.upload for person in crowd[slow:] if person.upload and person.place % 2 == odd]
        table.spread(f"  5 MB on a quick line, {name}", took)


def _is_whole(person: Person, row: dict[str, Any] | None) -> bool:
    """Stored with the file where its upload was answered as taken, and with no other."""
    wanted = [person.sha256] if person.upload else []
    return row is not None and row["files"] == wanted and row["seal_holds"]


def _closed_at(made: Deployment) -> float:
    query = "SELECT extract(epoch FROM closed_at) FROM submissions_call WHERE closed_at IS NOT NULL"
    made.wait(lambda: bool(made.rows(query)), "the worker closes the call")
    return float(made.rows(query)[0][0])
