"""What every page may show of a person's inbox."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .models import Message


def inbox(request: HttpRequest) -> dict[str, Any]:
    """``unread_count``: asked of the database only where a template shows it, to somebody signed in."""
    return {"unread_count": SimpleLazyObject(lambda: _unread(request))}


def _unread(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return 0
    return Message.objects.inbox(user).unread().count()
