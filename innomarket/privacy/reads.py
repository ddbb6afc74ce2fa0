"""What holds today: the notice of a purpose, and which consents a person is asked for."""

from typing import Any

from innomarket.common import personal
from innomarket.common.clock import today

from .models import Consent, Notice, Purpose


def notice_for(purpose: str) -> Notice | None:
    return Notice.objects.filter(purpose=purpose, valid__contains=today()).first()  # type: ignore[return-value]


def notices() -> list[Any]:
    """Those in force, in the order of the purposes."""
    order = {purpose: n for n, purpose in enumerate(Purpose.values)}
    return sorted(Notice.objects.filter(valid__contains=today()), key=lambda n: order.get(n.purpose, 99))


def former_notices() -> list[Any]:
    """Those that held before, newest first."""
    return list(Notice.objects.filter(valid__fully_lt=(today(), None)).order_by("purpose", "-valid"))


def has_consented(person: Any, purpose: str) -> bool:
    """Whether a consent to the version in force stands. For the app whose processing rests on it."""
    notice = notice_for(purpose)
    return notice is not None and _standing(person).filter(notice=notice).exists()


def consents_of(person: Any) -> list[dict[str, Any]]:
    """Each notice in force that needs this person's consent, with the newest answer to it (or None)."""
    asked = [n for n in notices() if n.needs_consent and _is_asked(person, n.purpose)]
    answers: dict[int, Consent] = {}
    for row in Consent.objects.filter(person=person, notice__in=asked).order_by("pk"):
        answers[row.notice_id] = row
    return [{"notice": n, "answer": answers.get(n.pk)} for n in asked]


def unanswered(person: Any) -> bool:
    """Whether a version in force waits for the person's answer. It is asked on the workspace and blocks nothing."""
    return any(row["answer"] is None for row in consents_of(person))


def _standing(person: Any) -> Any:
    return Consent.objects.filter(person=person, given_at__isnull=False, withdrawn_at=None)


def _is_asked(person: Any, purpose: str) -> bool:
    asked = personal.asked_of.get(purpose)
    return asked is not None and asked(person)
