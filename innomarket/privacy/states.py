"""States of erasures and exports, and the moves that are allowed between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from innomarket.common.moves import move


class ErasureState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    TAKEN_BACK = "taken_back", _("taken back")
    DONE = "done", _("done")


class ExportState(models.TextChoices):
    WAITING = "waiting", _("being made")
    READY = "ready", _("ready")


ERASURE_MOVES = {
    "take_back": move(ErasureState.WAITING, ErasureState.TAKEN_BACK),
    "carry_out": move(ErasureState.WAITING, ErasureState.DONE),
}
EXPORT_MOVES = {"make": move(ExportState.WAITING, ExportState.READY)}
