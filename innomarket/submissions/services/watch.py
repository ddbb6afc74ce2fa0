"""The history of readiness proposes outages; staff record one as an outage, or dismiss it with a reason."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.accounts.reads import staff_of
from innomarket.audit.services import changed, created
from innomarket.common import readiness
from innomarket.common.clock import now
from innomarket.common.locks import lock
from innomarket.common.models import Readiness
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask
from innomarket.notifications.services import tell

from .. import permissions
from ..models import Call, Outage, OutageProposal, WatchRule
from ..outage_watch import Probe, Stretch, stretches
from ..states import PROPOSAL_MOVES, OutageState
from ..words import moment
from .outage import record_outage
from .outage_plan import Plan, plans_of

LOOKED_AT = timedelta(days=7)
"""How far back each sweep looks. A longer silence is found too: the answer before it is read as well."""


def propose_outages() -> int:
    """Propose what the history shows and nobody has seen yet; how many. Two at once: the second goes home."""
    with transaction.atomic():
        rule = WatchRule.objects.at()
        if not WatchRule.objects.select_for_update(skip_locked=True).filter(pk=rule.pk).first():
            return 0
        found = stretches(
            _probes(),
            silence=timedelta(seconds=rule.silence_seconds),
            join=timedelta(minutes=rule.join_minutes),
            least=timedelta(minutes=rule.least_minutes),
        )
        new = [_propose(stretch) for stretch in found if not _is_known(stretch)]
        readiness.forget(rule.keep_days)
    return len(new)


def record_proposed(
    *,
    proposal: OutageProposal,
    by: Any,
    starts_at: datetime,
    ends_at: datetime,
    noticed_at: datetime,
    what: str,
) -> Outage:
    """Record the outage that was proposed, with the times that staff give. Raises Refused; nothing moves yet."""
    with transaction.atomic():
        proposal = lock(OutageProposal, proposal.pk)
        ask(permissions.may_record_outage(by))
        state = ask_move(PROPOSAL_MOVES, "record", proposal)
        outage = record_outage(by=by, starts_at=starts_at, ends_at=ends_at, noticed_at=noticed_at, what=what)
        changed(
            proposal,
            actor=by,
            verb="submissions.record_proposed_outage",
            state=state,
            outage=outage,
            settled_at=now(),
            settled_by=by,
        )
    return outage


def dismiss_proposal(*, proposal: OutageProposal, by: Any, reason: str) -> OutageProposal:
    """Say that this was no outage for applicants, and why. It is not proposed again. Raises Refused."""
    with transaction.atomic():
        proposal = lock(OutageProposal, proposal.pk)
        ask(permissions.may_record_outage(by))
        state = ask_move(PROPOSAL_MOVES, "dismiss", proposal)
        if not reason.strip():
            raise Refused("reason_missing", _("Give the reason."), field="reason")
        return changed(
            proposal,
            actor=by,
            verb="submissions.dismiss_proposed_outage",
            reason=reason.strip(),
            state=state,
            dismissed_because=reason.strip(),
            settled_at=now(),
            settled_by=by,
        )


def calls_touched(proposals: Sequence[OutageProposal]) -> list[list[Call]]:
    """For each the calls whose closing or opening the outage rule would move, were it recorded as it is proposed.

    As many queries for all as for one.
    """
    if not proposals:
        return []
    outages = [
        Outage(starts_at=one.starts_at, ends_at=one.ends_at, noticed_at=one.ends_at) for one in proposals
    ]
    return [_calls_of(plan) for plan in plans_of(outages)]


def _calls_of(plan: Plan) -> list[Call]:
    calls = [one.call for one in plan.proposals] + [one.call for one in plan.missed]
    return list({call.pk: call for call in calls}.values())


# ── finding ──


def _probes() -> list[Probe]:
    last = Readiness.objects.order_by("-at", "-pk").first()
    if last is None:
        return []
    since = last.at - LOOKED_AT
    before = Readiness.objects.filter(at__lt=since).order_by("-at", "-pk").first()
    rows = Readiness.objects.filter(at__gte=since).order_by("at", "pk").iterator()
    return [Probe(row.at, row.parts) for row in ([before] if before else []) + list(rows)]


def _is_known(stretch: Stretch) -> bool:
    """Proposed before, whatever became of it; or recorded by hand already."""
    proposed = OutageProposal.objects.filter(starts_at__lt=stretch.ends_at, ends_at__gt=stretch.starts_at)
    recorded = Outage.objects.exclude(state=OutageState.DISCARDED).filter(
        starts_at__lte=stretch.starts_at, ends_at__gte=stretch.ends_at
    )
    return proposed.exists() or recorded.exists()


def _propose(stretch: Stretch) -> OutageProposal:
    proposal = created(
        OutageProposal(
            starts_at=stretch.starts_at,
            ends_at=stretch.ends_at,
            failed=", ".join(sorted(stretch.failed)),
            silent=stretch.silent,
            found_at=now(),
        ),
        actor=None,
        verb="submissions.propose_outage",
        starts_at=stretch.starts_at.isoformat(),
        ends_at=stretch.ends_at.isoformat(),
    )
    (touched,) = calls_touched([proposal])
    calls = ", ".join(call.number for call in touched)
    tell(
        kind="submissions.outage_proposed",
        people=staff_of("run_rounds"),
        about=proposal,
        values={
            "from": moment(proposal.starts_at),
            "until": moment(proposal.ends_at),
            "calls": calls or gettext_lazy("none"),
        },
        url=f"/admin/submissions/outageproposal/{proposal.pk}/change/",
    )
    return proposal
