"""Free ports are probed."""

import socket

from innomarket.embedded import ports
from tests.support import engines


def test_port_in_use_is_not_free_and_is_passed_over():
    first = next(ports.free_ports(32_000 + 100 * engines.worker_index()))
    with socket.socket() as server:
        server.bind((ports.LOOPBACK, first))
        server.listen()

        assert not ports.is_free(first)
        assert next(ports.free_ports(first)) > first

    assert ports.is_free(first)


def test_ports_stay_below_those_of_outgoing_connections():
    assert list(ports.free_ports(ports.LAST_PORT + 1)) == []
