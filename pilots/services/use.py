"""Use after the trial: said by who tried the product, as often as it changes, and shown on the product's page."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.states import UseAfter
from innomarket.audit.services import created
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask

from ..models import Pilot, UseNote
from ..permissions import may_record
from ..states import PILOT_MOVES
from . import news
from .pilot import lock_pilot

MOST_WORDS = 300


def note_use(*, pilot: Pilot, by: Any, use: str, words: str) -> UseNote:
    """Say whether the institution goes on using the product; the latest word counts, the earlier ones stay.

    Raises Refused before the verdict, and at the fields "use" and "words".
    """
    with transaction.atomic():
        pilot = lock_pilot(pilot)
        ask(may_record(by, pilot))
        ask_move(PILOT_MOVES, "use", pilot)
        words = words.strip()
        if use not in UseAfter.values:
            raise Refused("use_unknown", _("Choose one."), field="use", status=422)
        if not words or len(words) > MOST_WORDS:
            text = _("Say how it is used, or why not, in at most %(most)s characters.")
            raise Refused("use_unexplained", text % {"most": MOST_WORDS}, field="words", status=422)
        note = created(
            UseNote(pilot=pilot, use=use, words=words, said_by=by), actor=by, verb="pilots.use", use=str(use)
        )
        news.note_in_catalogue(pilot)
    return note
