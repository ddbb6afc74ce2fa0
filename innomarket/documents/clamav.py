"""Ask clamd about a stream of bytes: its INSTREAM command, over a socket file or TCP. No library does it kept.

The protocol (clamd(8)): ``zINSTREAM\\0``, then pieces each with its length in four bytes, a length of zero at the
end; the answer ends with a zero byte. clamd closes the connection where the stream is longer than its
StreamMaxLength, so a broken pipe may still have an answer behind it.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable, Iterator

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 120.0  # clamd's own ReadTimeout; a large archive takes its time
LONGEST_ANSWER = 4096


class ScannerAway(Exception):
    """No verdict: the scanner does not answer, broke off, or would not take the whole. The message says which."""


def scan(address: str, pieces: Iterable[bytes], *, seconds: float = ANSWER_SECONDS) -> str | None:
    """The name of what clamd found, or None for clean.

    ``address``: ``unix:/path/of/socket`` or ``host:port``; ``seconds``: the longest silence. Raises ScannerAway.
    """
    with _connection(address, seconds) as link:
        _send(link, pieces)
        return _verdict(_answer(link))


def ping(address: str, *, seconds: float = CONNECT_SECONDS) -> None:
    """Raises ScannerAway where clamd does not answer PONG."""
    with _connection(address, seconds) as link:
        try:
            link.sendall(b"zPING\0")
        except OSError as error:
            raise ScannerAway("broke off") from error
        if _answer(link) != "PONG":
            raise ScannerAway("answered something else than PONG")


def _connection(address: str, seconds: float) -> socket.socket:
    try:
        if address.startswith("unix:"):
            link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            link.settimeout(CONNECT_SECONDS)
            try:
                link.connect(address.removeprefix("unix:"))
            except OSError:
                link.close()
                raise
        else:
            host, _colon, port = address.rpartition(":")
            link = socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise ScannerAway("cannot be reached") from error
    link.settimeout(seconds)
    return link


def _send(link: socket.socket, pieces: Iterable[bytes]) -> None:
    """Until the end or until it closes: it may have said why before. Errors of reading the pieces pass through."""
    for part in _framed(pieces):
        try:
            link.sendall(part)
        except TimeoutError as error:
            raise ScannerAway("took the stream too slowly") from error
        except OSError:
            return


def _framed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    yield b"zINSTREAM\0"
    for piece in pieces:
        if piece:
            yield struct.pack("!I", len(piece)) + piece
    yield struct.pack("!I", 0)


def _answer(link: socket.socket) -> str:
    found = b""
    try:
        while b"\0" not in found and len(found) < LONGEST_ANSWER:
            more = link.recv(LONGEST_ANSWER)
            if not more:
                break
            found += more
    except TimeoutError as error:
        raise ScannerAway("did not answer in time") from error
    except OSError as error:
        if not found:
            raise ScannerAway("broke off") from error
    text, end, _rest = found.partition(b"\0")
    if not end:
        raise ScannerAway("broke off")
    return text.decode(errors="replace").strip()


def _verdict(answer: str) -> str | None:
    """Only the two exact answers are verdicts; everything else leaves the file where it is."""
    if answer == "stream: OK":
        return None
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")[:200] or "unnamed"
    if "size limit exceeded" in answer:
        raise ScannerAway("takes no file of this size (StreamMaxLength)")
    raise ScannerAway("answered with an error")
