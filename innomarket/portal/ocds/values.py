"""The small pieces of OCDS: instants, days, money, texts, documents."""

from datetime import date, datetime, time
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import override

from catalog.public_documents import instant, site
from innomarket.common.clock import KST


def first_moment(day: date) -> str:
    """The beginning of a day in Seoul."""
    return datetime.combine(day, time.min, KST).isoformat()


def last_moment(day: date) -> str:
    """The last second of a day in Seoul: OCDS periods include their end."""
    return datetime.combine(day, time(23, 59, 59), KST).isoformat()


def won(amount: int) -> dict[str, Any]:
    """Whole won."""
    return {"amount": amount, "currency": "KRW"}


def korean(text: Promise | str, **values: Any) -> str:
    """A message of ours in the language of the data; values fill its %(name)s places."""
    with override("ko"):
        return str(text) % {name: str(value) for name, value in values.items()} if values else str(text)


def page(
    id: str, type: str, path: str, title: Promise | str, published_at: datetime | None = None
) -> dict[str, Any]:
    """A public page of the portal as a document; ``path`` is without a language."""
    return {
        "id": id,
        "documentType": type,
        "title": korean(title),
        "url": site(path, "ko"),
        **({"datePublished": instant(published_at)} if published_at else {}),
        "format": "text/html",
        "language": "ko",
    }
