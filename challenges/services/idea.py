"""What happens to an idea after its evaluation: a picked one becomes public, without who wrote it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innomarket.audit.services import changed
from innomarket.common.clock import now
from innomarket.common.locks import lock_all
from innomarket.common.sealed_fields import sealed_fields
from innomarket.evaluation.models import Result, Round
from innomarket.timeline.services import add_milestone

from .. import names
from ..models import Idea
from .challenge import story_of


@transaction.atomic
def publish_picked(*, round: Round) -> list[Idea]:
    """Make the ideas public that this round selected, as its results stand now.

    The system's answer to ``results_published``; running it again changes nothing. A round of another kind is none
    of ours. The person who published the results was asked for the permission there.
    """
    if round.lot.call.kind != names.IDEA:
        return []
    chosen = Result.objects.selected().filter(entry__round=round).values("entry__submission")
    ideas = lock_all(Idea.objects.filter(submission__in=chosen, published_at=None))
    return [_publish(idea) for idea in ideas]


def _publish(idea: Idea) -> Idea:
    submission = idea.submission
    story, url = story_of(submission), names.idea_url(submission)
    # What has become public is written once more, plain: people search it.
    texts = {field.name: getattr(idea, field.name) for field in sealed_fields(Idea)}
    idea = changed(idea, actor=None, verb="challenges.publish_idea", published_at=now(), **texts)
    add_milestone(
        story,
        kind="idea_received",
        text=_("Somebody proposed the idea “%(title)s”"),
        values={"title": names.frozen(submission).title},
        url=url,
        at=submission.submitted_at,
    )
    add_milestone(story, kind="idea_picked", text=_("The idea was picked and made public"), url=url)
    return idea
