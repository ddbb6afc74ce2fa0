"""The outbox: one row for each message to a person, written with the change that causes it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innomarket.common.clock import Now

from .kinds import DIGEST


class Way(models.TextChoices):
    """How a person wants the messages of a group; each stands in the inbox anyway."""

    MAIL = "mail", _("by mail at once")
    DIGEST = "digest", _("in one mail a day")
    INBOX = "inbox", _("in the inbox only")


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user) -> "MessageQuerySet":
        """A person's inbox is their own; staff who keep the audit see who was told what."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff and user.has_perm("accounts.read_audit"):
            return self
        return self.filter(recipient=user)

    def inbox(self, user) -> "MessageQuerySet":
        return self.filter(recipient=user).exclude(kind=DIGEST).order_by("-pk")

    def unread(self) -> "MessageQuerySet":
        return self.filter(read_at=None)


class Message(models.Model):
    """Mail and inbox at once. ``key`` makes it one message per kind, object, person and version.

    To a person, or to an ``address`` of whom nobody knows whether they are registered (invitations).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DIGEST = "digest", _("waiting for the daily mail")
        SENT = "sent", _("sent")
        DIGESTED = "digested", _("sent with the daily mail")
        INBOX = "inbox", _("in the inbox only")
        FAILED = "failed", _("failed")
        SUPPRESSED = "suppressed", _("suppressed (sample)")

    kind = models.CharField(_("kind"), max_length=80)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="messages",
        verbose_name=_("to"),
    )
    address_to = models.EmailField(_("to the address"), blank=True)
    language = models.CharField(_("language"), max_length=5)
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text"))
    url = models.CharField(_("address"), max_length=200, blank=True)
    object_label = models.CharField(_("about"), max_length=120, blank=True)
    key = models.CharField(_("key"), max_length=200, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    # Of its kind when it was told. The database has the default too: workers of before this column write on.
    goes_first = models.BooleanField(default=False, db_default=False, editable=False)
    # When it was told; of a telling to many, each a little later than the one before (fanout.APART). Null: mailed
    # before this column was.
    turn = models.DateTimeField(null=True, db_default=Now(), editable=False)
    created_at = models.DateTimeField(_("written at"), db_default=Now())
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=Now())
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("last error"), blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    read_at = models.DateTimeField(_("read at"), null=True)
    digest = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="gathered", verbose_name=_("daily mail")
    )

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
            models.CheckConstraint(
                condition=models.Q(recipient__isnull=False, address_to="")
                | (models.Q(recipient__isnull=True) & ~models.Q(address_to="")),
                name="message_to_a_person_or_an_address",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-goes_first", "turn"],
                condition=models.Q(state="waiting"),
                name="messages_due_in_turn",
            ),
            models.Index(
                fields=["next_attempt_at", "recipient"],
                condition=models.Q(state="digest"),
                name="messages_due_daily",
            ),
            models.Index(fields=["object_label", "kind", "-id"], name="messages_about_an_object"),
            models.Index(fields=["recipient", "-id"], name="messages_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_label}"

    @property
    def mail_address(self) -> str:
        """Where its mail goes: the person's address of now, not of when it was written."""
        return self.recipient.email if self.recipient else self.address_to


class Preference(models.Model):
    """The way that a person chose for a group of kinds; without a row it is by mail at once."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="message_preferences",
        verbose_name=_("person"),
    )
    group = models.CharField(_("group of messages"), max_length=40)
    way = models.CharField(_("way"), max_length=10, choices=Way.choices)

    class Meta:
        verbose_name = _("preference for messages")
        verbose_name_plural = _("preferences for messages")
        constraints = [
            models.UniqueConstraint(fields=["person", "group"], name="one_way_for_a_group_of_messages"),
            models.CheckConstraint(
                condition=models.Q(way__in=["mail", "digest", "inbox"]), name="message_way_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.group}"


class LocalMail(models.Model):
    """A mail of the local mailbox, which exists only with the embedded services."""

    at = models.DateTimeField(_("at"), db_default=Now())
    to = models.CharField(_("to"), max_length=300)
    sender = models.CharField(pgettext_lazy("a mail", "from"), max_length=300)
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text"))
    message_id = models.CharField(max_length=200, unique=True)

    class Meta:
        verbose_name = _("local mail")
        verbose_name_plural = _("local mails")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.subject
