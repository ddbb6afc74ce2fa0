"""States of meetings, motions and designations, and the moves that are allowed between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from innomarket.common.moves import move


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("planned")
    HELD = "held", _("in session")
    CLOSED = "closed", _("meeting over")


MEETING_MOVES = {
    "add_motion": move([MeetingState.PLANNED, MeetingState.HELD], MeetingState.PLANNED),
    "recuse": move([MeetingState.PLANNED, MeetingState.HELD], MeetingState.PLANNED),
    "open": move(MeetingState.PLANNED, MeetingState.HELD),
    "attend": move(MeetingState.HELD, MeetingState.HELD),
    "vote": move(MeetingState.HELD, MeetingState.HELD),
    "close": move(MeetingState.HELD, MeetingState.CLOSED),
}


class MotionState(models.TextChoices):
    TABLED = "tabled", _("on the agenda")
    VOTING = "voting", _("being voted on")
    ADOPTED = "adopted", _("adopted")
    REJECTED = "rejected", _("rejected")
    DEFERRED = "deferred", _("put off to a later meeting")


MOTION_MOVES = {
    "recuse": move([MotionState.TABLED, MotionState.VOTING], MotionState.TABLED),
    "open_vote": move(MotionState.TABLED, MotionState.VOTING),
    "vote": move(MotionState.VOTING, MotionState.VOTING),
    "close_vote": move(MotionState.VOTING, MotionState.ADOPTED),
    # Off the agenda: before its vote, or when the meeting ends without a quorum for it.
    "defer": move([MotionState.TABLED, MotionState.VOTING], MotionState.DEFERRED),
}


class Choice(models.TextChoices):
    FOR = "for", _("for")
    AGAINST = "against", _("against")
    ABSTAIN = "abstain", _("abstention")


class MajorityBase(models.TextChoices):
    """Of what the votes for must be more than half."""

    VOTES = "votes", _("votes for and against")
    PRESENT = "present", _("members present and entitled")
    SEATS = "seats", _("all seats entitled to vote")
