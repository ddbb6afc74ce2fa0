"""The history of /readyz: asked over HTTP as a visitor would ask, and written down.

Only names of parts are kept, never what an answer says about them.
"""

import http.client
import json
import urllib.error
import urllib.request
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now as RealNow

from innomarket.common.models import Readiness

PATIENCE_SECONDS = 10
MOST_BYTES = 20_000
WEB = "web"
"""What failed where nothing that we understand came back."""


def ask(address: str) -> list[str]:
    """The parts that /readyz at ``address`` (http or https) names as failed; empty when everything stands."""
    if not address.startswith(("http://", "https://")):
        return [WEB]
    asked = urllib.request.Request(address, headers={"User-Agent": "innomarket-readiness"})
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE_SECONDS) as answer:
            return failed_parts(answer.read(MOST_BYTES))
    except urllib.error.HTTPError as refused:  # 503 carries the parts, a proxy's 502 does not
        with refused:
            return failed_parts(refused.read(MOST_BYTES)) or [WEB]
    except (OSError, http.client.HTTPException):
        return [WEB]


def failed_parts(body: bytes) -> list[str]:
    """The names of the parts that an answer does not call "ok"; the web itself where it is no such answer."""
    try:
        parts = json.loads(body)["parts"]
        return sorted(str(name)[:20] for name, state in parts.items() if state != "ok")[:9]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [WEB]


def probe(*, source: str, address: str = "") -> Readiness:
    """Ask once and write the answer down; raises DatabaseError where the database is away."""
    failed = ask(address or settings.READINESS_URL)
    return Readiness.objects.create(failed=",".join(failed), source=source[:40])


def forget(days: int) -> int:
    """Delete answers older than this; how many."""
    return Readiness.objects.filter(at__lt=RealNow() - timedelta(days=days)).delete()[0]
