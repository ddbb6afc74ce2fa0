"""Amend an announced call: what changed keeps its number, and everyone who takes part is told."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from innomarket.audit.services import changed, created
from innomarket.common.clock import now
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask
from innomarket.notifications.services import tell

from .. import deadlines, permissions, reads
from ..models import Amendment, Call
from ..states import CALL_MOVES
from ..words import call_path, titled
from .moving import taking_part, values_of

AMENDABLE = ("title_ko", "title_en", "summary_ko", "summary_en")


def amend_call(*, call: Call, by: Any, what_ko: str, what_en: str, **fields: str) -> Amendment:
    """Correct the words of an announced call (``AMENDABLE``) while it has not closed. Raises Refused.

    Criteria, weights and lots stay frozen; times are moved by an extension.
    """
    with transaction.atomic():
        call = lock(Call, call.pk)
        ask(permissions.may_amend(by, call))
        at = now()
        ask(deadlines.not_extendable(call, at))
        state = ask_move(CALL_MOVES, "amend", call)
        if not (what_ko.strip() and what_en.strip()):
            raise Refused("both_languages", _("Say what changes in Korean and in English."), field="what_en")
        if set(fields) - set(AMENDABLE):
            raise Refused("frozen", _("Criteria and lots are fixed since the call was announced."))
        if not (fields.get("title_ko", call.title_ko) and fields.get("title_en", call.title_en)):
            raise Refused("both_languages", _("Give the title in Korean and in English."), field="title_en")
        changed(call, actor=by, verb="submissions.amend_call", state=state, **fields)
        amendment = write_amendment(call, by=by, at=at, what_ko=what_ko.strip(), what_en=what_en.strip())
        tell(
            kind="submissions.amended",
            people=reads.people_behind(taking_part(call)),
            about=call,
            version=f"amendment-{amendment.ordinal}",
            values=values_of(call)
            | {"ordinal": f"{amendment.ordinal:02}", "what": titled(amendment, "what")},
            url=call_path(call),
        )
    return amendment


def write_amendment(call: Call, *, by: Any, at: datetime, what_ko: str, what_en: str) -> Amendment:
    """The next number of the call, from 00 on; the caller holds the call's lock."""
    last = call.amendments.aggregate(last=Max("ordinal"))["last"]
    amendment = Amendment(
        call=call,
        ordinal=0 if last is None else last + 1,
        what_ko=what_ko,
        what_en=what_en,
        made_at=at,
        made_by=by,
    )
    return created(amendment, actor=by, verb="submissions.write_amendment", ordinal=amendment.ordinal)
