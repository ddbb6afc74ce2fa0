"""Encrypt what was stored before the sealing."""

from django.core.management.base import BaseCommand

from innomarket.documents import services


class Command(BaseCommand):
    help = "Encrypt files that were stored before uploaded files were sealed. Safe to run again, and beside the portal."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"{services.seal_stored()} files sealed")
