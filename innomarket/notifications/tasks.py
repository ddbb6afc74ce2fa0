"""The drain of the outbox: woken on commit by name, and by the schedule for whatever was left."""

from celery import shared_task

from . import services


@shared_task(name=services.TASK)
def send_due() -> None:
    """Send what is due."""
    services.send_due()
