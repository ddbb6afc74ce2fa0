"""Delete what has been kept long enough, or only say what would go."""

from typing import Any

from django.core.management.base import BaseCommand

from innomarket.privacy.services import retention


class Command(BaseCommand):
    help = "Apply the retention periods. --dry-run prints noun, count, oldest row and months, and deletes nothing."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            for line in retention.preview():
                oldest = line["oldest"].isoformat() if line["oldest"] else "-"
                months = "no rule" if line["months"] is None else f"{line['months']} months"
                self.stdout.write(f"{line['noun']}: {line['count']} (oldest {oldest}; {months})")
            return
        for noun, line in retention.apply().counts.items():
            self.stdout.write(f"{noun}: {line['count']} deleted")
