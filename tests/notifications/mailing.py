"""A mail server for tests that fails as it is told."""

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

BACKEND = "tests.notifications.mailing.Server"


class Server(BaseEmailBackend):
    """``closed`` is raised when a session is opened, ``errors`` (address -> error) when a mail is handed over."""

    closed: BaseException | None = None
    errors: dict[str, BaseException] = {}
    sent: list[EmailMessage] = []
    opened = 0

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.session = False

    @classmethod
    def reset(cls):
        cls.closed, cls.errors, cls.sent, cls.opened = None, {}, [], 0

    def open(self):
        if self.session:
            return False
        if self.closed:
            raise self.closed
        type(self).opened += 1
        self.session = True
        return True

    def close(self):
        self.session = False

    def send_messages(self, mails):
        for mail in mails:
            mail.message()  # a header that cannot stand fails here, as at a server
            if error := self.errors.get(mail.to[0]) or self.errors.get("*"):
                raise error
            self.sent.append(mail)
        return len(mails)
