"""Load the sample through the services, under the movable clock; all of it or nothing."""

import time

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction

from innomarket.accounts.models import User
from innomarket.common.clock import kst, moved_to, now
from innomarket.common.models import MovableClock
from innomarket.notifications.services import suppressed


class Command(BaseCommand):
    help = "Build the demand-driven round of 2020 and a round that is open now. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only-if-empty", action="store_true", help="Do nothing where anybody has signed up."
        )

    def handle(self, *args: object, **options: object) -> None:
        from innomarket.portal.sample import cast

        if User.objects.filter(email=cast.address("rounds")).exists():
            self.stdout.write("The sample is there already.")
            return
        if options["only_if_empty"] and User.objects.exists():
            self.stdout.write("This database is in use: no sample was loaded.")
            return
        began = time.monotonic()
        call_command("load_rules", stdout=self.stdout, verbosity=0)
        with transaction.atomic(), suppressed():
            self._play()
        self.stdout.write(f"The sample is loaded ({time.monotonic() - began:.0f} s).")

    def _play(self) -> None:
        from innomarket.portal.sample import cast, round_2020, round_now, scenes

        present = now()
        database = connection.settings_dict["NAME"]
        # The mark lives inside this transaction alone, unless the database is movable anyway (tests).
        _mark, made = MovableClock.objects.get_or_create(database=database)
        self._say("people and organisations")
        with moved_to(kst(2020, 1, 2, 9)):
            actors = cast.assemble()
        round_2020.play(actors, self._say)
        self._say("today: a round that is under way")
        round_now.play(actors, present)
        scenes.take_stock()
        if made:
            MovableClock.objects.filter(database=database).delete()

    def _say(self, what: str) -> None:
        self.stdout.write(f"    {what} …")
        self.stdout.flush()
