"""How the portal says no: with a reason that page, admin and API all show."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Refusal:
    """Why something may not be done. ``field`` names the form field at which to say it."""

    code: str
    reason: Text
    field: str | None = None
    status: int = 409


class Refused(Exception):
    """A service's no. ``reason`` is a whole sentence for the person who asked."""

    def __init__(self, code: str, reason: Text, *, field: str | None = None, status: int = 409) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason
        self.field = field
        self.status = status

    def __str__(self) -> str:
        return str(self.reason)


def forbidden(code: str, reason: Text) -> Refusal:
    """A refusal because of who asks (403), as permissions give it."""
    return Refusal(code, reason, status=403)


def ask(*answers: Refusal | None) -> None:
    """Raise the first refusal among a permission's answers; None is a yes."""
    for answer in answers:
        if answer is not None:
            raise Refused(answer.code, answer.reason, field=answer.field, status=answer.status)


def allowed(answer: Refusal | None) -> bool:
    """A permission's answer as a real ``bool``, for templates and lists."""
    return answer is None


def first(*answers: Refusal | None) -> Refusal | None:
    """The first no of several permissions, or None."""
    return next((answer for answer in answers if answer is not None), None)


def in_words(errors: Any) -> str:
    """One sentence out of Django's validation messages."""
    return " ".join(str(message) for message in errors)
