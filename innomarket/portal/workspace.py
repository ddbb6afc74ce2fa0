"""What one person has to do, whom they wait for, and what is new. A fixed number of queries.

Every list is cut at MOST rows; what is over it is behind the link of its last row. The desks of agency
staff stand in ``desks.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils.translation import gettext as _

from challenges import phases as task_phases
from challenges.models import Challenge
from designation import phases as proposal_phases
from designation.models import Designation, Motion, Seat
from innomarket.accounts import reads as people
from innomarket.accounts.models import Membership, Organisation
from innomarket.common import clock
from innomarket.evaluation.models import Panelist, Result
from innomarket.evaluation.states import Outcome
from innomarket.notifications.models import Message
from innomarket.submissions import kinds
from innomarket.submissions.deadlines import closing_of, is_open_for, note_closings
from innomarket.submissions.models import Submission, SupplementRequest
from innomarket.submissions.states import SubmissionState, SupplementState
from innomarket.timeline.models import Milestone

from . import desks, turns
from .items import MOST, PROPOSAL, Done, Task, Waiting, in_order, titled

NEWS = 5


@dataclass
class Workspace:
    now: datetime
    tasks: list[Task] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)


def of(user: Any) -> Workspace:
    """Everything on a person's workspace, at one instant of the database's clock."""
    found = Workspace(clock.now())
    found.memberships = list(
        people.memberships_of(user)
        .select_related("organisation__kind")
        .order_by("organisation__name_ko", "pk")[:MOST]
    )
    organisations = [m.organisation_id for m in found.memberships]
    writes = [m.organisation_id for m in found.memberships if m.role != Membership.Role.VIEWER]
    own = _own_submissions(user)
    tasks = [
        *_refused(found.memberships),
        *_drafts(own, found.memberships, found.now),
        *_supplements(user, found.now),
        *turns.panels(user),
        *turns.opinions(user),
        *turns.motions(user),
        *turns.pilots(organisations),
        *turns.listings(writes),
    ]
    if user.is_staff:
        tasks += desks.of(user, found.now)
    found.tasks = in_order(tasks)
    found.waiting = [
        *_unverified(found.memberships),
        *_under_way(own, found.now),
        *turns.proposed_listings(writes),
        *turns.deliveries(organisations),
    ]
    found.done = _decided(own, found.now)
    found.steps = _first_steps(user, found.memberships, own)
    found.messages = list(Message.objects.inbox(user)[:NEWS])
    found.milestones = _news()
    return found


def _news() -> list[Milestone]:
    """The latest public milestones, each with the title of its task: alone, several of one day read the same."""
    news = list(Milestone.objects.public().order_by("-at", "-pk")[:NEWS])
    tasks = Challenge.objects.filter(submission__story__in={line.story_id for line in news})
    titles = dict(tasks.values_list("submission__story", "title"))
    for line in news:
        title = titles.get(line.story_id, "")
        line.note = "" if title and title in line.text_ko else title  # type: ignore[attr-defined]
    return news


# ── one's own submissions ──


def _own_submissions(user: Any) -> list[Submission]:
    """The latest own ones with their call, result and motion at hand (four queries)."""
    own = list(
        Submission.objects.of_applicant(user)
        .select_related("lot__call", "applicant_organisation")
        .order_by("-pk")[: 5 * MOST]
    )
    note_closings(own)
    keys = [submission.pk for submission in own]
    results = {
        result.entry.submission_id: result
        for result in Result.objects.deciding()
        .filter(entry__submission__in=keys)
        .select_related("entry")
        .order_by("published_at")
    }
    motions = {
        motion.submission_id: motion
        for motion in Motion.objects.to_designate()
        .filter(submission__in=keys)
        .select_related("meeting")
        .order_by("pk")
    }
    designations = {
        designation.submission_id: designation
        for designation in Designation.objects.filter(submission__in=keys)
    }
    for submission in own:
        submission.result = results.get(submission.pk)  # type: ignore[attr-defined]
        submission.motion = motions.get(submission.pk)  # type: ignore[attr-defined]
        submission.issued = designations.get(submission.pk)  # type: ignore[attr-defined]
    return own


def _drafts(own: list[Submission], memberships: list[Membership], now: datetime) -> Iterable[Task]:
    """Drafts of open calls, for those who may write them."""
    rights = {m.organisation_id: m for m in memberships}
    for submission in own:
        call = submission.lot.call
        if submission.state != SubmissionState.DRAFT or not is_open_for(submission, now):
            continue
        membership = rights.get(submission.applicant_organisation_id or 0)
        if membership and membership.role == Membership.Role.VIEWER:
            continue
        may_submit = membership is None or membership.may_submit
        kind = kinds.get(call.kind)
        yield Task(
            title=_("Finish and submit: %(title)s") % {"title": _title(submission)}
            if may_submit
            else _("Finish: %(title)s") % {"title": _title(submission)},
            url=f"/submissions/{submission.number}/edit/{kind.steps[0].code}/",
            state=_("Not submitted yet"),
            tone="danger",
            number=submission.number,
            text=_for(submission)
            if may_submit
            else _("Somebody of your organisation with the right to submit must send it in."),
            due=closing_of(submission),
            action=_("Go on writing"),
        )


def _supplements(user: Any, now: datetime) -> Iterable[Task]:
    """Papers asked for of one's own submissions and not sent yet."""
    asked = SupplementRequest.objects.of_applicant(user).filter(state=SupplementState.ASKED, due_at__gt=now)
    for request in asked.select_related("submission").order_by("due_at")[:MOST]:
        yield Task(
            title=_("Send the papers asked for: %(title)s") % {"title": request.submission.title},
            url=f"/supplements/{request.number}/",
            state=request.get_state_display(),
            tone="danger",
            number=request.number,
            due=request.due_at,
            action=_("To the papers"),
        )


def _under_way(own: list[Submission], now: datetime) -> Iterable[Waiting]:
    shown = 0
    for submission in own:
        if submission.state != SubmissionState.SUBMITTED or shown >= MOST:
            continue
        phase = _phase(submission, now)
        if not phase.waiting:
            continue
        shown += 1
        yield Waiting(
            title=_title(submission),
            url=kinds.of(submission).url(submission),
            state=str(phase.label),
            tone=phase.tone,
            who=str(phase.waiting),
            number=submission.number,
            until=phase.until,
        )


def _phase(submission: Any, now: datetime) -> Any:
    if submission.lot.call.kind == PROPOSAL:
        return proposal_phases.of_proposal(submission, now, submission.result, submission.motion)
    return task_phases.of_own(submission, now, submission.result is not None)


def _decided(own: list[Any], now: datetime) -> list[Done]:
    """The latest ends: designated, what a published result said, or withdrawn for good."""
    found = []
    for submission in own:
        if submission.issued is not None:
            designation = submission.issued
            url = f"/designations/{designation.number}/"
            found.append(Done(_title(submission), url, _("designated"), "success", designation.designated_at))
        elif submission.result is not None:
            result = submission.result
            tone = "success" if result.outcome == Outcome.SELECTED else "neutral"
            url = kinds.of(submission).url(submission)
            found.append(
                Done(_title(submission), url, result.get_outcome_display(), tone, result.published_at)
            )
        elif submission.state == SubmissionState.WITHDRAWN and not is_open_for(submission, now):
            url = kinds.of(submission).url(submission)
            found.append(Done(_title(submission), url, _("withdrawn"), "neutral", submission.withdrawn_at))
    return sorted(found, key=lambda done: done.at, reverse=True)[:NEWS]


def _title(submission: Submission) -> str:
    return submission.title or titled(submission.lot)


def _for(submission: Submission) -> str:
    organisation = submission.applicant_organisation
    if organisation is None:
        return ""
    if not organisation.is_verified:
        return _("%(organisation)s – verification pending") % {"organisation": organisation.name}
    return organisation.name


# ── organisations ──


def _refused(memberships: list[Membership]) -> Iterable[Task]:
    for membership in memberships:
        organisation = membership.organisation
        if organisation.state == Organisation.State.REFUSED and membership.role == Membership.Role.OWNER:
            yield Task(
                title=_("Correct the details of %(organisation)s and apply again")
                % {"organisation": organisation.name},
                url=f"{organisation.path}again/",
                state=organisation.get_state_display(),
                tone="danger",
                text=organisation.refused_reason,
                action=_("Apply again"),
            )


def _unverified(memberships: list[Membership]) -> Iterable[Waiting]:
    for membership in memberships:
        organisation = membership.organisation
        if organisation.state == Organisation.State.PENDING:
            yield Waiting(
                title=organisation.name,
                url=organisation.path,
                state=organisation.get_state_display(),
                tone="warning",
                who=_("agency staff, who verify it"),
            )


# ── a newcomer's first steps ──


def _first_steps(user: Any, memberships: list[Membership], own: list[Submission]) -> list[dict[str, Any]]:
    """Until something was submitted, by a person who is neither staff nor judge: three steps."""
    if user.is_staff or any(submission.current_id for submission in own):
        return []
    judges = Panelist.objects.filter(user=user).exists() or Seat.objects.filter(holder=user).exists()
    if judges:
        return []
    confirmed = EmailAddress.objects.filter(user=user, verified=True).exists()
    return [
        {
            "text": _("Confirm your e-mail address"),
            "done": confirmed or None,
            "url": "" if confirmed else reverse("account_email"),
            "note": "" if confirmed else _("We have sent you a mail with a link."),
        },
        {
            "text": _("Register your organisation, or be added to it"),
            "done": bool(memberships) or None,
            "url": "" if memberships else reverse("accounts:apply"),
            "note": "" if memberships else _("A citizen needs none."),
        },
        {
            "text": _("Find a call and begin an answer"),
            "done": bool(own) or None,
            "url": "" if own else reverse("submissions:call_list"),
            "note": "",
        },
    ]
