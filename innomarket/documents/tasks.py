"""Sweeps: files that wait for the virus check, pages to be drawn, uploads given up, files that no row owns."""

from celery import shared_task

from . import pages, quarantine, services, uploads


@shared_task(name="documents.sweep_orphans")
def sweep_orphans() -> None:
    """Delete stored files that an undone transaction left behind."""
    services.sweep_orphans()


@shared_task(name=quarantine.TASK)
def check_pending() -> None:
    """Ask ClamAV about what waits."""
    quarantine.check_pending()


@shared_task(name="documents.sweep_uploads")
def sweep_uploads() -> None:
    """Delete uploads that nobody finished in time."""
    uploads.sweep_expired()


@shared_task(name=pages.TASK)
def render_pages() -> None:
    """Draw the pages that somebody waits for."""
    pages.render_due()
