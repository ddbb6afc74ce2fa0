"""Celery. The schedule stands in innomarket/celery.py."""

from innomarket.settings.environment import VAR_DIR
from innomarket.settings.languages import TIME_ZONE
from innomarket.settings.services import REDIS_URL

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_ENABLE_UTC = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# Every task asks the database what is due and may run twice: one that a killed worker held is given out again.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Redis hands out what stands at 0 first. Sweeps that work off a pile end after some seconds and wake the next one; each
# wake-up of theirs stands at 5, so that heartbeats and closings overtake a pile however many of these there are.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,  # longer than the longest task
    "queue_order_strategy": "priority",
    "priority_steps": [0, 5],
    # Whoever has written waits for no broker that is away: tried once, and the sweeps find what is due. (kombu would
    # try for six seconds with each task, and for ever where a broker took the connection and then stood still.) The
    # worker and beat wait for it in their own ways.
    "max_retries": 0,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
}
CELERY_TASK_ROUTES = {
    name: {"priority": 5}
    for name in (
        "catalog.make_snapshots",
        "catalog.tell_saved_searches",
        "documents.check_pending",
        "documents.render_pages",
        "notifications.send_due",
        "privacy.make_exports",
        "submissions.search_identities",
    )
}
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BEAT_SCHEDULER = "innomarket.common.beat.HeartbeatScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "run" / "beat-schedule")
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
