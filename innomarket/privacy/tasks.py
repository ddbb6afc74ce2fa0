"""Sweeps: exports that wait, erasures that are due, rows whose time is over."""

from celery import shared_task

from .services import erasure, export, retention


@shared_task(name=export.TASK)
def make_exports() -> None:
    """Put together the data that people asked for."""
    export.make_due()


@shared_task(name="privacy.carry_out_erasures")
def carry_out_erasures() -> None:
    """Erase whose waiting time is over."""
    erasure.carry_out_due()


@shared_task(name="privacy.apply_retention")
def apply_retention() -> None:
    """Delete what has been kept long enough."""
    retention.apply()
