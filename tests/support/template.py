"""Make the template database: migrated once for as long as no migration changes, rules loaded, clock movable.

Run as `python -m tests.support.template`; the last word that it prints is the template's name.
"""

import hashlib
import os
import sys

from tests.support import databases

TEMPLATE = "innomarket_template"
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
APPS = ("innomarket", "challenges", "designation", "catalog", "pilots")


def fingerprint() -> str:
    """A hash of every migration and of the lock: what the tables are made of."""
    digest = hashlib.sha256()
    paths = [os.path.join(ROOT, "requirements", "run.txt")]
    for app in APPS:
        for folder, _, files in os.walk(os.path.join(ROOT, app)):
            if os.path.basename(folder) == "migrations":
                paths += [os.path.join(folder, name) for name in files if name.endswith(".py")]
    for path in sorted(paths):
        digest.update(path.encode() + b"\0")
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:16]


def main() -> None:
    """The migrated database is kept between runs; what code fills in (rules) is made anew from it each time."""
    migrated = f"{TEMPLATE}_{fingerprint()}"
    databases.drop_all(keep=migrated)
    fresh = not databases.exists(migrated)
    name = f"{migrated}_making" if fresh else TEMPLATE
    if fresh:
        databases.create(name)
        _in_django(name, migrate=True)
        databases.rename(name, migrated)
    databases.create(TEMPLATE, template=migrated)
    _fill(TEMPLATE)
    print(TEMPLATE)


def _in_django(name: str, *, migrate: bool) -> None:
    """Migrate in a process of its own: one process, one database."""
    import subprocess

    environment = os.environ | {"DATABASE_URL": databases.url(name), "REDIS_URL": "redis://127.0.0.1:1/0"}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--noinput"],
        cwd=ROOT, env=environment, check=True,
    )  # fmt: skip


def _fill(name: str) -> None:
    """Load the rules and mark the clock as movable, under the template's own name; clones mark themselves."""
    os.environ |= {"DATABASE_URL": databases.url(name), "REDIS_URL": "redis://127.0.0.1:1/0"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "innomarket.settings")
    import django
    from django.core.management import call_command, get_commands
    from django.db import connections

    django.setup()
    if "load_rules" in get_commands():
        call_command("load_rules", verbosity=0)
    connections.close_all()


if __name__ == "__main__":
    main()
