"""Innomarket: a portal for innovation procurement, from a public need to a pilot purchase."""

from innomarket.celery import app as celery_app

__version__ = "0.1.0"
__all__ = ("celery_app",)
