"""Who may act for an organisation, and how."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from .organisation import Organisation


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> "MembershipQuerySet":
        return self.filter(left_at=None)


class Membership(models.Model):
    """Owners manage people; editors write drafts; viewers read. Submitting is a right by itself."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        EDITOR = "editor", _("editor")
        VIEWER = "viewer", _("viewer")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="memberships",
        verbose_name=_("person"),
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    may_submit = models.BooleanField(_("may submit"), default=False)
    joined_at = models.DateTimeField(_("joined at"), db_default=Now())
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"],
                condition=Q(left_at=None),
                name="one_active_membership_each",
                violation_error_message=_("This person is a member already."),
            ),
            models.CheckConstraint(
                condition=~Q(role="viewer", may_submit=True),
                name="viewer_does_not_submit",
                violation_error_message=_("A viewer cannot submit: make the person an editor first."),
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=models.F("joined_at")),
                name="membership_dates_in_order",
            ),
        ]
        triggers = [
            # Counted under the organisation's lock, so that two owners who leave at once cannot both go.
            pgtrigger.Trigger(
                name="organisation_keeps_an_owner",
                when=pgtrigger.After,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__role="owner", old__left_at__isnull=True),
                func="""
                    PERFORM 1 FROM accounts_organisation WHERE id = OLD.organisation_id FOR UPDATE;
                    IF NOT EXISTS (
                        SELECT 1 FROM accounts_membership
                        WHERE organisation_id = OLD.organisation_id AND role = 'owner' AND left_at IS NULL
                    ) THEN
                        RAISE EXCEPTION 'an organisation keeps an owner'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'organisation_keeps_an_owner';
                    END IF;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.organisation_id}"
