"""The Celery application and the schedule, by name.

Beat is a process of its own and only wakes sweeps: what is due is asked from the database by the task, so a beat
that was down for an hour loses nothing. There is no result backend; what a task did stands in its rows.
"""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "innomarket.settings")

app = Celery("innomarket")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

HEARTBEAT_SECONDS = 15

# name -> task by name and period. A sweep that is due again before its last message was taken expires instead of
# piling up behind a worker that was away.
app.conf.beat_schedule = {
    "worker-heartbeat": {
        "task": "innomarket.common.tasks.worker_heartbeat",
        "schedule": HEARTBEAT_SECONDS,
        "options": {"expires": HEARTBEAT_SECONDS},  # never a queue of old ones
    },
    # Twice a minute; an old message would say nothing about now. Its absence is the record of a silence.
    "common-probe-readiness": {
        "task": "innomarket.common.tasks.probe_readiness",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "submissions-propose-outages": {
        "task": "submissions.propose_outages",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "submissions-close-due-calls": {
        "task": "submissions.close_due_calls",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "notifications-send-due": {
        "task": "notifications.send_due",
        "schedule": 60,
        "options": {"expires": 60},
    },
    # Every ten minutes: 08:00 in Seoul stands in the rows, so a worker that was away writes them when it is back.
    "notifications-write-due-digests": {
        "task": "notifications.write_due_digests",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
    "submissions-remind-due": {
        "task": "submissions.remind_due",
        "schedule": 300,
        "options": {"expires": 300},
    },
    "evaluation-remind-panels": {
        "task": "evaluation.remind_panels",
        "schedule": 600,
        "options": {"expires": 600},
    },
    "documents-check-pending": {
        "task": "documents.check_pending",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "documents-render-pages": {
        "task": "documents.render_pages",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "documents-sweep-uploads": {
        "task": "documents.sweep_uploads",
        "schedule": crontab(minute=20),
        "options": {"expires": 3600},
    },
    "submissions-close-due-supplements": {
        "task": "submissions.close_due_supplements",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "submissions-search-identities": {
        "task": "submissions.search_identities",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "submissions-lapse-requests": {
        "task": "submissions.lapse_requests",
        "schedule": 600,
        "options": {"expires": 600},
    },
    # Before the daily mail at 08:00.
    "catalog-tell-saved-searches": {
        "task": "catalog.tell_saved_searches",
        "schedule": crontab(hour=7, minute=0),
        "options": {"expires": 12 * 3600},
    },
    "privacy-make-exports": {"task": "privacy.make_exports", "schedule": 60, "options": {"expires": 60}},
    "privacy-carry-out-erasures": {
        "task": "privacy.carry_out_erasures",
        "schedule": crontab(minute=40),
        "options": {"expires": 3600},
    },
    "privacy-apply-retention": {
        "task": "privacy.apply_retention",
        "schedule": crontab(hour=3, minute=30),
        "options": {"expires": 6 * 3600},
    },
    # Several times: each run makes what is still missing of the night's files.
    "catalog-make-snapshots": {
        "task": "catalog.make_snapshots",
        "schedule": crontab(hour="1-5", minute=10),
        "options": {"expires": 3600},
    },
    "documents-sweep-orphans": {
        "task": "documents.sweep_orphans",
        "schedule": crontab(hour=4, minute=10),
        "options": {"expires": 6 * 3600},
    },
}


@setup_logging.connect
def _log_like_the_web(**_: object) -> None:
    """Celery would replace the root logger: the worker logs in the same form as the web process."""
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@worker_ready.connect
def _show_life_at_once(**_: object) -> None:
    """Without this a fresh start would wait one period for its first heartbeat."""
    app.send_task("innomarket.common.tasks.worker_heartbeat", expires=HEARTBEAT_SECONDS)
