"""The daily sweep of files that no row owns."""

from celery import shared_task

from . import services


@shared_task(name="documents.sweep_orphans")
def sweep_orphans() -> None:
    """Delete stored files that an undone transaction left behind."""
    services.sweep_orphans()
