from .api_token import ApiRule, ApiToken, Scope
from .invitation import Invitation
from .membership import Membership
from .organisation import InstitutionClass, Organisation, OrganisationKind
from .user import User

__all__ = [
    "ApiRule",
    "ApiToken",
    "InstitutionClass",
    "Invitation",
    "Membership",
    "Organisation",
    "OrganisationKind",
    "Scope",
    "User",
]
