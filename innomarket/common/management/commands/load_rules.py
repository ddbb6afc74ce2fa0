"""Load every app's shipped rows (kinds, classes, dated rules, groups); safe to run again."""

from importlib import import_module

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils.module_loading import module_has_submodule

LOCK = 7201400002  # no other advisory lock has its number


class Command(BaseCommand):
    help = "Load the shipped rules and lists. What staff have changed since stays as it is."

    def handle(self, *args: object, **options: object) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            # Two portals that start at once on an empty database would both find nothing there.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            for config in apps.get_app_configs():
                if config.module and module_has_submodule(config.module, "shipped"):
                    count = import_module(f"{config.name}.shipped").load()
                    self.stdout.write(f"{config.label}: {count} rows in place")
