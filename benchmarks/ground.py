"""What the measurements stand on, made in a deployment's database: run as `python -m benchmarks.ground NAME COUNT`.

Prints JSON. A process of its own, because Django's settings are read once.
"""

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from innomarket.submissions.models import Call


def task_call() -> "Call":
    """A call for challenge tasks that is open now."""
    from tests.submissions import factories

    return factories.open_call("challenge_task")


def editors(count: int) -> list[dict[str, str]]:
    """As many signed-in people, each of an institution with an empty draft: the form's path and a session's key."""
    from django.test import Client

    from innomarket.submissions.services.submission import begin_submission
    from tests.accounts import factories as accounts
    from tests.submissions import factories

    lot = factories.lot_of(task_call())
    made = []
    for _ in range(count):
        user, organisation = factories.applicant(accounts.institution())
        draft = begin_submission(by=user, lot=lot, organisation=organisation)
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        made.append(
            {
                "path": f"/submissions/{draft.number}/edit/problem/",
                "session": client.cookies["innomarket_session"].value,
            }
        )
    return made


def crowd(count: int) -> list[dict[str, str]]:
    """As many signed-in people of one call, each with a complete draft without files: its number, a session's key."""
    from django.test import Client

    from tests.accounts import factories as accounts
    from tests.submissions import factories

    lot = factories.lot_of(task_call())
    made = []
    for _ in range(count):
        user, organisation = factories.applicant(accounts.institution())
        draft = factories.submission(lot=lot, by=user, organisation=organisation)
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        made.append({"number": draft.number, "session": client.cookies["innomarket_session"].value})
    return made


def closing_in(seconds: int) -> float:
    """Have the call close so many seconds from now, by the database's clock; the instant, in seconds of the epoch.

    Straight in the row: the product never moves a closing to an earlier instant.
    """
    from datetime import timedelta

    from innomarket.common.clock import now
    from innomarket.submissions.models import Call

    closes_at = now() + timedelta(seconds=seconds)
    Call.objects.update(closes_at=closes_at, opening_at=closes_at + timedelta(hours=1))
    return closes_at.timestamp()


def stored(_count: int) -> dict[str, dict[str, Any]]:
    """Number → what is stored of its last revision: when, each file's SHA-256 read from the store, the seal again."""
    import hashlib

    from innomarket.submissions import freezing
    from innomarket.submissions.models import Revision

    found = {}
    rows = Revision.objects.select_related("submission__lot__call").prefetch_related("files__document")
    for revision in rows.order_by("ordinal"):
        files = []
        for file in revision.files.all():
            with file.document.file.open("rb") as kept:
                files.append(hashlib.file_digest(kept, "sha256").hexdigest())
        found[revision.submission.number] = {
            "submitted_at": revision.submitted_at.timestamp(),
            "files": files,
            "seal_holds": freezing.digest(freezing.frozen_revision(revision)) == revision.sha256,
        }
    return found


def closing(count: int) -> dict[str, list[float]]:
    """Close a call with so many drafts, each of another organisation and person, and do the least that it can mean.

    The least: one UPDATE of the call and one INSERT … SELECT of the notices from whom stands behind the drafts. Three
    times each in turn, undone every time; the seconds of each.
    """
    from django.db import connection, transaction

    call = _call_with_drafts(count)
    ours, bare = [], []
    for _round in range(3):
        for seconds, work in ((bare, _close_bare), (ours, _close_ours)):
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
            with transaction.atomic():
                seconds.append(work(call, count))
                transaction.set_rollback(True)
    return {"ours": ours, "bare": bare}


def _call_with_drafts(count: int) -> "Call":
    """Copies of one draft with its organisation, person and membership, made by the database."""
    from innomarket.accounts.models import Membership, Organisation, User
    from innomarket.submissions.models import Submission
    from innomarket.submissions.services.submission import begin_submission
    from tests.accounts import factories as accounts
    from tests.submissions import factories

    call = task_call()
    user, organisation = factories.applicant(accounts.institution())
    first = begin_submission(by=user, lot=factories.lot_of(call), organisation=organisation)
    people = copies(User, user.pk, count - 1, email="'crowd' || n || '@example.com'")
    bodies = copies(
        Organisation,
        organisation.pk,
        count - 1,
        name_ko="'기관 ' || n",
        name_en="'Body ' || n",
        institution_code="lpad(n::text, 7, '0')",
    )
    copies(
        Membership,
        Membership.objects.get(user=user).pk,
        count - 1,
        user_id=f"{people} + n",
        organisation_id=f"{bodies} + n",
    )
    copies(
        Submission,
        first.pk,
        count - 1,
        number=f"'{first.number}-' || n",
        applicant_organisation_id=f"{bodies} + n",
        created_by_id=f"{people} + n",
        saved_by_id=f"{people} + n",
    )
    return call


def copies(model: Any, pk: int, count: int, **different: str) -> int:
    """Copies of a row, alike but for ``different``: column → SQL over ``n`` from 1. The key before the first one."""
    from django.db import connection

    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = [different.get(column, f't."{column}"') for column in columns]
    named = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {table}")
        before = cursor.fetchone()[0] + 1000
        cursor.execute(
            f"INSERT INTO {table} (id, {named}) OVERRIDING SYSTEM VALUE"
            f" SELECT {before} + n, {', '.join(values)} FROM {table} t, generate_series(1, %s) n WHERE t.id = %s",
            [count, pk],
        )
    return int(before)


def _close_ours(call: "Call", count: int) -> float:
    import time

    from innomarket.common.clock import moved_to
    from innomarket.notifications.models import Message
    from innomarket.submissions.services.call import close_call

    with moved_to(call.closes_at):
        began = time.perf_counter()
        close_call(call=call)
        took = time.perf_counter() - began
    told = Message.objects.filter(kind="submissions.closed_without_yours").count()
    assert told == count, f"{told} of {count} were told"
    return took


def _close_bare(call: "Call", count: int) -> float:
    import time

    from django.db import connection

    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(
            "UPDATE submissions_call SET state = 'closed', closed_at = closes_at WHERE id = %s", [call.pk]
        )
        cursor.execute(BARE_NOTICES, [call.pk])
        took = time.perf_counter() - began
        assert cursor.rowcount == count, f"{cursor.rowcount} of {count} were told"
    return took


BARE_NOTICES = """
    INSERT INTO notifications_message (kind, recipient_id, address_to, language, subject, body, url, object_label,
        key, state, attempts, next_attempt_at, error, created_at)
    SELECT 'submissions.closed_without_yours', u.id, '', u.language, 'The call has closed',
        repeat('It closed without a submission of yours. ', 8), '/calls/', 'submissions.call:1',
        'closed:' || u.id, 'waiting', 0, now(), '', now()
    FROM accounts_user u WHERE u.is_active AND u.id IN (
        SELECT m.user_id FROM accounts_membership m
        JOIN submissions_submission s ON s.applicant_organisation_id = m.organisation_id
        JOIN submissions_lot l ON l.id = s.lot_id
        WHERE l.call_id = %s AND s.state = 'draft')
"""


def ranking(count: int) -> dict[str, list[float]]:
    """Seconds that each way of ranking so many entries took."""
    from benchmarks.ranking import times

    return times(count)


def console(count: int) -> dict[str, list[float]]:
    """Milliseconds and queries of the staff's page of a round with so many entries."""
    from benchmarks.console import times

    return times(count)


def draws(count: int) -> dict[str, list[float]]:
    """A pool of so many evaluators; milliseconds of freezing it, finding conflicts in it, drawing; five times."""
    import time
    from itertools import cycle

    from innomarket.accounts.models import Membership, Organisation, User
    from innomarket.common.clock import now
    from innomarket.evaluation import conflicts
    from innomarket.evaluation.models import Evaluator, Expertise, ExpertKind
    from innomarket.evaluation.services.draw import carry_out_draw
    from tests.accounts import factories as accounts
    from tests.evaluation import factories

    houses = [accounts.company() for _ in range(400)]
    people = User.objects.bulk_create(
        [User(email=f"pool{n}@example.com", name=f"{n}", password="!") for n in range(count)], batch_size=2000
    )
    Membership.objects.bulk_create(
        [
            Membership(user=user, organisation=house, role="viewer")
            for user, house in zip(people, cycle(houses), strict=False)
        ],
        batch_size=2000,
    )
    kinds = cycle(ExpertKind.values)
    pool = Evaluator.objects.bulk_create(
        [Evaluator(user=user, kind=next(kinds), state="active", verified_at=now()) for user in people],
        batch_size=2000,
    )
    known = Expertise.objects.first() or factories.field_of("ai")
    Evaluator.fields.through.objects.bulk_create(
        [Evaluator.fields.through(evaluator=one, expertise=known) for one in pool], batch_size=2000
    )
    times: dict[str, list[float]] = {}

    def timed(label: str, work: Any) -> Any:
        began = time.perf_counter()
        found = work()
        times.setdefault(label, []).append((time.perf_counter() - began) * 1000)
        return found

    users = [user.pk for user in people]
    some = Organisation.objects.filter(pk__in=[house.pk for house in houses[:50]])
    sides = conflicts.Sides(organisations={one.pk: (one.pk,) for one in some})
    seats = {"technical": 3, "policy": 2, "market": 1, "user": 1}
    for _ in range(5):
        timed(f"conflicts of {count:,} people with 50 applicants", lambda: conflicts.find(users, sides))
        made = timed(f"a draw of {count:,} committed (service)", lambda: factories.committed(seats))
        made = factories.opened_for(made)
        timed(
            f"a panel drawn from {count:,} (service)",
            lambda made=made: carry_out_draw(draw=made.draw, by=made.staff),
        )
    return times


def found(_count: int) -> dict[str, Any]:
    """How well the judged queries are answered, with every piece and without each."""
    from benchmarks.search.judged import measured

    return measured()


def searched(count: int) -> dict[str, list[float]]:
    """Milliseconds of searches among so many products."""
    from benchmarks.search.speed import times

    return times(count)


def catalog(packed: int) -> dict[str, Any]:
    """How the API answers from a catalogue of so many products, in so many rounds (packed: products * 100 + rounds)."""
    from benchmarks.catalog import times

    return times(packed)


def main(name: str, count: int) -> Any:
    import django

    django.setup()
    grounds: dict[str, Any] = {
        "editors": editors,
        "ranking": ranking,
        "console": console,
        "draws": draws,
        "crowd": crowd,
        "closing_in": closing_in,
        "stored": stored,
        "closing": closing,
        "found": found,
        "searched": searched,
        "catalog": catalog,
    }
    return grounds[name](count)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]))))
