"""Questions that many apps ask about people, memberships and staff, answered once."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from .models import Membership, Organisation, User
from .states import OrganisationState


def memberships_of(user: Any) -> QuerySet[Membership]:
    """The person's active memberships."""
    if not user.is_authenticated:
        return Membership.objects.none()
    return Membership.objects.active().filter(user=user)


def organisations_of(user: Any) -> QuerySet:
    """Ids of the organisations whose papers a person may read: as owner, editor or viewer."""
    return memberships_of(user).values("organisation")


def editable_organisations_of(user: Any) -> QuerySet:
    """Ids of the organisations for which a person writes: as owner or editor."""
    return memberships_of(user).filter(role__in=("owner", "editor")).values("organisation")


def submittable_organisations_of(user: Any) -> QuerySet:
    """Ids of the organisations for which a person submits and withdraws."""
    return memberships_of(user).filter(may_submit=True).values("organisation")


def may_edit_for(user: Any, organisation: Organisation) -> bool:
    """Owners and editors write."""
    return memberships_of(user).filter(organisation=organisation, role__in=("owner", "editor")).exists()


def may_submit_for(user: Any, organisation: Organisation) -> bool:
    """Submitting and withdrawing bind the organisation: the owner gives that right."""
    return memberships_of(user).filter(organisation=organisation, may_submit=True).exists()


def organisation_with_number(number: str) -> Organisation | None:
    """The organisation with a demand-institution code or business number, hyphens or not.

    Never one that was refused: whoever claimed somebody else's number stays in the table under that number.
    """
    digits = number.strip().replace("-", "").replace(" ", "")
    if not digits.isdecimal():
        return None
    standing = Organisation.objects.exclude(state=OrganisationState.REFUSED).select_related("kind")
    return standing.filter(Q(business_number=digits) | Q(institution_code=digits)).first()


def verified_institution(code: str) -> Organisation | None:
    """The verified organisation with this demand-institution code."""
    found = organisation_with_number(code)
    verified = found is not None and found.state == OrganisationState.VERIFIED and found.institution_code
    return found if verified else None


def people_of(organisation: Any) -> QuerySet[User]:
    """The active members, who are told what happens to the organisation's submissions."""
    return User.objects.filter(
        is_active=True,
        pk__in=Membership.objects.active().filter(organisation=organisation).values("user"),
    )


def owners_of(organisation: Any) -> QuerySet[User]:
    """The active owners, who decide who acts for the organisation."""
    return people_of(organisation).filter(
        pk__in=Membership.objects.active().filter(organisation=organisation, role="owner").values("user")
    )


def staff_of(perm: str) -> QuerySet[User]:
    """Active agency staff who hold a permission, by themselves or through a group: whom to tell.

    A superuser may do everything and is told only where the permission was given expressly.
    """
    held = {"content_type__app_label": "accounts", "codename": perm}
    return User.objects.filter(is_active=True, is_staff=True).filter(
        Q(pk__in=User.objects.filter(**{f"user_permissions__{k}": v for k, v in held.items()}).values("pk"))
        | Q(
            pk__in=User.objects.filter(**{f"groups__permissions__{k}": v for k, v in held.items()}).values(
                "pk"
            )
        )
    )


def person_with_address(email: str) -> User | None:
    """The active person who has confirmed this address, in whatever case it is written."""
    return (
        User.objects.filter(
            is_active=True,
            pk__in=_confirmed(email),
        )
        .order_by("pk")
        .first()
    )


def _confirmed(email: str) -> QuerySet:
    return EmailAddress.objects.filter(email__iexact=email.strip(), verified=True).values("user")
