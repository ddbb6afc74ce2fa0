"""Encrypt texts that were written before the sealing."""

from django.core.management.base import BaseCommand

from innomarket.documents.sealed_rows import seal_all


class Command(BaseCommand):
    help = (
        "Encrypt texts that were stored before texts were sealed. Safe to run again, and beside the portal."
    )

    def handle(self, *args: object, **options: object) -> None:
        for label, count in seal_all():
            self.stdout.write(f"{label}: {count} rows sealed")
