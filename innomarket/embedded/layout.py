"""Where things lie: everything that is made at run time is under `var/` of this checkout."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class Trouble(Exception):
    """Something a person must act on; the message says what and how. Shown without a traceback."""


@dataclass(frozen=True)
class Layout:
    """The folders and files of one set of services (`var/` for `make up`, `var/test/` for `make test`)."""

    var: Path

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def log(self) -> Path:
        return self.var / "log"

    @property
    def postgres(self) -> Path:
        return self.var / "postgres"

    @property
    def valkey(self) -> Path:
        return self.var / "valkey"

    @property
    def lock(self) -> Path:
        return self.run / "lock"

    @property
    def state(self) -> Path:
        return self.run / "state.json"

    @property
    def services(self) -> Path:
        return self.run / "services.env"

    @property
    def signins(self) -> Path:
        return self.run / "signins.txt"

    def make(self) -> None:
        """Create the folders. Another user may have to pass through `var/` to the database, but read nothing."""
        self.var.mkdir(parents=True, exist_ok=True)
        for folder in (self.run, self.log):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)
        (self.var / "static").mkdir(exist_ok=True)


def default_layout() -> Layout:
    """`var/` of this checkout, or the folder that INNOMARKET_VAR names."""
    return Layout(Path(os.environ.get("INNOMARKET_VAR") or ROOT / "var").resolve())


def write_private(path: Path, content: str) -> None:
    """Replace a file at once; only its owner can read it, at no moment anyone else."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    fresh.replace(path)
