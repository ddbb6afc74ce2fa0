"""What this app itself keeps about people: consents, exports, erasures; and who is asked for consent."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from innomarket.common import personal

from .models import Consent, Erasure, Export, Purpose
from .services import export
from .states import ExportState


def register_all() -> None:
    """Called once when the app is ready."""
    personal.consent(Purpose.NEWS, lambda person: True)
    personal.form(Purpose.RECORD, "privacy:mine", "privacy:erase", "privacy:take_back", "privacy:export")
    personal.form(Purpose.NEWS, "privacy:consent")
    personal.share(
        personal.Share(
            "privacy.consents",
            _("Consents"),
            (
                ("purpose", _("purpose")),
                ("version", _("notice")),
                ("given_at", _("given at")),
                ("declined_at", _("declined at")),
                ("withdrawn_at", _("withdrawn at")),
            ),
            _consents,
        ),
        personal.Share(
            "privacy.erasures",
            _("Erasures asked for"),
            (("asked_at", _("asked at")), ("due_at", _("carried out from")), ("state", _("state"))),
            lambda person: Erasure.objects.filter(person=person).values("asked_at", "due_at", "state"),
        ),
    )
    personal.eraser("privacy", _erase)
    personal.keep(
        personal.Kept(
            "privacy.exports",
            _("Exports of personal data"),
            lambda before: Export.objects.filter(asked_at__lt=before),
            "asked_at",
            1,
            gettext_noop("innomarket: a copy of everything should not lie about"),
            export.remove,
        )
    )


def _consents(person: Any) -> Iterator[dict[str, Any]]:
    for row in Consent.objects.filter(person=person).select_related("notice").order_by("pk"):
        yield {
            "purpose": row.notice.get_purpose_display(),
            "version": row.notice_id,
            "given_at": row.given_at,
            "declined_at": row.declined_at,
            "withdrawn_at": row.withdrawn_at,
        }


def _erase(person: Any, code: str) -> dict[str, int]:
    """Copies of everything go first. Consents stay as proof, of the code."""
    rows = list(Export.objects.select_for_update().filter(person=person).order_by("pk"))
    export.remove(rows)
    return {"exports": len([row for row in rows if row.state == ExportState.READY])}
