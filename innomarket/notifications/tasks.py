"""The drain of the outbox: woken on commit by name, and by the schedule for whatever was left."""

from celery import shared_task

from . import digests, sending, services


@shared_task(name=services.TASK)
def send_due() -> None:
    """Send what is due."""
    sending.send_due()


@shared_task(name="notifications.write_due_digests")
def write_due_digests() -> None:
    """Write the daily mails that are due; the drain sends them."""
    digests.write_due_digests()
