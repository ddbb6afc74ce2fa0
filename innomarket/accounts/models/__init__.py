from .organisation import InstitutionClass, Organisation, OrganisationKind
from .membership import Membership
from .user import User

__all__ = ["InstitutionClass", "Membership", "Organisation", "OrganisationKind", "User"]
