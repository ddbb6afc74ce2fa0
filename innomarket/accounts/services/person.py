"""People: registering without the form, their second factor, their own details, and staff rights."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import encrypt
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innomarket.audit import services as audit
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock
from innomarket.common.refusals import Refused, ask

from .. import permissions
from ..models import User


def register_person(
    *, email: str, name: str, password: str | None = None, language: str = "ko", verified: bool = True
) -> User:
    """A person with an address that counts as confirmed, for the sample and for tests.

    Visitors register through allauth's form. Raises Refused where the address is registered already.
    """
    address = email.strip().lower()  # as allauth stores it
    with transaction.atomic():
        user = User(email=address, name=" ".join(name.split()), language=language)
        user.set_password(password)
        with in_words(User, one_person_for_an_address="email"):
            audit.created(user, actor=None, verb="accounts.register_person")
        EmailAddress.objects.create(user=user, email=address, verified=verified, primary=True)
    return user


def give_second_factor(*, user: User, secret: str | None = None) -> str:
    """Set up a one-time-code authenticator, stored (encrypted) as allauth stores it; its secret is returned.

    For demo staff, who have a second factor like everyone. Another secret replaces the one before.
    """
    secret = secret or generate_totp_secret()
    with transaction.atomic():
        user = lock(User, user.pk)
        authenticator = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
        if authenticator is None:
            TOTP.activate(user, secret)
        else:
            authenticator.data = {"secret": encrypt(secret)}
            authenticator.save(update_fields=["data"])
        audit.record(actor=None, verb="accounts.give_second_factor", subject=user)
    return secret


def give_staff_groups(*, user: User, groups: Iterable[str], by: User | None = None, reason: str = "") -> User:
    """Make a person agency staff with exactly these groups (shipped.GROUPS); none at all ends it.

    ``by`` is a superuser, or None where the system acts (sample). Nobody gives groups to themselves.
    """
    names = list(groups)
    with transaction.atomic():
        user = lock(User, user.pk)
        if by is not None:
            ask(permissions.may_keep_people(by))
            if by.pk == user.pk:
                raise Refused("not_oneself", _("Another superuser must change your own rights."), status=403)
        if user.erased_at is not None:
            raise Refused("erased", _("This person has been erased. There is nothing to open or close."))
        found = list(Group.objects.filter(name__in=names))
        if len(found) != len(set(names)):
            raise Refused("no_such_group", _("There is no such group of staff."), field="groups")
        before = sorted(user.groups.values_list("name", flat=True))
        user.groups.set(found)
        audit.changed(
            user,
            actor=by,
            verb="accounts.give_staff_groups",
            reason=reason,
            is_staff=bool(found) or user.is_superuser,
        )
        audit.record(
            actor=by,
            verb="accounts.change_groups",
            subject=user,
            changes={"groups": [before, sorted(names)]},
            reason=reason,
        )
    return user


def change_person(*, person: User, by: User, name: str, language: str) -> User:
    """People change their own name and the language of their messages."""
    with transaction.atomic():
        person = lock(User, person.pk)
        ask(permissions.may_change_person(by, person))
        person_name = " ".join(name.split())
        if not person_name:
            raise Refused("name_needed", _("Give your name."), field="name")
        try:
            User(name=person_name, language=language).clean_fields(exclude=["email", "password"])
        except ValidationError as error:
            field, texts = next(iter(error.message_dict.items()))
            raise Refused("not_right", " ".join(texts), field=field) from error
        audit.changed(person, actor=by, verb="accounts.change_person", name=person_name, language=language)
    return person


def close_account(*, person: User, by: User, reason: str) -> User:
    """A superuser ends somebody's sign-in; what the person did stays. Not one's own."""
    return _set_active(person, by, False, "accounts.close_account", reason)


def reopen_account(*, person: User, by: User, reason: str) -> User:
    """A superuser lets somebody sign in again."""
    return _set_active(person, by, True, "accounts.reopen_account", reason)


def _set_active(person: User, by: User, active: bool, verb: str, reason: str) -> User:
    with transaction.atomic():
        person = lock(User, person.pk)
        ask(permissions.may_keep_people(by))
        if by.pk == person.pk:
            raise Refused("not_oneself", _("Another superuser must change your own rights."), status=403)
        if person.erased_at is not None:
            raise Refused("erased", _("This person has been erased. There is nothing to open or close."))
        return audit.changed(person, actor=by, verb=verb, reason=reason, is_active=active)
