"""Make the keys that seal uploaded files, or add a new one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from innomarket.common import sealing
from innomarket.documents.models import Document


class Command(BaseCommand):
    help = "Make the file SEALING_KEYS where it is missing. --rotate adds a key that seals from now on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rotate", action="store_true")
        parser.add_argument("--anyway", action="store_true", help="though files are stored already")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.SEALING_KEYS or settings.SEALING_KEYS_HERE)
        if options["rotate"]:
            sealing.rotate_keys(path)
            self.stdout.write("A new key seals from now on; the earlier ones stay. Back the file up again.")
        elif path.exists():
            self.stdout.write("The keys are there.")
        elif Document.objects.exists() and not options["anyway"]:
            # New keys would read nothing of what is stored: a lost volume must not pass for a first start.
            raise CommandError(
                "Files are stored and their keys are missing: put SEALING_KEYS back from its backup. With --anyway"
                " new keys are made, and what was sealed under the old ones stays unreadable."
            )
        else:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            sealing.make_keys(path)
            self.stdout.write("The keys are made. Back the file up, apart from the database and the files.")
