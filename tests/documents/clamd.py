"""A clamd that speaks the real protocol on a real socket: INSTREAM and PING, as clamd(8) writes them."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from innomarket.documents.types import EICAR


class FakeClamd:
    """Listens on a port of 127.0.0.1, or on ``path``. ``mood``: honest, silent, rude (closes), broken (an error)."""

    def __init__(self, path: str = "", *, mood: str = "honest", longest: int = 1 << 30) -> None:
        self.mood, self.longest = mood, longest
        self.seen: list[bytes] = []
        self._socket = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        self._socket.bind(path or ("127.0.0.1", 0))
        self._socket.listen()
        self.address = f"unix:{path}" if path else f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._over.set()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                link, _peer = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._speak, args=(link,), daemon=True).start()

    def _speak(self, link: socket.socket) -> None:
        with link:
            if self.mood == "silent":
                self._over.wait(30)
                return
            command = self._until_zero(link)
            if self.mood == "rude":
                return
            if command == b"zPING":
                link.sendall(b"PONG\0")
            elif command == b"zINSTREAM":
                link.sendall(self._scan(link) + b"\0")
            else:
                link.sendall(b"UNKNOWN COMMAND\0")

    def _scan(self, link: socket.socket) -> bytes:
        content = b""
        while length := struct.unpack("!I", self._exactly(link, 4))[0]:
            if len(content) + length > self.longest:
                return b"INSTREAM size limit exceeded. ERROR"
            content += self._exactly(link, length)
        self.seen.append(content)
        if self.mood == "broken":
            return b"stream: Can't allocate memory ERROR"
        return b"stream: Eicar-Signature FOUND" if EICAR in content or b"EVIL" in content else b"stream: OK"

    @staticmethod
    def _until_zero(link: socket.socket) -> bytes:
        found = b""
        while not found.endswith(b"\0"):
            more = link.recv(1)
            if not more:
                break
            found += more
        return found.rstrip(b"\0")

    @staticmethod
    def _exactly(link: socket.socket, length: int) -> bytes:
        found = b""
        while len(found) < length:
            more = link.recv(length - len(found))
            if not more:
                return found.ljust(length, b"\0")
            found += more
        return found


@contextmanager
def clamd(path: str = "", **how: object) -> Iterator[FakeClamd]:
    server = FakeClamd(path, **how)  # type: ignore[arg-type]
    try:
        yield server
    finally:
        server.close()
