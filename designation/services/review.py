"""After an evaluation anew: a designation is never undone by it. A motion is wanted, and the committee decides."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from innomarket.accounts.reads import people_of, staff_of
from innomarket.audit.services import changed, created
from innomarket.common.clock import KST, today
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask
from innomarket.evaluation.models import Result
from innomarket.notifications.services import tell
from innomarket.submissions.models import Submission
from innomarket.submissions.words import moment, titled
from innomarket.timeline.services import add_milestone

from .. import hooks, names, permissions
from ..models import Decision, Designation, Meeting, Motion, WantedMotion
from ..states import MEETING_MOVES


def want_motion(*, result: Result) -> WantedMotion | None:
    """Subscribed to ``result_revised``: where the proposal is designated and is selected no longer.

    Makes the motion that is wanted and tells the secretaries. Running it again changes nothing.
    """
    return _want(result.entry.submission_id)


def want_after_designation(*, designation: Designation) -> WantedMotion | None:
    """Subscribed to ``designated``: a vote that was open went on while its proposal was evaluated anew."""
    return _want(designation.submission_id)


def table_review(*, meeting: Meeting, by: Any, wanted: WantedMotion) -> Motion:
    """Put on the agenda: shall this designation end? Its company is told.

    Once at a time, and not again after a vote; one that was put off may be tabled again.
    """
    with transaction.atomic():
        meeting = lock(Meeting, meeting.pk)
        wanted = lock(WantedMotion.objects.select_related("designation__submission"), wanted.pk)
        ask(permissions.may_keep_committee(by))
        ask_move(MEETING_MOVES, "add_motion", meeting)
        if not WantedMotion.objects.to_table().filter(pk=wanted.pk).exists():
            raise Refused(
                "already_tabled",
                _("The motion on designation %(number)s is on an agenda, or was voted on.")
                % {"number": wanted.designation.number},
                field="wanted",
            )
        designation = wanted.designation
        last = meeting.motions.aggregate(last=Max("order"))["last"] or 0
        with in_words(Motion):
            motion = created(
                Motion(meeting=meeting, order=last + 1, submission=designation.submission, wanted=wanted),
                actor=by,
                verb="designation.table_review",
                designation=designation.pk,
            )
        tell(
            kind="designation.review_tabled",
            people=people_of(designation.organisation),
            about=designation,
            version=motion.pk,
            values=_values(designation) | {"when": moment(meeting.held_at)},
            url=names.designation_url(designation),
        )
    return motion


def table_reviews(*, meeting: Meeting, by: Any, wanted: Iterable[WantedMotion]) -> list[Motion]:
    """Several at once, in the order given: all of them or none."""
    with transaction.atomic():
        return [table_review(meeting=meeting, by=by, wanted=one) for one in wanted]


def settle(*, decision: Decision, by: Any) -> Designation:
    """What a vote on the end of a designation means: adopted, it ends with the day of the decision; else it stands.

    Called by ``close_vote``, which holds the locks and asked the permission. What was bought stays bought.
    """
    wanted = decision.motion.wanted
    assert wanted is not None, "only the vote on a wanted motion"
    with transaction.atomic():
        designation = lock(
            Designation.objects.select_related("submission", "organisation", "story"), wanted.designation_id
        )
        kind = "designation.stands"
        day = decision.decided_at.astimezone(KST).date()
        upper: Any = designation.valid.upper
        if decision.adopted and day + timedelta(days=1) < upper:
            kind = "designation.ended"
            designation = changed(
                designation,
                actor=by,
                verb="designation.end",
                valid=DateRange(designation.valid.lower, day + timedelta(days=1)),
            )
            hooks.designation_ended.announce(designation=designation)
            _milestone(designation)
        elif decision.adopted:
            kind = "designation.ended"
        last_day: Any = designation.last_day
        tell(
            kind=kind,
            people=people_of(designation.organisation),
            about=designation,
            version=decision.pk,
            values=_values(designation) | {"until": moment(last_day)},
            url=names.designation_url(designation),
        )
    return designation


def _want(submission_id: int) -> WantedMotion | None:
    """Hold nothing: the submission's lock is taken here, so that a designation and a revision see each other.

    What has run out or ended needs no vote on its end.
    """
    with transaction.atomic():
        lock(Submission, submission_id)
        designation = Designation.objects.filter(
            submission=submission_id, valid__endswith__gt=today()
        ).first()
        deciding = Result.objects.deciding().filter(entry__submission=submission_id, ordinal__gt=0).first()
        if designation is None or deciding is None or deciding.outcome == "selected":
            return None
        if WantedMotion.objects.filter(result=deciding).exists():
            return None
        wanted = created(
            WantedMotion(designation=designation, result=deciding),
            actor=None,
            verb="designation.want_motion",
            designation=designation.pk,
            result=deciding.pk,
        )
        tell(
            kind="designation.motion_wanted",
            people=staff_of("keep_committee"),
            about=wanted,
            values=_values(designation),
            url=names.WANTED_PATH,
        )
    return wanted


def _values(designation: Designation) -> dict[str, Any]:
    return {"product": titled(designation, "product_name"), "number": designation.number}


def _milestone(designation: Designation) -> None:
    if designation.story:
        add_milestone(
            designation.story,
            kind="designation_ended",
            text=_("The committee ended the designation of “%(product)s” (%(number)s)"),
            values=_values(designation),
            url=names.designation_url(designation),
        )
