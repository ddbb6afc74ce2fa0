"""Who may do what with proposals, meetings and votes."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from innomarket.accounts.permissions import staff_with
from innomarket.accounts.reads import memberships_of
from innomarket.common.refusals import Refusal, forbidden

from .models import Committee, Motion, Seat

# The secretary: plans and leads meetings, and records what is decided; has no vote by that.
may_keep_committee = staff_with("keep_committee")


def may_propose(user: Any, organisation: Any, lot: Any) -> Refusal | None:
    """A company, verified or waiting for it (it counts only when verified before the opening)."""
    if organisation is None or organisation.kind.code != "company":
        return forbidden(
            "companies_only",
            _("Only companies with a business registration number propose solutions."),
        )
    if organisation.state == organisation.State.REFUSED:
        return forbidden(
            "organisation_refused",
            _("The verification of your company was refused. Correct its data before you apply."),
        )
    return None


def seat_of(user: Any, committee: Committee, day: date) -> Seat | None:
    """The seat that a person holds on a day. A seat has no deputy: only its holder acts for it."""
    if not user.is_authenticated:
        return None
    return Seat.objects.filled_on(day).filter(committee=committee, holder=user).first()


def may_recuse(user: Any, seat: Seat) -> Refusal | None:
    """The holder of the seat, or the secretary who was told of the ground."""
    if user.pk == seat.holder_id:
        return None
    return may_keep_committee(user)


def may_vote(user: Any, motion: Motion, seat: Seat | None) -> Refusal | None:
    """A member present in the meeting, not recused, and not of the company that would be designated."""
    if seat is None or seat.holder_id != user.pk:
        return forbidden(
            "not_a_member",
            _("You hold no seat on this committee on the day of the vote. A seat has no deputy."),
        )
    if motion.recusals.filter(seat=seat).exists():
        return forbidden("recused", _("You are recused from this motion and do not vote on it."))
    if belongs_to_applicant(user, motion):
        return forbidden(
            "own_company", _("You belong to the company that made this proposal. Recuse yourself.")
        )
    if not motion.meeting.attendances.filter(seat=seat).exists():
        return forbidden(
            "not_present", _("You are not recorded as present. Ask the secretary to record you first.")
        )
    return None


def belongs_to_applicant(user: Any, motion: Motion) -> bool:
    return memberships_of(user).filter(organisation=motion.submission.applicant_organisation_id).exists()
