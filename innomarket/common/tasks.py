"""The worker's heartbeat. Beat sends it, a process of the pool writes it: so the row proves that tasks are run."""

from celery import shared_task
from django.utils import timezone

from innomarket.common.heartbeats import write_heartbeat


@shared_task(name="innomarket.common.tasks.worker_heartbeat")
def worker_heartbeat() -> None:
    """Write that the worker ran a task now."""
    write_heartbeat("worker", timezone.now())
