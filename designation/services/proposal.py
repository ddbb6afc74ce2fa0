"""What a round of proposals adds to the public story of the need."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innomarket.evaluation.models import Entry, Result, Round
from innomarket.evaluation.states import Outcome
from innomarket.timeline.models import Milestone
from innomarket.timeline.services import add_milestone

from .. import names


@transaction.atomic
def tell_results(*, round: Round) -> Milestone | None:
    """One milestone for the published results of a lot of proposals: how many came, how many were selected.

    The system's answer to ``results_published``; a round of another kind, or of a lot without a
    story, adds nothing, and neither does a second call.
    """
    lot = round.lot
    if lot.call.kind != names.CODE or lot.story is None:
        return None
    if lot.story.milestones.filter(kind="solutions_evaluated").exists():
        return None
    results = Result.objects.filter(entry__round=round, entry__round__published_at__isnull=False)
    # What came is what the first stage took: a later one holds only who went on.
    received = Entry.objects.filter(round__lot=lot, round__published_at__isnull=False).order_by()
    return add_milestone(
        lot.story,
        kind="solutions_evaluated",
        text=_("The results are published: %(selected)s of %(received)s proposals selected"),
        values={
            "selected": results.filter(outcome=Outcome.SELECTED).count(),
            "received": received.values("submission").distinct().count(),
        },
    )
