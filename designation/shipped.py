"""Rules that the portal ships for designations and votes."""

from django.utils.translation import gettext_noop

from .models import DesignationRule, VotingRule
from .states import MajorityBase

YEARS = 3
DESIGNATION_SOURCE = gettext_noop("Enforcement Decree of the Government Procurement Act, Article 33")
VOTING_SOURCE = gettext_noop(
    "No source gives the majority of the committee: more votes for than against, a tie is not adopted"
)


def load() -> int:
    """Idempotent; what staff entered since stays as it is."""
    DesignationRule.ensure(
        valid=(None, None), values={"years": YEARS, "source": DESIGNATION_SOURCE, "is_default": False}
    )
    VotingRule.ensure(
        valid=(None, None),
        values={"majority_base": MajorityBase.VOTES, "source": VOTING_SOURCE, "is_default": True},
    )
    return 2
