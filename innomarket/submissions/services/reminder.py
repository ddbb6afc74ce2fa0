"""Remind the people behind each draft that it is not submitted: 7 days, 3 days, 24 and 2 hours before closing.

Nothing is planned ahead: the sweep asks which drafts are due now, by the closing that stands now. So a draft
that was submitted or withdrawn is asked no more, a closing that moved moves its reminders, and a worker that
was away sends the nearest reminder only. The key (step and closing) keeps each to one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.functional import lazy
from django.utils.translation import get_language

from innomarket.common import formats
from innomarket.common.clock import Now, now
from innomarket.common.locks import share
from innomarket.common.refusals import allowed
from innomarket.notifications.models import Message
from innomarket.notifications.services import tell

from .. import deadlines, reads
from ..models import Call, ReminderRule, Submission
from ..reminding import REMINDER
from ..states import CallState, SubmissionState
from ..words import moment, submission_path, titled

log = structlog.get_logger(__name__)

SECONDS_OF_A_RUN = 240  # what is left is due at the next wake-up
BATCH = 500


def remind_due() -> int:
    """Remind of every draft that is due and that no other sweep holds; how many drafts.

    Each in a transaction of its own: one that fails does not keep the others. Raises Refused where no rule is
    in force.
    """
    steps = sorted(ReminderRule.objects.at().hours_before)
    until, reminded = time.monotonic() + SECONDS_OF_A_RUN, 0
    for call_pk, pk in _due(steps):
        if time.monotonic() > until:
            break
        try:
            with transaction.atomic():
                reminded += _remind(call_pk, pk, steps)
        except Exception:
            log.exception("not reminded", submission=pk)
    return reminded


def step_at(steps: list[int], closes_at: datetime, at: datetime) -> int | None:
    """The nearest step that has come, in hours; None before the first and from the closing on.

    ``steps`` ascend. A step holds from its own instant until that of the next one.
    """
    if at >= closes_at:
        return None
    return next((hours for hours in steps if at >= closes_at - timedelta(hours=hours)), None)


def _due(steps: list[int]) -> Iterator[tuple[int, int]]:
    """(call, draft) not locked yet: each is asked again when it is taken."""
    if not steps:
        return
    soon = Now() + timedelta(hours=steps[-1])
    closing = Q(closes_at__gt=Now(), closes_at__lte=soon)
    closing_for_some = Q(moves__for_all=False, moves__closes_at__gt=Now(), moves__closes_at__lte=soon)
    calls = Call.objects.filter(
        closing | closing_for_some,
        state__in=(CallState.ANNOUNCED, CallState.CLOSED),
        opens_at__lte=Now(),
        opened_at=None,
    )
    for call in calls.order_by("closes_at", "pk").distinct():
        for rows, closes_at in _by_closing(call):
            hours = step_at(steps, closes_at, now())
            if hours is not None:
                drafts = _not_reminded(rows, closes_at, hours)
                yield from ((call.pk, pk) for pk in _in_batches(drafts))


def _by_closing(call: Call) -> Iterator[tuple[QuerySet[Submission], datetime]]:
    """The call's submissions by the closing that holds for them: some organisations have a later one."""
    rows, own = Submission.objects.filter(lot__call=call), deadlines.own_closings(call)
    people = deadlines.closings_of_people(call)
    others = rows.exclude(applicant_organisation__in=list(own)).exclude(applicant_person__in=list(people))
    yield others, call.closes_at
    for person, closes_at in people.items():
        yield rows.filter(applicant_person=person), max(closes_at, call.closes_at)
    for organisation, closes_at in own.items():
        yield rows.filter(applicant_organisation=organisation), max(closes_at, call.closes_at)


def _in_batches(rows: QuerySet[Submission]) -> Iterator[int]:
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield from batch
        last = batch[-1]


def _not_reminded(rows: QuerySet[Submission], closes_at: datetime, hours: int) -> QuerySet[Submission]:
    """Drafts begun before the step came, of which nobody has been reminded since."""
    since = closes_at - timedelta(hours=hours)
    label = Concat(
        Value(f"{Submission._meta.label_lower}:"),
        Cast(OuterRef("pk"), CharField()),
        output_field=CharField(),
    )
    told = Message.objects.filter(object_label=label, kind=REMINDER.code, created_at__gte=since)
    return rows.filter(~Exists(told), state=SubmissionState.DRAFT, created_at__lte=since)


def _remind(call_pk: int, pk: int, steps: list[int]) -> int:
    """1 where the people were told now. The call first, FOR SHARE: its closing cannot move meanwhile."""
    call = share(Call, call_pk)
    rows = Submission.objects.filter(pk=pk, lot__call=call)
    draft = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if draft is None:
        return 0
    at, organisation = now(), draft.applicant_organisation_id
    closes_at = deadlines.closing_for(call, organisation, person=draft.applicant_person_id)
    hours = step_at(steps, closes_at, at)
    if hours is None or not allowed(
        deadlines.not_open(call, at, organisation, person=draft.applicant_person_id)
    ):
        return 0
    if not _not_reminded(rows, closes_at, hours).exists():
        return 0
    told = tell(
        kind=REMINDER.code,
        people=reads.people_behind(rows),
        about=draft,
        version=f"{hours}h-{closes_at.isoformat()}",
        values={
            # Nothing of the content: a message stands outside the seal.
            "call": titled(call, "title"),
            "number": draft.number,
            "closes": moment(closes_at),
            "left": _left(closes_at, at),
        },
        url=submission_path(draft, "check"),
    )
    return 1 if told else 0


def _time_left(until: datetime, at: datetime) -> str:
    language = "en" if (get_language() or "ko").startswith("en") else "ko"
    return formats.time_left(until, at, language).text


_left = lazy(_time_left, str)
