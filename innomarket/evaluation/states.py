"""States of rounds, panel members and sheets, and the moves that are allowed between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innomarket.common.moves import move


class RoundState(models.TextChoices):
    PREPARING = "preparing", _("panel being formed")
    SCORING = "scoring", _("being scored")
    FINISHED = "finished", _("scored, results not yet published")
    PUBLISHED = "published", _("results published")
    CANCELLED = "cancelled", _("cancelled")


ACTIVE = (RoundState.PREPARING, RoundState.SCORING, RoundState.FINISHED)

# Scoring has ended.
SCORED = (RoundState.FINISHED, RoundState.PUBLISHED)

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


class Purpose(models.TextChoices):
    """Why a round of a stage is held. The first is the stage's own; the others stand beside it."""

    FIRST = "first", _("of the stage")
    ANEW = "anew", _("evaluation anew")
    LATE = "late", _("supplementary round")


class PublicationState(models.TextChoices):
    PREPARED = "prepared", _("prepared, waits for a second person")
    CONFIRMED = "confirmed", _("published")
    WITHDRAWN = "withdrawn", _("preparation withdrawn")
    VOID = "void", _("fell: something in it changed")


PUBLICATION_MOVES = {
    "confirm": move(PublicationState.PREPARED, PublicationState.CONFIRMED),
    "withdraw": move(PublicationState.PREPARED, PublicationState.WITHDRAWN),
    "void": move(PublicationState.PREPARED, PublicationState.VOID),
}


class SheetState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    RETURNED = "returned", _("returned by the chief")
    SET_ASIDE = "set_aside", _("set aside")


# A draft and a returned sheet are written in; saving leaves each as it is.
WRITING = (SheetState.DRAFT, SheetState.RETURNED)

SHEET_MOVES = {
    "submit": move(WRITING, SheetState.SUBMITTED),
    "return": move(SheetState.SUBMITTED, SheetState.RETURNED),
    "set_aside": move([*WRITING, SheetState.SUBMITTED], SheetState.SET_ASIDE),
}


class EvaluatorState(models.TextChoices):
    APPLIED = "applied", _("has applied")
    INVITED = "invited", _("invited")
    ACTIVE = "active", _("in the pool")
    SUSPENDED = "suspended", _("suspended")
    REFUSED = "refused", _("refused")
    LEFT = "left", _("has left the pool")


EVALUATOR_MOVES = {
    "apply": move([EvaluatorState.LEFT, EvaluatorState.REFUSED], EvaluatorState.APPLIED),
    "invite": move([EvaluatorState.LEFT, EvaluatorState.REFUSED], EvaluatorState.INVITED),
    "accept": move(EvaluatorState.INVITED, EvaluatorState.ACTIVE),
    "verify": move(EvaluatorState.APPLIED, EvaluatorState.ACTIVE),
    "refuse": move(EvaluatorState.APPLIED, EvaluatorState.REFUSED),
    "suspend": move(EvaluatorState.ACTIVE, EvaluatorState.SUSPENDED),
    "lift": move(EvaluatorState.SUSPENDED, EvaluatorState.ACTIVE),
    "leave": move(
        [EvaluatorState.APPLIED, EvaluatorState.INVITED, EvaluatorState.ACTIVE, EvaluatorState.SUSPENDED],
        EvaluatorState.LEFT,
    ),
}


class DrawState(models.TextChoices):
    COMMITTED = "committed", _("committed, not yet drawn")
    DRAWN = "drawn", pgettext_lazy("state of a draw", "drawn")
    VOID = "void", _("given up")


DRAW_MOVES = {
    "enter_value": move(DrawState.COMMITTED, DrawState.COMMITTED),
    "carry_out": move(DrawState.COMMITTED, DrawState.DRAWN),
    "give_up": move(DrawState.COMMITTED, DrawState.VOID),
    "call_next": move(DrawState.DRAWN, DrawState.DRAWN),
}


class Outcome(models.TextChoices):
    OPEN = "open", _("not yet decided")
    ADVANCES = "advances", _("goes on to the next stage")
    SELECTED = "selected", _("selected")
    NOT_SELECTED = "not_selected", _("not selected")
    BELOW_PASS = "below_pass", _("below the pass mark")
    UNFIT = "unfit", _("unfit")
    NO_RESULT = "no_result", _("no result: too few sheets")


class ObjectionState(models.TextChoices):
    DRAFT = "draft", _("draft – not filed")
    FILED = "filed", _("filed, waits for its answer")
    ANSWERED = "answered", _("answered")
    WITHDRAWN = "withdrawn", _("withdrawn")


OBJECTION_MOVES = {
    "save": move(ObjectionState.DRAFT, ObjectionState.DRAFT),
    "file": move(ObjectionState.DRAFT, ObjectionState.FILED),
    "withdraw": move(ObjectionState.FILED, ObjectionState.WITHDRAWN),
    "answer": move(ObjectionState.FILED, ObjectionState.ANSWERED),
}


class ObjectionOutcome(models.TextChoices):
    UPHELD = "upheld", _("upheld")
    PARTLY = "partly", _("upheld in part")
    ANEW = "anew", _("upheld, to be evaluated anew")
    REJECTED = "rejected", _("not upheld")
