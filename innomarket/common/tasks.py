"""The worker's heartbeat, written by its pool so that the row proves tasks are run; the readiness history."""

from celery import shared_task
from django.utils import timezone

from innomarket.common import readiness
from innomarket.common.heartbeats import write_heartbeat


@shared_task(name="innomarket.common.tasks.worker_heartbeat")
def worker_heartbeat() -> None:
    """Write that the worker ran a task now."""
    write_heartbeat("worker", timezone.now())


@shared_task(name="innomarket.common.tasks.probe_readiness")
def probe_readiness() -> None:
    """Ask /readyz over HTTP and keep the answer."""
    readiness.probe(source="worker")
