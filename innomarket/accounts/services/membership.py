"""Who acts for an organisation: its owners add, change and remove people; everybody may leave."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innomarket.audit import services as audit
from innomarket.common import clock
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock
from innomarket.common.refusals import Refused, ask
from innomarket.notifications import services as outbox

from .. import hooks, messages, permissions, reads
from ..messages import named
from ..models import Membership, Organisation, User

AT_FIELDS = {"one_active_membership_each": "email", "viewer_does_not_submit": "may_submit"}


def add_member(
    *, organisation: Organisation, by: User, user: User, role: str, may_submit: bool = False
) -> Membership:
    """An owner lets a registered person act for the organisation; the person is told.

    Raises Refused: by somebody who is no owner, for a member already, for a viewer who shall submit.
    """
    with transaction.atomic():
        organisation = lock(Organisation, organisation.pk)
        ask(permissions.may_manage_members(by, organisation))
        _ask_role(role)
        if not user.is_active:
            raise Refused("not_active", _("This person's account is closed."), field="email")
        with in_words(Membership, **AT_FIELDS):
            membership = audit.created(
                Membership(organisation=organisation, user=user, role=role, may_submit=may_submit),
                actor=by,
                verb="accounts.add_member",
                organisation=organisation.pk,
                user=user.pk,
                role=role,
                may_submit=may_submit,
            )
        hooks.member_joined.announce(user=user)
        _tell(messages.MEMBER_ADDED.code, membership, by, version=membership.pk)
    return membership


def change_member(*, membership: Membership, by: User, role: str, may_submit: bool) -> Membership:
    """An owner gives a member another role, or the right to submit, or takes it.

    Raises Refused where the organisation would be left without an owner.
    """
    with transaction.atomic():
        organisation = lock(Organisation, membership.organisation_id)
        membership = _active(membership)
        ask(permissions.may_manage_members(by, organisation))
        _ask_role(role)
        if role == membership.role and may_submit == membership.may_submit:
            return membership
        if role != Membership.Role.OWNER:
            _ask_another_owner(membership)
        with in_words(Membership, **AT_FIELDS):
            audit.changed(
                membership, actor=by, verb="accounts.change_member", role=role, may_submit=may_submit
            )
        if membership.user_id != by.pk:
            version = f"{membership.pk}-{clock.now().isoformat()}"
            _tell(messages.MEMBER_CHANGED.code, membership, by, version=version)
    return membership


def remove_member(*, membership: Membership, by: User) -> Membership:
    """An owner removes somebody, or somebody leaves. The last owner stays until there is another.

    Removing twice is refused the second time: the membership has ended already.
    """
    with transaction.atomic():
        organisation = lock(Organisation, membership.organisation_id)
        membership = _active(membership)
        ask(permissions.may_remove(by, membership))
        _ask_another_owner(membership)
        audit.changed(
            membership,
            actor=by,
            verb="accounts.leave" if membership.user_id == by.pk else "accounts.remove_member",
            left_at=clock.now(),
        )
        if membership.user_id == by.pk:
            outbox.tell(
                kind=messages.MEMBER_LEFT.code,
                people=reads.owners_of(organisation),
                about=organisation,
                version=membership.pk,
                values={"organisation": named(organisation), "person": by.name},
                url=organisation.path,
            )
        else:
            _tell(messages.MEMBER_REMOVED.code, membership, by, version=membership.pk)
    return membership


def _active(membership: Membership) -> Membership:
    row = lock(Membership, membership.pk)
    if row.left_at is not None:
        raise Refused("has_left", _("This person no longer belongs to the organisation. Reload the page."))
    return row


def _ask_role(role: str) -> None:
    if role not in Membership.Role.values:
        raise Refused("no_such_role", _("Choose a role."), field="role")


def _ask_another_owner(membership: Membership) -> None:
    """Asked under the organisation's lock; a trigger holds the same against any other writer."""
    if membership.role != Membership.Role.OWNER:
        return
    others = Membership.objects.active().filter(
        organisation=membership.organisation_id, role=Membership.Role.OWNER
    )
    if not others.exclude(pk=membership.pk).exists():
        raise Refused(
            "last_owner",
            _("An organisation keeps at least one owner. Make somebody else an owner first."),
        )


def _tell(kind: str, membership: Membership, by: User, *, version: str | int) -> None:
    outbox.tell(
        kind=kind,
        people=[membership.user],
        about=membership.organisation,
        version=version,
        values={
            "organisation": named(membership.organisation),
            "person": by.name,
            "role": Membership.Role(membership.role).label,
            "may_submit": _("yes") if membership.may_submit else _("no"),
        },
        url=membership.organisation.path,
    )
