"""Load every app's shipped rows (kinds, classes, dated rules, groups); safe to run again."""

from importlib import import_module

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.module_loading import module_has_submodule


class Command(BaseCommand):
    help = "Load the shipped rules and lists. What staff have changed since stays as it is."

    def handle(self, *args: object, **options: object) -> None:
        with transaction.atomic():
            for config in apps.get_app_configs():
                if config.module and module_has_submodule(config.module, "shipped"):
                    count = import_module(f"{config.name}.shipped").load()
                    self.stdout.write(f"{config.label}: {count} rows in place")
