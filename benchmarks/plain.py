"""The plain way to send mail with Celery, as a control: one task and one session for each mail. Nothing imports it
but the worker of benchmarks/messages.py."""

from celery import shared_task
from django.core.mail import EmailMessage
from django.utils import timezone

from innomarket.notifications.models import Message
from innomarket.notifications.rendering import text_mail
from innomarket.notifications.sending import message_id


@shared_task(name="benchmarks.plain.send_one")
def send_one(pk: int) -> None:
    """Send one message and say so afterwards."""
    message = Message.objects.select_related("recipient").get(pk=pk)
    EmailMessage(
        subject=message.subject,
        body=text_mail(body=message.body, path=message.url, language=message.language),
        to=[message.mail_address],
        headers={"Message-ID": message_id(message)},
    ).send()
    message.state, message.sent_at = Message.State.SENT, timezone.now()
    message.save(update_fields=["state", "sent_at"])
