"""Who may do what with calls and submissions. Each answer is None (yes) or a Refusal that says why not."""

from typing import Any

from django.utils.translation import gettext as _

from innomarket.accounts import reads
from innomarket.accounts.models import Organisation
from innomarket.accounts.permissions import staff_with
from innomarket.common.refusals import Refusal, first, forbidden

from . import chiefs
from .kinds import Kind
from .models import Call, Lot, OutageCase, Revision, Submission

RUNS_ROUNDS = "accounts.run_rounds"

may_run_rounds = staff_with("run_rounds")


def may_create_call(user: Any, call: Call | None = None) -> Refusal | None:
    return may_run_rounds(user)


may_edit_call = may_announce = may_extend = may_cancel = may_open = may_amend = may_create_call
may_record_outage = may_run_rounds
may_ask_for_papers = may_judge_papers = may_run_rounds


def may_decide_case(user: Any, case: OutageCase) -> Refusal | None:
    """The chief of the lot's round; who runs rounds, where no chief is named."""
    named = chiefs.of_lot(case.submission.lot_id)
    if not named or user.pk in named:
        return may_run_rounds(user)
    return first(
        may_run_rounds(user), forbidden("not_the_chief", _("The chief of the round decides this case."))
    )


def is_second(user: Any, first_person: int) -> Refusal | None:
    """What takes two is done by two: never by the same person twice."""
    if user.pk != first_person:
        return None
    return forbidden("same_person", _("You made the first step. A second member of staff makes this one."))


def is_kept(revision: Revision) -> Refusal | None:
    """Whether there is still what was submitted: after the time of keeping only the receipt is."""
    if revision.emptied_at is None:
        return None
    return Refusal(
        "content_deleted",
        _("The time of keeping is over: what was submitted was deleted. Number, times and hashes stay."),
        status=410,
    )


def may_begin(user: Any, kind: Kind, lot: Lot, organisation: Organisation | None) -> Refusal | None:
    """Who writes for the applicant may begin; what kind of applicant, the kind says."""
    if kind.applicant == "person":
        return kind.may_apply(user, None, lot)
    if organisation is None:
        return forbidden("organisation_needed", _("Choose the organisation for which you apply."))
    return first(
        None if reads.may_edit_for(user, organisation) else _may_not_write(),
        is_not_refused(organisation),
        kind.may_apply(user, organisation, lot),
    )


def may_edit(user: Any, submission: Submission) -> Refusal | None:
    """The person oneself, or an owner or editor of the organisation."""
    organisation = submission.applicant_organisation
    if organisation is None:
        return None if user.pk and submission.applicant_person_id == user.pk else _not_yours()
    return None if reads.may_edit_for(user, organisation) else _may_not_write()


def may_submit(user: Any, submission: Submission) -> Refusal | None:
    """Submitting binds the organisation: it takes the right that its owner gives."""
    organisation = submission.applicant_organisation
    if organisation is None:
        return None if user.pk and submission.applicant_person_id == user.pk else _not_yours()
    if reads.may_submit_for(user, organisation):
        return is_not_refused(organisation)
    return forbidden(
        "may_not_submit",
        _(
            "Submitting binds your organisation, and you do not have that right. Its owner can give it to you."
        ),
    )


def may_withdraw(user: Any, submission: Submission) -> Refusal | None:
    """Who may submit may withdraw."""
    return may_submit(user, submission)


def is_not_refused(organisation: Organisation | None) -> Refusal | None:
    """Pending is enough to apply; an organisation that staff refused cannot."""
    if organisation is not None and organisation.state == Organisation.State.REFUSED:
        return forbidden(
            "organisation_refused",
            _("The agency could not verify this organisation, so it cannot apply: %(reason)s")
            % {"reason": organisation.refused_reason},
        )
    return None


def _may_not_write() -> Refusal:
    return forbidden(
        "may_not_write",
        _("You can read this but not change it. The owner of your organisation can make you an editor."),
    )


def _not_yours() -> Refusal:
    return forbidden("not_yours", _("Only the person who began this can change it."))
