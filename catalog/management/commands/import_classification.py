"""Import the classification of goods from a CSV or XLSX in the agency's published field names."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.services.classification import MOST_ROWS, SHOWN, import_classification
from innomarket.common.refusals import Refused
from innomarket.documents.tables import WrongRows, read_table

MOST_UNPACKED = 200 << 20  # bytes: the whole tree, in a file that the operator chose


class Command(BaseCommand):
    help = (
        "Import the tree of goods (2, 4, 6, 8 and 10 digits). Checked as a whole first, one transaction, safe to"
        " repeat. What the file no longer holds goes out of use."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")
        parser.add_argument(
            "--part", action="store_true", help="the file is a part: what is missing stays in use"
        )
        parser.add_argument(
            "--most-ended",
            type=int,
            default=20,
            metavar="PERCENT",
            help="refuse a file without more than this share of the classes in use (default 20)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            table = read_table(
                path.read_bytes(), name=path.name, most_rows=MOST_ROWS, most_unpacked=MOST_UNPACKED
            )
            outcome = import_classification(
                table=table,
                dry_run=options["dry_run"],
                keep_missing=options["part"],
                most_ended=options["most_ended"],
            )
        except OSError as error:
            raise CommandError(str(error)) from error
        except WrongRows as wrong:
            lines = "\n".join(str(one) for one in wrong.wrong[:SHOWN])
            raise CommandError(f"{wrong}\n{lines}") from wrong
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        for line in outcome.examples:
            self.stdout.write(line)
        said = "would be" if options["dry_run"] else "are"
        self.stdout.write(
            f"{outcome.new} new, {outcome.changed} changed, {outcome.same} the same, {outcome.ended} {said} out of use"
        )
