"""Questions that many apps ask about a person's memberships, answered once."""

from .models import Membership, Organisation


def memberships_of(user):
    """The person's active memberships."""
    if not user.is_authenticated:
        return Membership.objects.none()
    return Membership.objects.active().filter(user=user)


def organisations_of(user):
    """Ids of the organisations whose papers a person may read: as owner, editor or viewer."""
    return memberships_of(user).values("organisation")


def may_edit_for(user, organisation: Organisation) -> bool:
    """Owners and editors write."""
    return memberships_of(user).filter(organisation=organisation, role__in=("owner", "editor")).exists()


def may_submit_for(user, organisation: Organisation) -> bool:
    """Submitting and withdrawing bind the organisation: the owner gives that right."""
    return memberships_of(user).filter(organisation=organisation, may_submit=True).exists()


def people_of(organisation):
    """The active members, who are told what happens to the organisation's submissions."""
    from .models import User

    return User.objects.filter(
        is_active=True, memberships__organisation=organisation, memberships__left_at=None
    ).distinct()
