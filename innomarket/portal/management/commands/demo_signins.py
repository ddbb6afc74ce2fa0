"""Print who can sign in to a demonstration."""

from django.core.management.base import BaseCommand

from innomarket.accounts.models import User
from innomarket.portal.sample import cast


class Command(BaseCommand):
    help = "The sample's sign-ins, where the sample is loaded."

    def handle(self, *args: object, **options: object) -> None:
        there = set(User.objects.filter(email__endswith=f"@{cast.DOMAIN}").values_list("email", flat=True))
        rows = [(email, role) for email, role in cast.sign_ins() if email in there]
        if not rows:
            self.stdout.write("There are no sample sign-ins in this database.")
            return
        self.stdout.write(f"Sign-ins of the sample (password of each: {cast.PASSWORD}):")
        for email, role in rows:
            self.stdout.write(f"  {email:<36} {role}")
        self.stdout.write("Staff also need a code: make code USER=ADDRESS")
