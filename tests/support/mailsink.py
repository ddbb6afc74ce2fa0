"""A mail server of our own that honours the Message-ID: what it has already it drops, and counts."""

import re
from collections import Counter
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller

from innomarket.embedded import ports
from tests.support import engines

_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.I | re.M)
_PORT = 30_000


class MailSink:
    """Use as a context: `url` is its MAIL_URL, `kept` Message-ID -> (address, mail), `again` how many were dropped."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, bytes]] = {}
        self.again = 0
        self._controller: Controller | None = None

    def __enter__(self) -> "MailSink":
        port = next(ports.free_ports(_PORT + 100 * engines.worker_index()))
        self._controller = Controller(self, hostname=ports.LOOPBACK, port=port)
        self._controller.start()
        self.url = f"smtp://{ports.LOOPBACK}:{port}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._controller:
            self._controller.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """aiosmtpd's hook for a whole mail."""
        found = _ID.search(envelope.content)
        if found is None:
            return "554 without Message-ID"
        key = found.group(1).decode()
        if key in self.kept:
            self.again += 1
        else:
            self.kept[key] = (envelope.rcpt_tos[0], envelope.content)
        return "250 kept"

    def addresses(self) -> Counter[str]:
        """How many mails each address has."""
        return Counter(address for address, _mail in list(self.kept.values()))
