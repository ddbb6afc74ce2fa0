"""As whom PostgreSQL runs: it refuses root, so root hands it to an account without rights."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from innomarket.embedded.layout import Trouble

UNSHARE = ["unshare", "--user", "--map-user=65534", "--map-group=65534"]


@dataclass(frozen=True)
class Identity:
    """How to start a program as that account: a prefix for its command, arguments for Popen, who owns its files."""

    uid: int
    gid: int
    prefix: list[str] = field(default_factory=list)
    popen: dict[str, object] = field(default_factory=dict)

    def own(self, folder: Path) -> None:
        """Give the folder, with all in it, to this account. Only root can and only root needs to."""
        if os.geteuid() != 0 or folder.stat().st_uid == self.uid:
            return
        for path in (folder, *folder.rglob("*")):
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def unprivileged(*, binary: Path, folder: Path) -> Identity:
    """This user when it is not root; else `postgres`, else `nobody`, else root behind a user namespace.

    The account must have a passwd entry (PostgreSQL looks itself up) and must reach both the program and the
    folder. POSTGRES_ACCOUNT names another one; "unshare" asks for the namespace.
    Raises Trouble when there is no way.
    """
    if os.geteuid() != 0:
        return Identity(os.getuid(), os.getgid())
    wanted = os.environ.get("POSTGRES_ACCOUNT", "")
    names = [wanted] if wanted else ["postgres", "nobody"]
    for name in names:
        found = _account(name)
        if found and _reaches(found, binary, folder):
            return found
    if wanted in {"", "unshare"} and _namespaces_work(binary):
        return Identity(0, 0, prefix=UNSHARE)
    raise Trouble(
        f"You are root, and PostgreSQL refuses root. No account ({', '.join(names)}) can reach {folder}, and user "
        "namespaces are not to be had here. Do one of these:\n"
        "  - move the checkout to a folder that others may pass through (not below /root)\n"
        "  - start it as a normal user\n"
        "  - name a server: DATABASE_URL=postgres://user:password@host/name make up"
    )


def _account(name: str) -> Identity | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Identity(
        entry.pw_uid,
        entry.pw_gid,
        popen={"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []},
    )


def _reaches(account: Identity, binary: Path, folder: Path) -> bool:
    """Ask a process of that account: only the kernel knows all the ways in which a path can be closed."""
    shell = shutil.which("sh") or "/bin/sh"
    script = 'test -x "$1" && test -x "$2"'
    try:
        answer = subprocess.run(
            [shell, "-c", script, "sh", str(binary), str(folder)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            **account.popen,  # type: ignore[call-overload]
        )
    except OSError:
        return False
    return answer.returncode == 0


def _namespaces_work(binary: Path) -> bool:
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*UNSHARE, str(binary), "--version"], capture_output=True).returncode == 0
