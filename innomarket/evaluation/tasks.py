"""Celery: reminding panels. What is due is asked from the database; it may run twice."""

from celery import shared_task

from innomarket.common.refusals import Refused

from .services import reminder


@shared_task(name="evaluation.remind_panels")
def remind_panels() -> None:
    """The sweep: reminds of sheets that are not submitted; no rule in force: nobody is reminded."""
    try:
        reminder.remind_panels()
    except Refused:
        return
