"""Ports on this machine: which are free."""

import socket
from collections.abc import Iterator

LOOPBACK = "127.0.0.1"
LAST_PORT = 32_767
"""Above lie the ports that the kernel gives to outgoing connections."""


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """True when a server could listen there now. SO_REUSEADDR: one that just ended does not count as busy."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_ports(first: int, *, count: int = 400) -> Iterator[int]:
    """Free ports from `first` upwards, below the range of outgoing connections."""
    for port in range(first, min(first + count, LAST_PORT + 1)):
        if is_free(port):
            yield port
