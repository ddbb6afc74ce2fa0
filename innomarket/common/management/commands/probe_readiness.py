"""Ask /readyz once and keep the answer: for a monitor beside the portal, e.g. from cron on another machine."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from innomarket.common import readiness


class Command(BaseCommand):
    help = "Ask /readyz over HTTP, write the answer into the history, and end with 1 where a part failed."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--url", default="", help="address of /readyz (default: READINESS_URL)")
        parser.add_argument("--source", default="monitor", help="who asks, as the history names it")

    def handle(self, *args: Any, **options: Any) -> None:
        row = readiness.probe(source=options["source"], address=options["url"])
        if row.failed:
            raise CommandError(f"not ready: {row.failed}")
        self.stdout.write("ready")
