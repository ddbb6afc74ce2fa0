"""List every designation that has no product yet; safe to run again."""

from django.core.management.base import BaseCommand

from catalog.services.product import list_product, unlisted


class Command(BaseCommand):
    help = "List designations that have no product in the catalogue yet."

    def handle(self, *args: object, **options: object) -> None:
        missing = unlisted()
        for designation in missing:
            product = list_product(designation=designation)
            self.stdout.write(f"{designation.number}: {product.number}")
        self.stdout.write(f"{len(missing)} listed")
