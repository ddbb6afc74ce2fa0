"""What evaluation keeps about people: taken along, and the duties that forbid an erasure."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from innomarket.common import personal
from innomarket.common.refusals import Refusal

from .models import Panelist, Round, Sheet
from .states import ACTIVE


def register_all() -> None:
    """Called once when the app is ready."""
    personal.form(
        "evaluation",
        *("evaluation:round", "evaluation:sheet", "evaluation:conflict", "evaluation:opinion"),
        *("evaluation:seat", "evaluation:decline"),
    )
    personal.form(
        "evaluator_pool",
        *("evaluation:profile_edit", "evaluation:tie", "evaluation:tie_end", "evaluation:away"),
    )
    personal.no_data(
        "it only takes away what the person entered",
        *("evaluation:tie_withdraw", "evaluation:away_remove", "evaluation:leave_pool"),
    )
    personal.form("application", "evaluation:objection")
    personal.no_data("it only takes an objection back", "evaluation:withdraw_objection")
    personal.consent("evaluator_pool", lambda person: Panelist.objects.filter(user=person).exists())
    personal.share(
        personal.Share(
            "evaluation.panels",
            _("Panels"),
            (
                ("round", _("round")),
                ("place", _("place")),
                ("seated_at", _("seated at")),
                ("declared_at", _("conflicts declared at")),
                ("left_at", _("left at")),
            ),
            _panels,
        ),
        personal.Share(
            "evaluation.sheets",
            _("Sheets"),
            (
                ("round", _("round")),
                ("entry", _("entry")),
                ("state", _("state")),
                ("comment", _("comment")),
                ("points", _("points")),
            ),
            _sheets,
        ),
    )
    personal.duty(_chief, _panel)


def _panels(person: Any) -> Iterator[dict[str, Any]]:
    for row in Panelist.objects.filter(user=person).select_related("round").order_by("pk"):
        yield {
            "round": row.round.number,
            "place": row.place,
            "seated_at": row.seated_at,
            "declared_at": row.declared_at,
            "left_at": row.left_at,
        }


def _sheets(person: Any) -> Iterator[dict[str, Any]]:
    rows = Sheet.objects.filter(assignment__panelist__user=person).order_by("pk")
    rows = rows.select_related("assignment__entry__round").prefetch_related("scores")
    for row in rows:
        entry = row.assignment.entry
        yield {
            "round": entry.round.number,
            "entry": entry.order,
            "state": row.state,
            "comment": row.comment,
            "points": [score.points for score in sorted(row.scores.all(), key=lambda s: s.criterion_id)],
        }


def _chief(person: Any) -> Refusal | None:
    row = Round.objects.filter(chief=person, state__in=ACTIVE).first()
    if row is None:
        return None
    return Refusal(
        "chief",
        _("You are the chief of round %(number)s. Finish it or hand it over first.") % {"number": row.number},
    )


def _panel(person: Any) -> Refusal | None:
    row = (
        Panelist.objects.filter(user=person, left_at=None, round__state__in=ACTIVE)
        .select_related("round")
        .first()
    )
    if row is None:
        return None
    return Refusal(
        "panel",
        _(
            "You are on the panel of round %(number)s. Hand in your sheets and wait for the results, or decline."
        )
        % {"number": row.round.number},
    )
