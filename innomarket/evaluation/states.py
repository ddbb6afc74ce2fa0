"""States of rounds, panel members and sheets, and the moves that are allowed between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from innomarket.common.moves import move


class RoundState(models.TextChoices):
    PREPARING = "preparing", _("panel being formed")
    SCORING = "scoring", _("being scored")
    FINISHED = "finished", _("scored, results not yet published")
    PUBLISHED = "published", _("results published")
    CANCELLED = "cancelled", _("cancelled")


ACTIVE = (RoundState.PREPARING, RoundState.SCORING, RoundState.FINISHED)

# Seating and leaving change the panel, not the state: a replacement may come while the round is scored.
SEATING = (RoundState.PREPARING, RoundState.SCORING)

ROUND_MOVES = {
    "start": move(RoundState.PREPARING, RoundState.SCORING),
    "score": move(RoundState.SCORING, RoundState.SCORING),
    "finish": move(RoundState.SCORING, RoundState.FINISHED),
    "reopen": move(RoundState.FINISHED, RoundState.SCORING),
    "select": move(RoundState.FINISHED, RoundState.FINISHED),
    "publish": move(RoundState.FINISHED, RoundState.PUBLISHED),
    "cancel": move(ACTIVE, RoundState.CANCELLED),
}


class SheetState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    SET_ASIDE = "set_aside", _("set aside")


SHEET_MOVES = {
    "score": move(SheetState.DRAFT, SheetState.DRAFT),
    "submit": move(SheetState.DRAFT, SheetState.SUBMITTED),
    "set_aside": move([SheetState.DRAFT, SheetState.SUBMITTED], SheetState.SET_ASIDE),
}


class Outcome(models.TextChoices):
    OPEN = "open", _("not yet decided")
    SELECTED = "selected", _("selected")
    NOT_SELECTED = "not_selected", _("not selected")
    BELOW_PASS = "below_pass", _("below the pass mark")
    NO_RESULT = "no_result", _("no result: too few sheets")
