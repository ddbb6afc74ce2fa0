"""Write the whole history as one OCDS release package."""

import itertools
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from innomarket.portal.ocds import package
from innomarket.portal.ocds.since import Span, moment_of


class Counted:
    """Rows that pass, and how many did."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self.rows, self.passed = rows, 0

    def __iter__(self) -> Iterator[Any]:
        for row in self.rows:
            self.passed += 1
            yield row


class Command(BaseCommand):
    help = (
        "Write the whole history of every need, from the task to the result of the pilot, as one OCDS 1.1.5 release"
        " package. The file is put in place whole, or not at all. Two runs over the same history write the same bytes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", required=True, metavar="FILE", help="- is the standard output")
        parser.add_argument("--records", action="store_true", help="a record package, with compiled releases")
        parser.add_argument(
            "--versioned", action="store_true", help="with --records: every value's history too"
        )
        parser.add_argument("--since", metavar="DAY", help="only from this day or instant on (Seoul)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["versioned"] and not options["records"]:
            raise CommandError("--versioned belongs to --records.")
        span = Span(since=_instant(options["since"]))
        kind = "records" if options["records"] else "releases"
        rows = (
            package.records_in(span, versioned=options["versioned"])
            if options["records"]
            else package.releases_in(span)
        )
        first = next(rows, None)
        if first is None:
            raise CommandError(
                "There is nothing to publish yet: a package of no releases would not be valid."
            )
        address = (
            f"/ocds/releases.json?since={options['since']}" if options["since"] else "/ocds/history.json"
        )
        address += "#records" if options["records"] else ""
        counted = Counted(itertools.chain([first], rows))
        parts = package.written(kind, counted, address)
        if options["output"] == "-":
            for part in parts:
                sys.stdout.buffer.write(part)
            sys.stdout.buffer.flush()
            return
        write_whole(Path(options["output"]), parts)
        self.stdout.write(f"{counted.passed} {kind}: {options['output']}")


def write_whole(target: Path, parts: Iterable[bytes]) -> None:
    """Written beside and then put in place: whoever reads it sees the old file or the new one, never half of one.

    Raises CommandError where the folder is missing or cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
    try:
        with open(handle, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return moment_of(text)
    except ValueError as error:
        raise CommandError(f"{text} is no day: write 2026-01-31 or 2026-01-31T09:00:00+09:00.") from error
