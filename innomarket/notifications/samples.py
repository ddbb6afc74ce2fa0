"""What each kind would say, with invented values by the names of its places."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from innomarket.common.clock import kst

from .kinds import PLACE, MessageKind
from .rendering import Lines, render, text_mail

SAMPLES: dict[str, Any] = {
    "applicants": 12,
    "products": "PD-2026-0012, PD-2026-0013",
    "below_pass": 3,
    "draw": "DW-2026-0004",
    "list": "/rounds/RD-2026-0007/",
    "no_result": 1,
    "not_selected": 5,
    "order": 4,
    "orders": "2, 5",
    "pass_mark": 70,
    "former_outcome": _("not selected"),
    "former_round": "RD-2026-0003",
    "former_total": "68.40",
    "round": "RD-2026-0007",
    "rounds": "RD-2026-0007, RD-2026-0008",
    "selected": 3,
    "submission": "PR-2026-0009",
    "who": _("Hong Gil-dong"),
    "accepted": 3,
    "amount": _("KRW 240 million"),
    "at": kst(2026, 11, 24, 13, 3),
    "cases": "CT-2026-0003, CT-2026-0009",
    "call": _("Call for solutions 2026"),
    "calls": "CL-2026-0007, CL-2026-0009",
    "closes": kst(2026, 11, 30, 18),
    "comments": _("It answers the need."),
    "committee": _("Committee for innovation"),
    "contract": "CN-2026-0012",
    "count": 3,
    "days": 14,
    "due": kst(2026, 12, 14, 18),
    "entries": 12,
    "expires": kst(2026, 12, 8, 18),
    "files": _("Proposal, 2.1MB, SHA-256 9f86…"),
    "from": kst(2026, 12, 1).date(),
    "ground": _("order of a court or an authority"),
    "institution": _("Invented Institution"),
    "kind": _("company"),
    "label": _("Nightly import"),
    "left": _("3 days"),
    "lines": Lines("– …\n– …\n– …"),
    "may_submit": _("yes"),
    "n": 2,
    "name": _("Invented product"),
    "number": "CL-2026-0007",
    "opening": kst(2026, 12, 1, 10),
    "opens": kst(2026, 11, 2, 9),
    "ordinal": "00",
    "organisation": _("Invented Company"),
    "outcome": _("selected"),
    "paid": _("KRW 240 million"),
    "papers": _("Certificate of tax payment"),
    "passed": 7,
    "person": _("An invented person"),
    "place": "2",
    "product": _("Invented product"),
    "quantity": 3,
    "reason": _("A reason that somebody gave."),
    "refused": 0,
    "role": _("editor"),
    "scores": "86 / 100",
    "second": _("An invented person"),
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "slot": _("The paper"),
    "state": _("refused"),
    "submitted": 41,
    "supplier": _("Invented Company"),
    "task": _("Invented task"),
    "title": _("Invented title"),
    "token": "imk_9f86d081",
    "total": "86.40",
    "until": kst(2026, 12, 4).date(),
    "verdict": _("success"),
    "what": _("The closing was moved."),
    "when": kst(2026, 12, 4, 14),
    "verify": Lines("https://innomarket.example/verify/"),
}


def places(kind: MessageKind) -> set[str]:
    """The names of the values that a kind takes."""
    with override(None):
        return set(PLACE.findall(f"{kind.subject} {kind.body}"))


def preview(kind: MessageKind, language: str) -> tuple[str, str]:
    """Subject and whole mail in a language. A place without a sample shows its own name in brackets."""
    values = {name: SAMPLES.get(name, f"[{name}]") for name in places(kind)}
    subject, body = render(kind, language, values)
    return subject, text_mail(body=body, path="/inbox/", language=language)
