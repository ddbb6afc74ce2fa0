"""The outbox: one row for each message to a person, written with the change that causes it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user) -> "MessageQuerySet":
        """A person's inbox is their own; staff who keep the audit see who was told what."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff and user.has_perm("accounts.read_audit"):
            return self
        return self.filter(recipient=user)

    def inbox(self, user) -> "MessageQuerySet":
        return self.filter(recipient=user).order_by("-pk")

    def unread(self) -> "MessageQuerySet":
        return self.filter(read_at=None)


class Message(models.Model):
    """Mail and inbox at once. ``key`` makes it one message per kind, object, person and version."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        SUPPRESSED = "suppressed", _("suppressed (sample)")

    kind = models.CharField(_("kind"), max_length=80)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="messages", verbose_name=_("to")
    )
    language = models.CharField(_("language"), max_length=5)
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text"))
    url = models.CharField(_("address"), max_length=200, blank=True)
    object_label = models.CharField(_("about"), max_length=120, blank=True)
    key = models.CharField(_("key"), max_length=200, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(_("written at"), db_default=Now())
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=Now())
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("last error"), blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    read_at = models.DateTimeField(_("read at"), null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
                name="message_sent_has_its_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=models.Q(state="waiting"), name="messages_due"
            ),
            models.Index(fields=["recipient", "-id"], name="messages_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_label}"


class LocalMail(models.Model):
    """A mail of the local mailbox, which exists only with the embedded services."""

    at = models.DateTimeField(_("at"), db_default=Now())
    to = models.CharField(_("to"), max_length=300)
    sender = models.CharField(_("from"), max_length=300)
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text"))
    message_id = models.CharField(max_length=200, unique=True)

    class Meta:
        verbose_name = _("local mail")
        verbose_name_plural = _("local mails")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.subject
