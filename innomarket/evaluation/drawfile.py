"""draw.json: how a committed draw went on, for whoever wants to repeat it (docs/schemas/draw.json)."""

from typing import Any

from innomarket.submissions.freezing import canonical

from .models import Draw, DrawStep, Panelist
from .states import DrawState

DRAW_FORMAT = "innomarket-draw-1"


def text_of(draw: Draw) -> bytes:
    """The file as it stands now. Steps are only ever added; before the draw it holds the promise alone."""
    drawn = draw.state == DrawState.DRAWN
    return canonical(
        {
            "format": DRAW_FORMAT,
            "draw": draw.number,
            "round": draw.round.number,
            "state": draw.state,
            "committed_at": draw.committed_at.isoformat(),
            "pool_sha256": draw.pool_sha256,
            "secret_sha256": draw.secret_sha256,
            "drawn_at": draw.drawn_at.isoformat() if draw.drawn_at else None,
            "secret": draw.secret if drawn else None,
            "receipts": draw.receipts if drawn else [],
            "named_value": draw.named_value,
            "seed": draw.seed or None,
            "ended_at": draw.ended_at.isoformat() if draw.ended_at else None,
            "end_reason": draw.end_reason,
            "steps": [_step(step) for step in steps_of(draw)],
            "appointed": [
                {
                    "seat": seat.place,
                    "kind": seat.kind,
                    "reason": seat.reason,
                    "at": seat.seated_at.isoformat(),
                }
                for seat in appointed(draw)
            ],
        }
    )


def steps_of(draw: Draw) -> list[DrawStep]:
    return list(draw.steps.select_related("panelist", "instead_of").order_by("walk", "place"))


def appointed(draw: Draw) -> list[Panelist]:
    """Whoever was seated by hand beside the draw."""
    seats = Panelist.objects.filter(round=draw.round_id, origin=Panelist.Origin.APPOINTED)
    return list(seats.filter(seated_at__gte=draw.committed_at).order_by("place"))


def _step(step: DrawStep) -> dict[str, Any]:
    return {
        "walk": step.walk,
        "cause": step.cause,
        "position": step.position,
        "code": step.code,
        "result": step.result,
        "ground": step.ground,
        "seat": step.panelist.place if step.panelist else None,
        "single_entries": bool(step.panelist and step.panelist.origin == Panelist.Origin.SUBSTITUTE),
        "in_place_of": step.instead_of.place if step.instead_of else None,
        "at": step.at.isoformat(),
    }
