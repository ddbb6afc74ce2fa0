"""Who takes part: each organisation once, with the roles that it has had so far.

Companies are known by the portal's own number of them: their business registration numbers are shown to their own
people alone (org-id.guide's list of them, KO-BRN, holds sole proprietors too).
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from catalog.public_documents import site
from innomarket.accounts.models import Organisation

from .values import korean

OWN_LIST, INSTITUTIONS = "X-INNOMARKET", "X-KR-G2B"
AGENCY = f"{OWN_LIST}-agency"


class Parties:
    """Collected while the sections are written; ``roles`` in the order in which OCDS lists them."""

    ROLES = ("buyer", "procuringEntity", "supplier", "tenderer", "payer", "payee", "user")

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Any]] = {}
        self._roles: dict[str, set[str]] = {}
        self._grown: set[str] = set()

    def agency(self, *roles: str) -> dict[str, str]:
        """The agency that runs this portal: it calls, buys and pays. Returns the reference to it."""
        return self._put(
            {
                "id": AGENCY,
                "name": settings.OCDS_PUBLISHER,
                "identifier": {
                    "scheme": OWN_LIST,
                    "id": "agency",
                    "legalName": settings.OCDS_PUBLISHER,
                    "uri": settings.PUBLIC_URL,
                },
            },
            roles,
        )

    def organisation(self, one: Organisation, *roles: str) -> dict[str, str]:
        """An institution or a company. Returns the reference to it."""
        party: dict[str, Any] = {
            "id": f"{OWN_LIST}-{one.pk}",
            "name": one.name_ko,
            "identifier": {
                "scheme": OWN_LIST,
                "id": str(one.pk),
                "legalName": one.name_ko,
                "uri": site(one.path, "ko"),
            },
        }
        if one.institution_code:
            party["additionalIdentifiers"] = [{"scheme": INSTITUTIONS, "id": one.institution_code}]
        if one.region:
            party["address"] = {"region": one.region, "countryName": korean(_("Republic of Korea"))}
        return self._put(party, roles)

    def _put(self, party: dict[str, Any], roles: Iterable[str]) -> dict[str, str]:
        id_ = party["id"]
        self._known.setdefault(id_, party)
        known = self._roles.setdefault(id_, set())
        if not known.issuperset(roles):
            known.update(roles)
            self._grown.add(id_)
        return {"id": id_, "name": party["name"]}

    def taken(self) -> set[str]:
        """Those that are new, or have a further role, since this was asked last."""
        grown, self._grown = self._grown, set()
        return grown

    def of(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        """These, in the order of their identifiers."""
        return [
            self._known[id_] | {"roles": [role for role in self.ROLES if role in self._roles[id_]]}
            for id_ in sorted(ids)
        ]
