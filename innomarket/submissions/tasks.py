"""Celery: the clock that closes calls. What is due is asked from the database; each may run twice."""

from celery import shared_task
from django.http import Http404

from innomarket.common.refusals import Refused

from .models import Call
from .services import break_glass, identity, reminder, supplement_due, watch
from .services import call as services


@shared_task(name="submissions.close_due_calls")
def close_due_calls() -> None:
    """The sweep: closes what is due, sends ``close_call`` for what closes within minutes, ends own closings."""
    services.close_due_calls()
    services.end_own_closings()


@shared_task(name="submissions.close_call")
def close_call(pk: int) -> None:
    """Close one call at its instant; extended or closed since: nothing to do."""
    try:
        services.close_call(call=Call(pk=pk))
    except (Refused, Http404):
        return


@shared_task(name="submissions.propose_outages")
def propose_outages() -> None:
    """The sweep: proposes outages from the history of readiness; no rule in force: none is proposed."""
    try:
        watch.propose_outages()
    except Refused:
        return


@shared_task(name="submissions.remind_due")
def remind_due() -> None:
    """The sweep: reminds of drafts that are not submitted; no rule in force: nobody is reminded."""
    try:
        reminder.remind_due()
    except Refused:
        return


@shared_task(name="submissions.close_due_supplements")
def close_due_supplements() -> None:
    """The sweep: supplement requests whose time is over lapse, and those of the last day are reminded of."""
    supplement_due.close_due_supplements()
    supplement_due.remind_due_supplements()


@shared_task(name=identity.TASK)
def search_identities() -> None:
    """The sweep: searches anonymous copies for their applicants."""
    identity.search_due()


@shared_task(name="submissions.lapse_requests")
def lapse_requests() -> None:
    """The sweep: ends requests to read in need that nobody decided in time, and tells."""
    break_glass.lapse_due()
