"""PDF papers: a Typst template of ours, filled with data. What people wrote is data, never a part of the source."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import structlog
from django.http import FileResponse
from django.utils.translation import gettext as _

from .formats import in_seoul
from .refusals import Refused

log = structlog.get_logger(__name__)

PROGRAM = Path(__file__).with_name("typesetting.py")
SECONDS = 25
DATA_BYTES = 4_000_000
# A page of ours that opens the paper by mistake can run nothing of it.
SANDBOX = "default-src 'none'; sandbox"


def pdf(template: str, data: dict[str, Any], *, at: datetime, form: str = "pdf") -> bytes:
    """A tagged PDF (PDF/UA-1) of ``template`` (a file in ``typst/``), dated ``at``: same data, same bytes.

    ``data`` is JSON with ``title``, ``language`` ("ko", "en") and what the template names; its texts may hold
    anything. ``form="png"`` gives the first page as a picture. Raises Refused when the paper is too long to be set
    within the limits of time and memory (``typesetting.py``).
    """
    local: Any = in_seoul(at)
    parts = [local.year, local.month, local.day, local.hour, local.minute, local.second]
    job = {
        "template": template,
        "data": plain(data) | {"at": parts},
        "timestamp": int(at.timestamp()),
        "format": form,
    }
    sent = json.dumps(job).encode()
    if len(sent) > DATA_BYTES:
        raise _too_long()
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(PROGRAM)],
            input=sent,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_long() from error
    if done.returncode:
        # What Typst says may quote the text: the log gets its length alone.
        log.error("paper not set", template=template, code=done.returncode, said=len(done.stderr))
        raise _too_long()
    return done.stdout


def plain(value: Any) -> Any:
    """JSON whose texts have no control characters and no lone surrogates (they become U+FFFD)."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    return "".join(char if _printable(char) else "\ufffd" for char in str(value))


def send_pdf(content: bytes, *, name: str) -> FileResponse:
    """A private download that no cache keeps; ``name`` may be Korean (RFC 5987)."""
    response = FileResponse(
        BytesIO(content), as_attachment=True, filename=name, content_type="application/pdf"
    )
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _printable(char: str) -> bool:
    return char in "\n\t" or not (ord(char) < 32 or 127 <= ord(char) < 160 or 0xD800 <= ord(char) < 0xE000)


def _too_long() -> Refused:
    return Refused(
        "paper_not_set",
        _(
            "This could not be made into a PDF, most likely because it is very long. The page shows all of it."
        ),
        status=503,
    )
