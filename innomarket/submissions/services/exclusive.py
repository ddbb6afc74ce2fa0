"""One submission for each applicant and lot, where the call says so: asked before a write, and held in a race."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from innomarket.common.refusals import Refused

from ..models import Submission
from ..states import SubmissionState


def ask_only_one(submission: Submission) -> None:
    """Raises Refused (code "one_per_applicant") where another one of this applicant stands in the lot."""
    if not submission.exclusive:
        return
    others = Submission.objects.filter(
        lot=submission.lot,
        applicant_organisation=submission.applicant_organisation_id,
        applicant_person=submission.applicant_person_id,
    ).exclude(state=SubmissionState.WITHDRAWN)
    if others.exclude(pk=submission.pk).exists():
        raise _only_one()


def ask_taken_up(submission: Submission) -> None:
    """The same for a change of what was withdrawn: it becomes a draft again by it."""
    if submission.state == SubmissionState.WITHDRAWN:
        ask_only_one(submission)


@contextmanager
def alone(submission: Submission) -> Iterator[None]:
    """Around the write by which a submission begins to stand: two in the same moment, and one is refused."""
    if not submission.exclusive:
        yield
        return
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise _only_one() from error


def _only_one() -> Refused:
    return Refused(
        "one_per_applicant",
        _("One answer for each applicant is taken here, and one has already been begun. Open that one."),
    )
