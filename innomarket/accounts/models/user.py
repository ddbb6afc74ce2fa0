"""A person who signs in with an e-mail address."""

from typing import Any

import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

FORMER = "\x1fformer:"
"""What stands in the name of an erased person, before their code: nobody can type it, names are split at it."""


class NameField(models.CharField):
    """A person's name; of an erased one “former person 4f2a91” in the language of the page that loads it."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if value is not None and value.startswith(FORMER):
            return gettext("former person %(code)s") % {"code": value.removeprefix(FORMER)}
        return value


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """People act for organisations through memberships; a citizen needs none.

    Agency staff hold the permissions below, each given separately (through groups).
    """

    email = models.EmailField(_("e-mail address"), unique=True)
    name = NameField(_("name"), max_length=80)
    language = models.CharField(
        _("language of messages"), max_length=5, default="ko", choices=[("ko", "한국어"), ("en", "English")]
    )
    is_staff = models.BooleanField(_("agency staff"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("joined"), db_default=Now())

    erased_at = models.DateTimeField(_("erased at"), null=True, editable=False)
    former_code = models.CharField(  # noqa: DJ001 – nobody but the erased has one, and "" would not be unique
        _("code of a former person"), max_length=12, null=True, unique=True, editable=False
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        default_permissions = ()
        permissions = [
            ("run_rounds", "Runs calls and evaluation rounds"),
            ("keep_committee", "Keeps the committee's meetings and votes"),
            ("keep_budget", "Keeps the pilot budget, matching and contracts"),
            ("keep_catalogue", "Keeps the catalogue"),
            ("verify_organisations", "Verifies organisations"),
            ("read_audit", "Reads the audit"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_person_for_an_address",
                violation_error_message=_("There is already a person with this address."),
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None, former_code=None)
                | Q(
                    erased_at__isnull=False,
                    former_code__isnull=False,
                    is_active=False,
                    is_staff=False,
                    is_superuser=False,
                    name__startswith=FORMER,
                    email__endswith="@erased.invalid",
                    last_login=None,
                ),
                name="erased_person_has_a_code_only",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="erased_person_stays_erased",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__erased_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name
