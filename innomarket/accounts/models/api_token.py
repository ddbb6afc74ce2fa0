"""Tokens with which an organisation's programs ask the API, and how much is answered to whom."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.common.dated import DatedRule, no_overlap

from .organisation import Organisation


class ApiRule(DatedRule):
    """How often the API answers, and how long tokens live. No source names limits: all are our default."""

    kept_by = "keep_catalogue"

    anonymous_per_minute = models.PositiveIntegerField(_("requests a minute without a token"))
    token_per_minute = models.PositiveIntegerField(_("requests a minute with a token"))
    anonymous_files_per_hour = models.PositiveIntegerField(_("whole files an hour without a token"))
    token_files_per_hour = models.PositiveIntegerField(_("whole files an hour with a token"))
    most_tokens = models.PositiveSmallIntegerField(_("valid tokens of an organisation at most"))
    most_token_days = models.PositiveSmallIntegerField(_("days that a token is valid at most"))
    snapshot_days = models.PositiveSmallIntegerField(_("days that nightly files are kept"))

    class Meta:
        default_permissions = ()
        verbose_name = _("rule for the API")
        verbose_name_plural = _("rules for the API")
        constraints = [
            no_overlap("one_api_rule_at_a_time"),
            models.CheckConstraint(
                condition=Q(anonymous_per_minute__gte=1, token_per_minute__gte=1),
                name="api_answers_something",
                violation_error_message=_("At least one request a minute is answered."),
            ),
            models.CheckConstraint(
                condition=Q(
                    anonymous_files_per_hour__gte=1, token_files_per_hour__gte=1, snapshot_days__gte=1
                ),
                name="api_gives_files",
                violation_error_message=_("At least one file an hour is given, and kept for a day."),
            ),
        ]


class Scope(models.TextChoices):
    """What a token is for. Everything that the API answers is public: a token raises limits."""

    READ = "read", _("pages and the feed of changes")
    FILES = "files", _("whole files")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def valid_at(self, at: datetime) -> "ApiTokenQuerySet":
        return self.filter(revoked_at=None, expires_at__gt=at)


class ApiToken(models.Model):
    """Known by its hash: the token itself is shown once, when it is made, and stored nowhere."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="api_tokens", verbose_name=_("organisation")
    )
    label = models.CharField(_("what it is for"), max_length=60)
    prefix = models.CharField(_("begins with"), max_length=12, unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices), verbose_name=_("allowed"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"), db_default=Now())
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("last used at"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(token_hash__regex=r"^[0-9a-f]{64}$"),  # noqa: S106 — a shape, no secret
                name="api_token_keeps_a_hash",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="api_token_expires_later"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="api_token_revoked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(scopes__len__gte=1, scopes__contained_by=Scope.values),
                name="api_token_is_for_something",
                violation_error_message=_("Choose what the token is for."),
            ),
        ]

    def __str__(self) -> str:
        return self.prefix

    def state_at(self, at: datetime) -> str:
        """``revoked``, ``expired`` or ``valid``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= at else "valid"
