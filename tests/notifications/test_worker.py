"""From the row to the mailbox through a real Celery worker, in another process."""

import pytest

TELL = """
from django.db import transaction
from innomarket.accounts.models import User
from innomarket.notifications import services
from innomarket.notifications.kinds import MessageKind, register
register(MessageKind("test.worker", "Hello", "Hello"))
with transaction.atomic():
    people = [User.objects.create(email=f"p{n}@example.com", name="x") for n in range(20)]
    services.tell(kind="test.worker", people=people)
"""


@pytest.mark.worker
@pytest.mark.slow
def test_messages_reach_the_mailbox_after_commit_without_waiting_for_the_schedule(deployment):
    deployment.worker()
    deployment.manage("shell", "--no-imports", "-c", TELL)
    deployment.wait(
        lambda: deployment.rows("SELECT count(*) FROM notifications_localmail") == [(20,)],
        "the mails are there",
    )
    deployment.wait(
        lambda: deployment.rows("SELECT DISTINCT state FROM notifications_message") == [("sent",)],
        "they are noted",
    )
