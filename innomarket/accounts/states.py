"""States of organisations, and the moves that are allowed between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from innomarket.common.moves import move


class OrganisationState(models.TextChoices):
    PENDING = "pending", _("verification pending")
    VERIFIED = "verified", _("verified")
    REFUSED = "refused", _("verification refused")


ORGANISATION_MOVES = {
    "verify": move(OrganisationState.PENDING, OrganisationState.VERIFIED),
    "refuse": move(OrganisationState.PENDING, OrganisationState.REFUSED),
    "apply_again": move(OrganisationState.REFUSED, OrganisationState.PENDING),
}
