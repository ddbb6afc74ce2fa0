"""Invitations: an owner invites an address, its person accepts once, the owner may withdraw before."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from innomarket.audit import services as audit
from innomarket.common.clock import now
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock
from innomarket.common.refusals import Refusal, Refused, ask
from innomarket.notifications import services as outbox

from .. import hooks, messages, permissions, reads, tokens
from ..messages import named
from ..models import Invitation, Membership, Organisation, User

VALID_FOR = timedelta(days=14)
"""Our default: no source states a time."""

AT_FIELDS = {
    "one_standing_invitation_each": "email",
    "invited_viewer_does_not_submit": "may_submit",
    "one_active_membership_each": "email",
}


def invite(
    *, organisation: Organisation, by: User, email: str, role: str, may_submit: bool = False
) -> Invitation:
    """An owner invites an address for 14 days; an invitation that stands for it is replaced.

    What happens, and what is answered, is the same whether or not somebody is registered with the address.
    Raises Refused: by somebody who is no owner, for a member's own address, for a viewer who shall submit.
    """
    address = email.strip().lower()
    with transaction.atomic():
        organisation = lock(Organisation, organisation.pk)
        ask(permissions.may_manage_members(by, organisation))
        _ask_role(role)
        _ask_no_member(organisation, address)
        for old in Invitation.objects.standing().filter(organisation=organisation, email=address):
            audit.changed(
                lock(Invitation, old.pk), actor=by, verb="accounts.replace_invitation", withdrawn_at=now()
            )
        invitation = _create(organisation, by, address, role, may_submit)
        outbox.tell_address(
            kind=messages.INVITED.code,
            address=address,
            language=by.language,
            about=invitation,
            values={
                "organisation": named(organisation),
                "person": by.name,
                "role": Membership.Role(invitation.role).label,
                "expires": invitation.expires_at,
            },
        )
    return invitation


def accept_invitation(*, token: str, by: User) -> Membership:
    """The person with the invited address becomes a member; the owners are told. It works once.

    Raises Http404 for a token that was never given; Refused for another person's address, and for an
    invitation that was used, withdrawn or has expired.
    """
    found = by_token(token)
    with transaction.atomic():
        organisation = lock(Organisation, found.organisation_id)
        invitation = lock(Invitation, found.pk)
        ask(permissions.may_accept(by, invitation))
        at = now()
        ask(not_acceptable(invitation, at))
        with in_words(Membership, **AT_FIELDS):
            membership = audit.created(
                Membership(
                    organisation=organisation,
                    user=by,
                    role=invitation.role,
                    may_submit=invitation.may_submit,
                ),
                actor=by,
                verb="accounts.join",
                organisation=organisation.pk,
                user=by.pk,
                role=invitation.role,
                may_submit=invitation.may_submit,
            )
        audit.changed(invitation, actor=by, verb="accounts.accept_invitation", accepted_at=at, accepted_by=by)
        hooks.member_joined.announce(user=by)
        outbox.tell(
            kind=messages.INVITATION_ACCEPTED.code,
            people=reads.owners_of(organisation).exclude(pk=by.pk),
            about=organisation,
            version=membership.pk,
            values={
                "organisation": named(organisation),
                "person": by.name,
                "role": Membership.Role(membership.role).label,
            },
            url=organisation.path,
        )
    return membership


def withdraw_invitation(*, invitation: Invitation, by: User) -> Invitation:
    """An owner withdraws an invitation that nobody has accepted; its link ends."""
    with transaction.atomic():
        organisation = lock(Organisation, invitation.organisation_id)
        invitation = lock(Invitation, invitation.pk)
        ask(permissions.may_manage_members(by, organisation))
        ask(_not_standing(invitation))
        audit.changed(invitation, actor=by, verb="accounts.withdraw_invitation", withdrawn_at=now())
    return invitation


def by_token(token: str) -> Invitation:
    """Raises Http404 where no invitation has this token."""
    found = Invitation.objects.filter(token_hash=tokens.hash_of(token)).select_related("organisation").first()
    if found is None:
        raise Http404
    return found


def not_acceptable(invitation: Invitation, at: object) -> Refusal | None:
    """None while it can be accepted, else why it cannot."""
    ended = _not_standing(invitation)
    if ended is not None:
        return ended
    if invitation.is_expired_at(at):  # type: ignore[arg-type]
        return Refusal(
            "invitation_expired", _("This invitation has expired. Ask the organisation for a new one.")
        )
    return None


def _not_standing(invitation: Invitation) -> Refusal | None:
    if invitation.accepted_at is not None:
        return Refusal("invitation_used", _("This invitation has been accepted already. It works once."))
    if invitation.withdrawn_at is not None:
        return Refusal("invitation_withdrawn", _("This invitation was withdrawn or replaced by a newer one."))
    return None


def _create(organisation: Organisation, by: User, address: str, role: str, may_submit: bool) -> Invitation:
    nonce, at = tokens.new_nonce(), now()
    row = Invitation(
        organisation=organisation,
        email=address,
        role=role,
        may_submit=may_submit,
        nonce=nonce,
        token_hash=tokens.hash_of(tokens.token_of(nonce)),
        invited_by=by,
        invited_at=at,
        expires_at=at + VALID_FOR,
    )
    with in_words(Invitation, **AT_FIELDS):
        return audit.created(
            row,
            actor=by,
            verb="accounts.invite",
            organisation=organisation.pk,
            role=role,
            may_submit=may_submit,
        )


def _ask_role(role: str) -> None:
    if role not in Membership.Role.values:
        raise Refused("no_such_role", _("Choose a role."), field="role")


def _ask_no_member(organisation: Organisation, address: str) -> None:
    """Owners see their members' addresses anyway: this says nothing that they do not know."""
    members = Membership.objects.active().filter(organisation=organisation, user__email__iexact=address)
    if members.exists():
        raise Refused("one_active_membership_each", _("This person is a member already."), field="email")
