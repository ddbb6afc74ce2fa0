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


def closings(count: int) -> float:
    """Close a call that has so many drafts; the seconds it took."""
    import time

    from innomarket.submissions.models import Submission
    from innomarket.submissions.services.submission import begin_submission
    from tests.accounts import factories as accounts
    from tests.submissions import factories

    call = task_call()
    user, organisation = factories.applicant(accounts.institution())
    first = begin_submission(by=user, lot=factories.lot_of(call), organisation=organisation)
    fields = [field.attname for field in Submission._meta.concrete_fields if not field.primary_key]
    values = {name: getattr(first, name) for name in fields}
    copies = [Submission(**values | {"number": f"{first.number}-{n}"}) for n in range(1, count)]
    Submission.objects.bulk_create(copies, batch_size=1000)
    began = time.perf_counter()
    factories.close(call)
    return time.perf_counter() - began


def ranking(count: int) -> dict[str, list[float]]:
    """Seconds that each way of ranking so many entries took."""
    from benchmarks.ranking import times

    return times(count)


def main(name: str, count: int) -> Any:
    import django

    django.setup()
    return {"editors": editors, "closings": closings, "ranking": ranking}[name](count)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]))))
