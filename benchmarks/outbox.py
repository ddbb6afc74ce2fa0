"""What benchmarks/messages.py does inside Django: `python -m benchmarks.outbox NAME [NUMBER …]`; prints JSON."""

import json
import sys
import time
from typing import Any

KIND = "submissions.extended"

PEOPLE = """
INSERT INTO accounts_user (password, is_superuser, email, name, language, is_staff, is_active)
SELECT '!', false, 'p' || n || '@example.com', 'x', CASE WHEN mod(n, 5) = 0 THEN 'en' ELSE 'ko' END, false, true
FROM generate_series(1, %s) n
"""

WAYS = """
INSERT INTO notifications_preference (person_id, "group", way)
SELECT id, 'submissions', CASE WHEN mod(id, 2) = 0 THEN 'digest' ELSE 'inbox' END
FROM accounts_user WHERE mod(id, 10) = 0
"""

# The bare statement: the same table, indexes and text, with no language, no way, no key looked up.
BARE = """
INSERT INTO notifications_message
    (kind, recipient_id, address_to, language, subject, body, url, object_label, key, state, attempts, error)
SELECT %s, id, '', 'ko', %s, %s, %s, '', 'bare:' || id, 'waiting', 0, '' FROM accounts_user WHERE is_active
"""


def people(count: int) -> int:
    """As many people, a fifth of them reading English; one in ten chose a way."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [count])
        cursor.execute(WAYS)
        cursor.execute("ANALYZE accounts_user, notifications_preference")
    return count


def tell_everyone() -> int:
    """Tell all of them; a kind that does not bind, so that their ways are asked for."""
    from django.db import transaction

    from innomarket.accounts.models import User
    from innomarket.notifications import kinds, services

    code = next(kind.code for kind in kinds.all_kinds() if kind.group == "submissions" and not kind.binding)
    with transaction.atomic():
        return services.tell(kind=code, people=User.objects.all(), values=_values(code), url="/calls/")


def fan_out(rounds: int) -> dict[str, list[float]]:
    """Seconds of the bare statement and of `tell`, in turns, each into an empty table and until committed."""
    from django.db import connection, transaction

    from innomarket.notifications.models import Message

    with connection.cursor() as cursor:
        tell_everyone()
        text = Message.objects.values_list("kind", "subject", "body", "url").order_by("pk")[0]

        def bare() -> None:
            with transaction.atomic():
                cursor.execute(BARE, text)

        seconds: dict[str, list[float]] = {"bare": [], "tell": []}
        for number in range(rounds):
            ways = [("bare", bare), ("tell", tell_everyone)]
            for name, way in ways if number % 2 else reversed(ways):
                cursor.execute("TRUNCATE notifications_message CASCADE")
                began = time.perf_counter()
                way()
                seconds[name].append(time.perf_counter() - began)
        cursor.execute("TRUNCATE notifications_message CASCADE")
    return seconds


def tell_by_mail(count: int) -> int:
    """Put as many messages into the outbox, all to be mailed."""
    from django.db import transaction

    from innomarket.accounts.models import User
    from innomarket.notifications import services

    chosen, version = User.objects.order_by("pk")[:count], str(time.time_ns())
    with transaction.atomic():
        return services.tell(kind=KIND, people=chosen, version=version, url="/calls/", values=_values(KIND))


def drain(batch: int, by_mail: int = 1) -> list[float]:
    """When one drain with batches of this size began and ended; without a mail server, the database's part alone."""
    from django.conf import settings

    from innomarket.notifications import sending

    if not by_mail:
        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    sending.BATCH, sending.SECONDS_OF_A_RUN = batch, 3600
    began = time.time()
    sending.send_due()
    return [began, time.time()]


def ids() -> list[int]:
    """What waits."""
    from innomarket.notifications.models import Message

    return list(Message.objects.filter(state="waiting").values_list("pk", flat=True))


def _values(code: str) -> dict[str, Any]:
    from innomarket.notifications import kinds, samples

    kind = kinds.get(code)
    return {name: samples.SAMPLES.get(name, name) for name in samples.places(kind)}


def main(name: str, *numbers: int) -> Any:
    import django

    django.setup()
    return {
        "people": people,
        "fan_out": fan_out,
        "tell_by_mail": tell_by_mail,
        "drain": drain,
        "ids": ids,
    }[name](*numbers)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], *map(int, sys.argv[2:]))))
