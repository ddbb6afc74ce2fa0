"""Sweeps over supplement requests: what is over lapses, what is due within a day is reminded of."""

from datetime import timedelta

import structlog
from django.db import transaction

from innomarket.audit.services import changed
from innomarket.common.clock import Now, now
from innomarket.common.moves import ask_move

from ..models import SupplementRequest
from ..states import SUPPLEMENT_MOVES, PaperVerdict, SupplementState
from .supplement import tell_applicant, tell_staff

log = structlog.get_logger(__name__)

REMINDED_BEFORE = timedelta(hours=24)


def close_due_supplements() -> int:
    """Let every request lapse whose time is over and that no other sweep holds; how many."""
    due = SupplementRequest.objects.filter(state=SupplementState.ASKED, due_at__lte=Now())
    return sum(_each(pk, _lapse) for pk in due.values_list("pk", flat=True))


def remind_due_supplements() -> int:
    """Remind of every request that ends within a day and was not sent, once for each due time; how many."""
    soon = SupplementRequest.objects.filter(
        state=SupplementState.ASKED, due_at__gt=Now(), due_at__lte=Now() + REMINDED_BEFORE, reminded_at=None
    )
    return sum(_each(pk, _remind) for pk in soon.values_list("pk", flat=True))


def _each(pk, step) -> int:
    """In a transaction of its own: one that fails does not keep the others."""
    rows = SupplementRequest.objects.select_related("submission__lot__call", "asked_by")
    try:
        with transaction.atomic():
            row = rows.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            return int(row is not None and row.state == SupplementState.ASKED and step(row))
    except Exception:
        log.exception("supplement not swept", supplement=pk)
        return 0


def _lapse(request: SupplementRequest) -> bool:
    at = now()
    if at < request.due_at:  # extended since
        return False
    state = ask_move(SUPPLEMENT_MOVES, "lapse", request)
    request.papers.update(verdict=PaperVerdict.NOT_SENT, judged_at=at)
    changed(request, actor=None, verb="submissions.lapse_supplement", state=state)
    version = request.due_at.isoformat()
    tell_applicant(request, "supplement_lapsed", version=version)
    tell_staff(request, "supplement_lapsed", version=version)
    return True


def _remind(request: SupplementRequest) -> bool:
    at = now()
    if request.reminded_at is not None or not at < request.due_at <= at + REMINDED_BEFORE:
        return False
    changed(request, actor=None, verb="submissions.remind_supplement", reminded_at=at)
    tell_applicant(request, "supplement_reminder", version=request.due_at.isoformat())
    return True
