"""Cases after an outage that could not reopen a call: recorded with it, decided by the chief of the round.

Of drafts, and of submissions that were changed afterwards: what was written and never submitted.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.accounts.reads import staff_of
from innomarket.audit.services import changed, created
from innomarket.common.clock import now
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask
from innomarket.notifications.services import tell

from .. import chiefs, hooks, permissions, reads
from ..models import Call, Outage, OutageCase, Submission
from ..states import CASE_MOVES
from ..words import call_path, moment, submission_path, titled
from .moving import values_of


def record_cases(call: Call, outage: Outage, numbers: Iterable[str], *, by: Any, at: datetime) -> None:
    """One case for each number; each lot's chief is told of theirs, and where none is named, who runs rounds."""
    cases = [
        created(
            OutageCase(outage=outage, submission=submission, recorded_at=at),
            actor=by,
            verb="submissions.record_outage_case",
            submission=submission.number,
        )
        for submission in Submission.objects.filter(number__in=list(numbers)).order_by("number")
    ]
    hooks.outage_not_reopened.announce(call=call, outage=outage, cases=cases)
    told: dict[frozenset[int], list[str]] = {}
    for case in cases:
        key = frozenset(chiefs.of_lot(case.submission.lot_id))
        told.setdefault(key, []).append(case.submission.number)
    for place, (keys, theirs) in enumerate(
        sorted((told or {frozenset(): []}).items(), key=lambda one: one[1])
    ):
        people = staff_of("run_rounds")
        tell(
            kind="submissions.outage_too_late",
            people=people.model.objects.filter(pk__in=keys, is_active=True) if keys else people,
            about=call,
            version=f"outage-{outage.pk}-{place}",
            values=values_of(call)
            | {
                "what": outage.what,
                "from": moment(outage.starts_at),
                "until": moment(outage.ends_at),
                "n": len(theirs),
                "cases": ", ".join(theirs) or "–",
            },
            url="/admin/submissions/outagecase/?state__exact=open" if theirs else call_path(call),
        )


def decide_case(*, case: OutageCase, by: Any, decision: str, reason: str) -> OutageCase:
    """The chief of the round (who runs rounds, where none is named) settles a case; the applicant is told."""
    with transaction.atomic():
        case = lock(OutageCase, case.pk)
        ask(permissions.may_decide_case(by, case))
        state = ask_move(CASE_MOVES, "decide", case)
        if decision not in OutageCase.Decision.values:
            raise Refused("decision_missing", _("Choose what is decided."), field="decision")
        if not reason.strip():
            raise Refused("reason_missing", _("Give the reason."), field="reason")
        at = now()
        OutageCase.objects.filter(pk=case.pk).update(reason=reason.strip())
        case = changed(
            case,
            actor=by,
            verb="submissions.decide_outage_case",
            reason=reason.strip(),
            state=state,
            decision=decision,
            decided_at=at,
            decided_by=by,
        )
        submission = case.submission
        tell(
            kind="submissions.outage_case_decided",
            people=reads.people_behind(Submission.objects.filter(pk=submission.pk)),
            about=case,
            values={
                "number": submission.number,
                "call": titled(submission.lot.call, "title"),
                "outcome": OutageCase.Decision(decision).label,
                "reason": reason.strip(),
                "at": moment(at),
            },
            url=submission_path(submission, "check"),
        )
    return case
