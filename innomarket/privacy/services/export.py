"""One's own data as a ZIP: data.json for machines, data.html in both languages for people."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
import zipfile
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.http import FileResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from innomarket.audit import services as audit
from innomarket.common import personal, waking
from innomarket.common.clock import now
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask
from innomarket.notifications import services as outbox

from .. import messages, permissions
from ..models import Export, PrivacyRule
from ..states import EXPORT_MOVES, ExportState

TASK = "privacy.make_exports"


def ask_export(*, person: Any, by: Any) -> Export:
    """Ask for one's data; a worker puts them together. Raises Refused for others, and beyond the day's limit."""
    with transaction.atomic():
        person = lock(get_user_model(), person.pk)
        ask(permissions.is_oneself(by, person))
        at = now()
        most = PrivacyRule.objects.at().exports_a_day
        if Export.objects.filter(person=person, asked_at__gt=at - timedelta(days=1)).count() >= most:
            raise Refused(
                "too_many",
                _("You asked for your data several times within a day. Try again tomorrow."),
                status=429,
            )
        with in_words(Export):
            row = audit.created(
                Export(person=person, asked_at=at), actor=by, verb="privacy.ask_export", person=person.pk
            )
        waking.wake(TASK)
    return row


def make_due() -> int:
    """Put together what waits, each in a transaction of its own, skipping what another worker holds; how many."""
    made = 0
    for pk in list(Export.objects.filter(state=ExportState.WAITING).values_list("pk", flat=True)):
        with transaction.atomic():
            row = (
                Export.objects.select_for_update(of=("self",), skip_locked=True)
                .select_related("person")
                .filter(pk=pk, state=ExportState.WAITING)
                .first()
            )
            if row is not None:
                _make(row)
                made += 1
    return made


def _make(row: Export) -> None:
    content, at = packed(row.person), now()
    path = storages["private"].save(f"exports/{uuid.uuid4().hex}", ContentFile(content))
    try:
        audit.changed(
            row,
            actor=None,
            verb="privacy.make_export",
            state=ask_move(EXPORT_MOVES, "make", row),
            made_at=at,
            path=path,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        outbox.tell(kind=messages.EXPORT_READY.code, people=[row.person], about=row, url="/people/me/data/")
    except BaseException:
        storages["private"].delete(path)
        raise


def packed(person: Any) -> bytes:
    """The ZIP. Every registered part is in it, empty ones too: that nothing is kept is an answer."""
    parts = [(part, [_plain(row) for row in part.rows(person)]) for part in personal.shares.values()]
    data = {
        "made_at": now().isoformat(),
        "parts": {
            part.code: {
                "title": _both(part.title),
                "labels": {key: _both(label) for key, label in part.columns},
                "rows": rows,
            }
            for part, rows in parts
        },
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1))
        for language in ("ko", "en"):
            archive.writestr(f"data.{language}.html", _page(parts, language))
    return file.getvalue()


def send(*, export: Export, by: Any) -> FileResponse:
    """The ZIP as a download that no cache keeps. Raises Refused for others, and where it is not there."""
    ask(permissions.is_oneself(by, export.person))
    if export.state != ExportState.READY:
        raise Refused("not_ready", _("Your data are still being put together. Reload the page in a minute."))
    try:
        stored = storages["private"].open(export.path)
    except FileNotFoundError as error:
        raise Refused("gone", _("This file has been deleted. Ask for your data again.")) from error
    audit.record(actor=by, verb="privacy.download_export", subject=export)
    response = FileResponse(
        stored, as_attachment=True, filename="my-data.zip", content_type="application/zip"
    )
    response["Content-Length"] = export.size
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def remove(rows: list[Export]) -> None:
    """Delete exports with their files; a file goes once its row is gone for good."""
    paths = [row.path for row in rows if row.path]
    Export.objects.filter(pk__in=[row.pk for row in rows]).delete()

    def delete() -> None:
        for path in paths:
            storages["private"].delete(path)

    transaction.on_commit(delete, robust=True)


def _page(parts: list[Any], language: str) -> str:
    with override(language):
        tables = [
            {
                "title": str(part.title),
                "heads": [str(label) for _key, label in part.columns],
                "rows": [[row.get(key, "") for key, _label in part.columns] for row in rows],
            }
            for part, rows in parts
        ]
        return render_to_string("privacy/export.html", {"tables": tables, "language": language})


def _both(text: Any) -> dict[str, str]:
    found = {}
    for language in ("ko", "en"):
        with override(language):
            found[language] = str(text)
    return found


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {key: _value(value) for key, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (bool, int, float, str, type(None), list, dict)):
        return value
    return str(value)
