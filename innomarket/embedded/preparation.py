"""What stands between a running database and a running portal: tables, translations, styles, rules, sample.

Run by the supervisor as `python -m innomarket.embedded.preparation FILE`; FILE receives the sign-ins to print.
Every step may run again at any time.
"""

import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from innomarket.embedded.layout import ROOT, Layout, default_layout, write_private
from innomarket.embedded.progress import step

MAILBOX_VIEWS = ("notifications:mailbox", "notifications:local_mailbox", "mailbox", "local_mailbox")


def main(signins: Path) -> None:
    layout = default_layout()
    translate()
    collect_static(layout)
    import django

    django.setup()
    migrate()
    load_rules()
    index_products()
    fill_listings()
    load_sample(layout)
    write_private(signins, sign_ins())


def translate() -> None:
    """Compile the catalogues in Python (there may be no msgfmt) where one is older than its source."""
    from tools import messages

    with step("Translations") as note:
        compiled = messages.compile_all(only_stale=True)
        note.text = f"{compiled} compiled" if compiled else "unchanged"


def collect_static(layout: Layout) -> None:
    """Gather and compress the static files when one changed since the last time."""
    stamp = layout.run / "static-stamp"
    with step("Static files") as note:
        present = fingerprint(static_sources())
        stands = stamp.read_text() if stamp.exists() else ""
        if stands == present and (layout.var / "static" / "staticfiles.json").exists():
            note.text = "unchanged"
            return
        stamp.unlink(missing_ok=True)
        # A process of its own: the settings choose the storage by this command's name.
        done = subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "1"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        stamp.write_text(present)
        note.text = done.stdout.strip().rpartition("\n")[2].partition(" copied")[0]


def static_sources() -> Iterator[Path]:
    """Our static files, and the lock for those of the packages."""
    yield ROOT / "requirements" / "run.txt"
    apps = [
        path for path in (*ROOT.iterdir(), *(ROOT / "innomarket").iterdir()) if (path / "apps.py").exists()
    ]
    for folder in (ROOT / "static", *(path / "static" for path in sorted(apps))):
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def fingerprint(paths: Iterator[Path]) -> str:
    """Names, sizes and times of the files as one hash."""
    digest = hashlib.sha256()
    for path in paths:
        stat = path.stat()
        digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def migrate() -> None:
    from django.core.management import call_command

    output = io.StringIO()
    with step("Migrations") as note:
        call_command("migrate", interactive=False, verbosity=1, stdout=output)
        note.text = f"{output.getvalue().count('... OK') or 'none'} applied".replace(
            "none applied", "nothing to do"
        )


def exists(command: str) -> bool:
    from django.core.management import get_commands

    return command in get_commands()


def load_rules() -> None:
    """The dated rules (limits, rates, pass marks); idempotent."""
    from django.core.management import call_command

    if not exists("load_rules"):
        print("  Rules: this version has no load_rules", flush=True)
        return
    with step("Rules"):
        call_command("load_rules", verbosity=0, stdout=io.StringIO())


def index_products() -> None:
    """Make products findable that an earlier version listed."""
    from django.core.management import call_command

    with step("Search"):
        call_command("reindex_search", missing=True, verbosity=0, stdout=io.StringIO())


def fill_listings() -> None:
    """The public listings of products that an older version listed, or wrote in another format."""
    from django.core.management import call_command

    with step("Public listings"):
        call_command("rebuild_catalog", missing=True, stdout=io.StringIO())


def load_sample(layout: Layout) -> None:
    """The sample, once, into an empty database of this checkout (elsewhere only with LOAD_SAMPLE=on).

    A marker stands while it loads: a start that was killed in the middle loads again, which changes nothing that
    is already there.
    """
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from innomarket.settings.environment import flag

    marker = layout.run / "sample-loading"
    if not flag("LOAD_SAMPLE", default=settings.EMBEDDED):
        return
    if get_user_model()._default_manager.exists() and not marker.exists():
        return
    if not exists("load_sample"):
        print("  Sample: this version has no load_sample", flush=True)
        return
    print("  Sample: the database is empty, loading", flush=True)
    with step("Sample"):
        marker.touch()
        print(flush=True)
        call_command("load_sample")
        marker.unlink()
        print(f"  {'':<34}", end="")


def sign_ins() -> str:
    """The demo sign-ins and the mailbox's address, as the start prints them; empty on a server of one's own."""
    from django.conf import settings
    from django.core.management import call_command

    from innomarket.settings.environment import flag

    lines = []
    if exists("demo_signins") and flag("LOAD_SAMPLE", default=settings.EMBEDDED):
        output = io.StringIO()
        call_command("demo_signins", stdout=output)
        lines.append(output.getvalue().rstrip())
    if not settings.MAIL_URL and (address := mailbox()):
        lines.append(f"Every mail lands in {settings.PUBLIC_URL}{address}")
    return "\n".join(lines) + "\n"


def mailbox() -> str:
    """The path of the local mailbox page, empty when there is none."""
    from django.urls import NoReverseMatch, reverse

    for name in MAILBOX_VIEWS:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "innomarket.settings")
    main(Path(sys.argv[1]))
