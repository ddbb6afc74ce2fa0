"""The two servers together, and the file that tells the settings where they are."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from innomarket.embedded import postgres, valkey
from innomarket.embedded.layout import Layout, write_private
from innomarket.embedded.processes import Process
from innomarket.embedded.progress import step


@dataclass
class Services:
    """Where database and broker are, and the processes that were started for it."""

    variables: dict[str, str] = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)


def start(
    layout: Layout, services: Services, *, durable: bool = True, started: Callable[[], None] = lambda: None
) -> None:
    """Start what the environment does not name. Fills `services` as it goes, so that a failure can stop the rest.

    `started` is called after each program, to record it.
    """
    if named := os.environ.get("DATABASE_URL"):
        with step("PostgreSQL of DATABASE_URL") as note:
            note.text = postgres.check_named(named)
        services.variables |= {"DATABASE_URL": named, "INNOMARKET_EMBEDDED": "off"}
    else:
        with step("PostgreSQL") as note:
            database = postgres.start(layout, durable=durable)
            note.text = f"{database.version}, port {database.port}"
        services.processes.append(database.process)
        services.variables |= {"DATABASE_URL": database.url(), "INNOMARKET_EMBEDDED": "on"}
        started()
    if named := os.environ.get("REDIS_URL"):
        services.variables["REDIS_URL"] = named
    else:
        with step("Valkey (Redis-compatible)") as note:
            broker = valkey.start(layout, durable=durable)
            note.text = f"{broker.version}, port {broker.port}"
        services.processes.append(broker.process)
        services.variables["REDIS_URL"] = broker.url()
        started()


def write(layout: Layout, variables: dict[str, str]) -> None:
    """Write services.env, which settings read where no database is named: `manage.py` works in a second shell."""
    lines = ["# Written by innomarket.embedded while it runs."]
    lines += [f"{key}={value}" for key, value in variables.items()]
    write_private(layout.services, "\n".join(lines) + "\n")
