from .invitation import Invitation
from .membership import Membership
from .organisation import InstitutionClass, Organisation, OrganisationKind
from .user import User

__all__ = ["InstitutionClass", "Invitation", "Membership", "Organisation", "OrganisationKind", "User"]
