"""An invitation to act for an organisation, sent to an e-mail address."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from .membership import Membership
from .organisation import Organisation


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def standing(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn; it may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """For one address, once, until it expires. Only the hash of its token is stored (``invitations.py``)."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("organisation")
    )
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=10, choices=Membership.Role.choices)
    may_submit = models.BooleanField(_("may submit"), default=False)
    nonce = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    invited_at = models.DateTimeField(_("invited at"), db_default=Now())
    expires_at = models.DateTimeField(_("expires at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("accepted by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="one_standing_invitation_each",
                violation_error_message=_("This address was invited at this very moment. Reload the page."),
            ),
            models.CheckConstraint(
                condition=~Q(role="viewer", may_submit=True),
                name="invited_viewer_does_not_submit",
                violation_error_message=_("A viewer cannot submit: make the person an editor first."),
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at=None),
                name="invitation_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("invited_at")), name="invitation_expires_later"
            ),
            models.CheckConstraint(
                condition=Q(token_hash__regex=r"^[0-9a-f]{64}$"),  # noqa: S106 — a shape, no secret
                name="invitation_keeps_a_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}/{self.pk}"

    def is_expired_at(self, at: datetime) -> bool:
        """Half-open like every period: at the instant itself it is over."""
        return at >= self.expires_at
