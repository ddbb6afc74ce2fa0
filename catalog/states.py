"""States of a proposed change of a listing; and what pilots write downwards into a listing."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from innomarket.common.moves import move


class PilotVerdict(models.TextChoices):
    """The verdict of the latest concluded trial; empty while there is none."""

    SUCCESS = "success", _("success")
    FAILURE = "failure", _("not successful")


class UseAfter(models.TextChoices):
    """Whether the institution goes on using the product after its trial (domain.md §4); empty: not known yet."""

    USED = "used", _("still in use")
    PARTLY = "partly", _("used in part")
    UNUSED = "unused", _("no longer in use")


class ChangeState(models.TextChoices):
    DRAFT = "draft", _("being written")
    PROPOSED = "proposed", _("proposed")
    TAKEN = "taken", _("taken over")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class BulkState(models.TextChoices):
    CHECKED = "checked", _("checked, not applied")
    APPLIED = "applied", _("applied")


OPEN_CHANGES = (ChangeState.DRAFT, ChangeState.PROPOSED)

CHANGE_MOVES = {
    "save": move(ChangeState.DRAFT, ChangeState.DRAFT),
    "propose": move(ChangeState.DRAFT, ChangeState.PROPOSED),
    "rewrite": move(ChangeState.PROPOSED, ChangeState.DRAFT),
    "correct": move(ChangeState.DRAFT, ChangeState.TAKEN),
    "take": move(ChangeState.PROPOSED, ChangeState.TAKEN),
    "refuse": move(ChangeState.PROPOSED, ChangeState.REFUSED),
    "withdraw": move([ChangeState.DRAFT, ChangeState.PROPOSED], ChangeState.WITHDRAWN),
}

BULK_MOVES = {"apply": move(BulkState.CHECKED, BulkState.APPLIED)}
