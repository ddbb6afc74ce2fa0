"""Who may do what with people and organisations. Each answers None (yes) or a Refusal with its reason."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy as _

from innomarket.common.refusals import Refusal, forbidden

from .models import Invitation, Membership, Organisation, OrganisationKind, User

Permission = Callable[[Any], Refusal | None]

STAFF_DESKS = {
    "run_rounds": _("Only agency staff who run calls and rounds may do this."),
    "keep_committee": _("Only the committee's secretary may do this."),
    "keep_budget": _("Only agency staff who keep the budget may do this."),
    "keep_catalogue": _("Only agency staff who keep the catalogue may do this."),
    "verify_organisations": _("Only agency staff who verify organisations may do this."),
    "read_audit": _("Only agency staff who read the audit may do this."),
}


def staff_with(perm: str) -> Permission:
    """The question whether somebody is agency staff with this permission: ``staff_with("run_rounds")``.

    Raises KeyError for a permission that does not exist: a mistyped one must not refuse quietly.
    """
    reason = STAFF_DESKS[perm]

    def may(user: Any) -> Refusal | None:
        if user.is_authenticated and user.is_active and user.is_staff and user.has_perm(f"accounts.{perm}"):
            return None
        return forbidden("not_staff", reason)

    return may


may_verify = staff_with("verify_organisations")


def may_apply(user: Any, kind: OrganisationKind) -> Refusal | None:
    """Anybody who is signed in applies for an organisation of a kind that is open to applications."""
    if not (user.is_authenticated and user.is_active):
        return forbidden("sign_in", _("Sign in first."))
    if kind.may_apply:
        return None
    return Refusal(
        "kind_is_closed",
        _("An organisation of this kind is entered by agency staff. Choose another kind."),
        field="kind",
        status=403,
    )


def may_manage_members(user: Any, organisation: Organisation) -> Refusal | None:
    """The organisation's owners decide who acts for it."""
    if _is_owner(user, organisation):
        return None
    return forbidden("not_owner", _("Only an owner of the organisation may change its members."))


def may_accept(user: Any, invitation: Invitation) -> Refusal | None:
    """Who has confirmed the invited address: a mail that was passed on lets nobody else in."""
    if not (user.is_authenticated and user.is_active):
        return forbidden("sign_in", _("Sign in first."))
    own = EmailAddress.objects.filter(user=user, email__iexact=invitation.email, verified=True)
    if own.exists():
        return None
    return forbidden(
        "another_address",
        _(
            "The invitation was sent to another e-mail address. Sign in with that one, or add it to your"
            " account and confirm it."
        ),
    )


def may_change_organisation(user: Any, organisation: Organisation) -> Refusal | None:
    """Owners correct what they applied with."""
    if _is_owner(user, organisation):
        return None
    return forbidden("not_owner", _("Only an owner of the organisation may change its details."))


def may_remove(user: Any, membership: Membership) -> Refusal | None:
    """Owners remove anybody; everybody may leave."""
    if user.is_authenticated and user.pk == membership.user_id:
        return None
    return may_manage_members(user, membership.organisation)


def may_revoke_tokens(user: Any, organisation: Organisation) -> Refusal | None:
    """Owners see their organisation's tokens for the API and take them away; so do staff, where one is misused."""
    if _is_owner(user, organisation) or may_verify(user) is None:
        return None
    return forbidden("not_owner", _("Only an owner of the organisation may manage its tokens."))


def may_make_tokens(user: Any, organisation: Organisation) -> Refusal | None:
    """Owners alone make new ones, once the organisation is verified."""
    if not _is_owner(user, organisation):
        return forbidden("not_owner", _("Only an owner of the organisation may make a token."))
    if not organisation.is_verified:
        return Refusal("not_verified", _("Tokens are made once the organisation is verified."))
    return None


def may_read_members(user: Any, organisation: Organisation) -> Refusal | None:
    """Who acts for an organisation is for its members and for staff who verify it."""
    if user.is_authenticated and _active(user, organisation).exists():
        return None
    return may_verify(user)


def may_keep_people(user: Any) -> Refusal | None:
    """Only superusers touch accounts of others, their groups and what they may do."""
    if user.is_authenticated and user.is_active and user.is_staff and user.is_superuser:
        return None
    return forbidden("not_superuser", _("Only a superuser may change people's rights."))


def may_change_person(user: Any, person: User) -> Refusal | None:
    """People change their own name and language; nobody else does."""
    if user.is_authenticated and user.pk == person.pk:
        return None
    return forbidden("not_yourself", _("People change their own details themselves."))


def _active(user: Any, organisation: Organisation) -> Any:
    return Membership.objects.active().filter(user=user, organisation=organisation)


def _is_owner(user: Any, organisation: Organisation) -> bool:
    if not (user.is_authenticated and user.is_active):
        return False
    return _active(user, organisation).filter(role=Membership.Role.OWNER).exists()
