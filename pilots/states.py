"""States of a pilot purchase, and the moves that are allowed between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from innomarket.common.moves import move


class PilotState(models.TextChoices):
    MATCHED = "matched", _("matched – money reserved")
    COMMITTED = "committed", _("purchase committed")
    CONTRACTED = "contracted", _("contract signed")
    INSPECTED = "inspected", _("delivered and inspected")
    CONCLUDED = "concluded", _("trial concluded")
    CANCELLED = "cancelled", _("cancelled")


PILOT_MOVES = {
    "commit": move(PilotState.MATCHED, PilotState.COMMITTED),
    "contract": move(PilotState.COMMITTED, PilotState.CONTRACTED),
    "inspect": move(PilotState.CONTRACTED, PilotState.INSPECTED),
    "measure": move(PilotState.INSPECTED, PilotState.INSPECTED),
    # Paying and releasing move money, not the pilot: its state stays what it is.
    "pay": move([PilotState.INSPECTED, PilotState.CONCLUDED], PilotState.INSPECTED),
    "release": move(
        [PilotState.COMMITTED, PilotState.CONTRACTED, PilotState.INSPECTED, PilotState.CONCLUDED],
        PilotState.COMMITTED,
    ),
    "use": move(PilotState.CONCLUDED, PilotState.CONCLUDED),
    "conclude": move(PilotState.INSPECTED, PilotState.CONCLUDED),
    "cancel": move([PilotState.MATCHED, PilotState.COMMITTED], PilotState.CANCELLED),
}


class LedgerKind(models.TextChoices):
    APPROPRIATE = "appropriate", _("appropriated")
    WITHDRAW = "withdraw", _("withdrawn from the line")
    RESERVE = "reserve", _("reserved")
    COMMIT = "commit", _("committed")
    RELEASE = "release", _("released")
    PAY = "pay", _("paid")


class Verdict(models.TextChoices):
    SUCCESS = "success", _("success")
    FAILURE = "failure", _("not successful")
