"""What happens to a challenge task after its evaluation: a selected one becomes public, with its story."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innomarket.audit.services import changed
from innomarket.common.clock import now
from innomarket.common.locks import lock_all
from innomarket.common.sealed_fields import sealed_fields
from innomarket.evaluation.models import Result, Round
from innomarket.submissions.models import Submission
from innomarket.submissions.words import titled
from innomarket.timeline.models import Story
from innomarket.timeline.services import add_milestone, open_story

from .. import names
from ..models import Challenge


@transaction.atomic
def publish_selected(*, round: Round) -> list[Challenge]:
    """Make the tasks public that this round selected, as its results stand now.

    The system's answer to ``results_published``; running it again changes nothing. A round of another kind is none
    of ours. The person who published the results was asked for the permission there.
    """
    if round.lot.call.kind != names.CODE:
        return []
    chosen = Result.objects.selected().filter(entry__round=round).values("entry__submission")
    tasks = lock_all(Challenge.objects.filter(submission__in=chosen, published_at=None))
    return [_publish(task) for task in tasks]


def _publish(task: Challenge) -> Challenge:
    instant = now()
    submission = task.submission
    story = story_of(submission)
    # What has become public is written once more, plain: people search it.
    texts = {field.name: getattr(task, field.name) for field in sealed_fields(Challenge)}
    task = changed(task, actor=None, verb="challenges.publish", published_at=instant, **texts)
    url = names.url(submission)
    add_milestone(
        story,
        kind="task_received",
        text=_("%(institution)s proposed the task “%(title)s”"),
        values={
            "institution": titled(submission.applicant_organisation, "name"),
            "title": names.frozen(submission).title,
        },
        url=url,
        at=submission.submitted_at,
    )
    add_milestone(story, kind="task_selected", text=_("The task was selected and made public"), url=url)
    return task


def story_of(submission: Submission) -> Story:
    """The thread begins with the need; one that the engine has begun already is kept."""
    if submission.story is not None:
        return submission.story
    story = open_story()
    changed(submission, actor=None, verb="submissions.open_story", story=story)
    return story
