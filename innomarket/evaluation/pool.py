"""The pool as it is frozen for one round, and the files that the public reads."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from innomarket.common.clock import KST
from innomarket.common.refusals import Refused
from innomarket.submissions.freezing import canonical
from innomarket.submissions.models import Call
from innomarket.submissions.states import OpeningState

from . import beside, blindness, conflicts, drawing
from .loads import loads_of
from .models import DrawRule, Expertise, ExpertKind, Round

POOL_FORMAT = "innomarket-draw-pool-1"
STEPS = [
    "1. seed = SHA-256(prefixed(secret) + prefixed(public value)); "
    "prefixed(x) = length of x as 8 bytes big-endian, then x",
    "2. order = codes sorted by SHA-256(prefixed(seed) + prefixed(code)), lowest first",
    "3. down the order; passed over: who is excluded here, whose kind has no open seat (kind_full), whose organisation "
    "has its most (organisation_full), who is known since to be in conflict, to know who applied in a blind stage, "
    "inactive, away or at the cap",
    "4. everybody else is seated, until no seat is open or the order ends",
    "5. whoever leaves is replaced by a walk from the top for a seat of the same kind, past those seated before",
]

# In one statement: who is active and knows one of the fields, with employer and absence.
_SQL = """
SELECT evaluator.id, evaluator.user_id, evaluator.kind, coalesce(evaluator.most_panels, %(cap)s),
       coalesce((SELECT array_agg(field.code ORDER BY field.code)
                   FROM evaluation_evaluator_fields own JOIN evaluation_expertise field ON field.id = own.expertise_id
                  WHERE own.evaluator_id = evaluator.id), '{}'),
       coalesce(
           (SELECT coalesce('#' || tie.organisation_id, tie.name_key) FROM evaluation_tie tie
             WHERE tie.evaluator_id = evaluator.id AND tie.kind = 'employed' AND tie.withdrawn_at IS NULL
               AND tie.from_on <= %(day)s AND (tie.to_on IS NULL OR tie.to_on >= %(day)s)
             ORDER BY tie.from_on DESC, tie.id DESC LIMIT 1),
           (SELECT '#' || min(own.organisation_id) FROM accounts_membership own
             WHERE own.user_id = evaluator.user_id AND own.left_at IS NULL),
           ''),
       EXISTS (SELECT 1 FROM evaluation_absence absence
                WHERE absence.evaluator_id = evaluator.id
                  AND absence.from_on <= %(until)s AND absence.to_on >= %(day)s)
  FROM evaluation_evaluator evaluator JOIN accounts_user person ON person.id = evaluator.user_id
 WHERE evaluator.state = 'active' AND person.is_active
   AND (%(any)s OR EXISTS (SELECT 1 FROM evaluation_evaluator_fields own
                            WHERE own.evaluator_id = evaluator.id AND own.expertise_id = ANY(%(fields)s::bigint[])))
 ORDER BY evaluator.id
"""


@dataclass
class Frozen:
    """``keys``: the evaluators in the order of the candidates. Codes are of this draw alone."""

    round: Round
    rule: DrawRule
    wanted: dict[str, int]
    fields: list[str]
    year: int
    keys: list[int]
    candidates: list[dict[str, Any]]

    def ask_enough(self) -> None:
        """Raises Refused where the fit cannot fill the seats of a kind."""
        for kind, seats in self.wanted.items():
            fit = sum(one["kind"] == kind and not one["excluded"] for one in self.candidates)
            if fit < seats:
                raise Refused(
                    "pool_too_small",
                    _("The pool has %(fit)s fit evaluators for %(seats)s seats of “%(kind)s”.")
                    % {"fit": fit, "seats": seats, "kind": ExpertKind(kind).label},
                    field=f"seats_{kind}",
                )


def freeze(
    *, round: Round, fields: Sequence[Expertise], seats: Mapping[str, int] | None, at: datetime
) -> Frozen:
    """Everybody in the pool who is eligible, in random order under new codes; who is not fit today says why."""
    day = at.astimezone(KST).date()
    rule = DrawRule.objects.at(day)
    wanted = {kind: n for kind, n in (rule.seats_by_kind() if seats is None else seats).items() if n > 0}
    if not wanted:
        raise Refused("no_seats", _("A panel has at least one seat."))
    until = round.due_at.astimezone(KST).date() if round.due_at else day + timedelta(days=30)
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL,
            {
                "day": day,
                "until": max(until, day),
                "cap": rule.load_cap,
                "any": not fields,
                "fields": [one.pk for one in fields],
            },
        )
        rows = cursor.fetchall()
    dice = random.SystemRandom()
    dice.shuffle(rows)
    loads = loads_of([row[1] for row in rows], year=day.year)
    sides = conflicts.Sides(owner=round.lot.owner_id)
    barred = conflicts.weightiest(
        conflicts.find([row[1] for row in rows], sides, day=day, years=rule.look_back_years)
    )
    former = beside.former_panel(round)
    knowing = blindness.unfit([row[1] for row in rows], round)
    codes = _organisation_codes([row[5] for row in rows], dice)
    width = max(4, len(str(len(rows))))
    candidates = []
    for n, (_pk, user, kind, cap, known, organisation, away) in enumerate(rows, start=1):
        load = loads.get(user, 0)
        full = load >= min(cap, rule.load_cap)
        before = drawing.FORMER_PANEL if user in former else ""
        fact = barred.get(user, "") or (drawing.BLINDNESS if user in knowing else "")
        excluded = before or fact or (drawing.AWAY if away else drawing.CAP if full else "")
        candidates.append(
            {
                "code": f"C{n:0{width}}",
                "kind": kind,
                "fields": list(known),
                "organisation": codes.get(organisation, ""),
                "load": load,
                "excluded": excluded,
            }
        )
    return Frozen(
        round,
        rule,
        wanted,
        sorted(one.code for one in fields),
        day.year,
        [row[0] for row in rows],
        candidates,
    )


def _organisation_codes(organisations: list[str], dice: random.Random) -> dict[str, str]:
    """A new code for each organisation, in random order: names stand in no file."""
    known = sorted({one for one in organisations if one})
    dice.shuffle(known)
    width = max(3, len(str(len(known))))
    return {one: f"O{n:0{width}}" for n, one in enumerate(known, start=1)}


def text_of(
    frozen: Frozen,
    *,
    number: str,
    at: datetime,
    secret_sha256: str,
    source_text: str,
    source_from: datetime | None,
) -> bytes:
    """pool.json: docs/schemas/draw-pool.json."""
    lot = frozen.round.lot
    return canonical(
        {
            "format": POOL_FORMAT,
            "draw": number,
            "round": frozen.round.number,
            "call": lot.call.number,
            "lot": lot.order,
            "committed_at": at.isoformat(),
            "secret_sha256": secret_sha256,
            "public_value": {
                "source": "named" if source_text else "receipts",
                "text": source_text,
                "from": source_from.isoformat() if source_from else None,
            },
            "rule": {
                "seats": frozen.wanted,
                "most_of_one_organisation": frozen.rule.most_of_one_organisation,
                "load_cap": frozen.rule.load_cap,
                "look_back_years": frozen.rule.look_back_years,
                "year": frozen.year,
            },
            "fields": frozen.fields,
            "steps": STEPS,
            "candidates": frozen.candidates,
        }
    )


def receipts_of(call: Call) -> list[str]:
    """The receipts' hashes in the order of submission numbers: the list that was frozen with the opening.

    Empty before the opening, and where nothing was submitted.
    """
    opening = call.openings.filter(state=OpeningState.CONFIRMED).first()
    rows = opening.roster["submissions"] if opening is not None and opening.roster else []
    return [row["sha256"] for row in sorted(rows, key=lambda row: row["number"])]
