"""A valid one-time code of a demo person, where a visitor tries the portal out on their own machine."""

import time
from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Print a valid one-time code of a person (only with the embedded services or DEBUG)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address with which the person signs in")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.EMBEDDED or settings.DEBUG):
            raise CommandError("One-time codes are printed only where the embedded services run.")
        authenticator = (
            Authenticator.objects.filter(
                user__email__iexact=options["email"].strip(), type=Authenticator.Type.TOTP
            )
            .select_related("user")
            .first()
        )
        if authenticator is None:
            raise CommandError(f"Nobody with the address {options['email']} has a second factor.")
        secret = decrypt(authenticator.data["secret"])
        code = next((code for code in codes(secret) if not was_used(authenticator, code)), None)
        if code is None:
            raise CommandError("All codes of this minute were used. Try again in half a minute.")
        self.stdout.write(code)


def codes(secret: str) -> list[str]:
    """The codes that are accepted now: this half minute's first, as an app would show it."""
    now = int(time.time()) // 30
    counters = sorted(
        auth.yield_hotp_counters_from_time(), key=lambda counter: (abs(counter - now), -counter)
    )
    return [auth.format_hotp_value(auth.hotp_value(secret, counter)) for counter in counters]


def was_used(authenticator: Authenticator, code: str) -> bool:
    """allauth takes each code once; the next one of the three is then as good."""
    key = f"allauth.mfa.totp.used?user={authenticator.user_id}&code={normalize_user_code(code)}"
    return cache.get(key) is not None
