"""What a blind round needs beyond an open one: readable copies, an order that says nothing, copies that stay."""

import secrets

from django.utils.translation import gettext as _

from innomarket.common.refusals import Refused
from innomarket.submissions import anonymous
from innomarket.submissions.models import Submission

from ..models import Entry
from ..states import RoundState


def make_blind(entries: list[Entry]) -> None:
    """Give the entries of a blind round, not stored yet, a random order. Raises Refused where a copy cannot be shown.

    The order of the submissions' numbers would say who began first.
    """
    _ask_copies(entries)
    places = [entry.order for entry in entries]
    secrets.SystemRandom().shuffle(places)
    for entry, place in zip(entries, places, strict=True):
        entry.order = place


def _ask_copies(entries: list[Entry]) -> None:
    copies = anonymous.copies_of(entry.revision for entry in entries)
    broken = anonymous.unreadable(copies.values())
    without = [
        entry.submission.number
        for entry in entries
        if entry.revision_id not in copies or copies[entry.revision_id].pk in broken
    ]
    if without:
        raise Refused(
            "copy_unreadable",
            _(
                "The anonymous copies of these cannot be shown to the evaluators: %(numbers)s. Return them to be "
                "replaced."
            )
            % {"numbers": ", ".join(without[:20])},
        )


def refuse_returned_copy(*, submission: Submission) -> None:
    """The copy that a blind round reads stays as it is until the round ends. Raises Refused, naming the round."""
    entry = (
        Entry.objects.filter(submission=submission, round__stage__blind=True)
        .exclude(round__state=RoundState.CANCELLED)
        .select_related("round")
        .first()
    )
    if entry is not None:
        raise Refused(
            "in_a_round",
            _("The round %(round)s already judges this anonymous copy. Cancel the round first.")
            % {"round": entry.round.number},
        )
