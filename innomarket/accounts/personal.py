"""What is kept about people's accounts and memberships: taken along, erased, deleted after a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from innomarket.audit.models import Entry
from innomarket.common import personal
from innomarket.common.clock import now
from innomarket.common.refusals import Refusal
from innomarket.notifications.forgetting import forget_person

from .models import Invitation, Membership, User
from .models.user import FORMER

OURS = gettext_noop("innomarket: no source states a period")


def register_all() -> None:
    """Called once when the app is ready."""
    personal.form("account", "account_signup", "account_email", "accounts:me")
    personal.form(
        "organisation",
        *("accounts:apply_as", "accounts:apply_again", "accounts:invite", "accounts:invitation"),
        *("accounts:change_member", "accounts:remove_member"),
    )
    personal.no_data("it only ends an invitation", "accounts:withdraw_invitation")
    personal.no_data("a token is the organisation's", "accounts:tokens", "accounts:revoke_token")
    _register_shares()
    personal.duty(_staff_desk, _only_owner)
    personal.eraser("accounts", _erase)
    _register_periods()


def _register_shares() -> None:
    personal.share(
        personal.Share(
            "accounts.account",
            _("Account"),
            (
                ("name", _("name")),
                ("email", _("e-mail address")),
                ("language", _("language of messages")),
                ("joined", _("joined")),
                ("last_login", _("last sign-in")),
                ("addresses", _("addresses, confirmed or not")),
                ("second_factors", _("kinds of second factor")),
            ),
            _account,
        ),
        personal.Share(
            "accounts.memberships",
            _("Memberships"),
            (
                ("organisation", _("organisation")),
                ("role", _("role")),
                ("may_submit", _("may submit")),
                ("joined_at", _("joined at")),
                ("left_at", _("left at")),
            ),
            _memberships,
        ),
        personal.Share(
            "accounts.actions",
            _("Own actions on record"),
            (("at", _("at")), ("verb", _("what")), ("object", _("object")), ("reason", _("reason"))),
            _actions,
        ),
    )


def _register_periods() -> None:
    personal.keep(
        personal.Kept(
            "accounts.invitations",
            _("Ended invitations"),
            _ended_invitations,
            "invited_at",
            6,
            OURS,
            lambda rows: _delete(Invitation, rows),
        ),
        personal.Kept(
            "accounts.sessions",
            _("Expired sessions"),
            lambda before: Session.objects.filter(expire_date__lt=before),
            "expire_date",
            1,
            OURS,
            lambda rows: _delete(Session, rows),
        ),
    )


# ── taken along ──


def _account(person: User) -> Iterator[dict[str, Any]]:
    addresses = EmailAddress.objects.filter(user=person).order_by("pk")
    yield {
        "name": person.name,
        "email": person.email,
        "language": person.language,
        "joined": person.date_joined,
        "last_login": person.last_login,
        "addresses": [f"{row.email} ({'yes' if row.verified else 'no'})" for row in addresses],
        "second_factors": list(Authenticator.objects.filter(user=person).values_list("type", flat=True)),
    }


def _memberships(person: User) -> Iterator[dict[str, Any]]:
    rows = Membership.objects.filter(user=person).select_related("organisation").order_by("pk")
    for row in rows:
        yield {
            "organisation": row.organisation.name_ko,
            "role": row.role,
            "may_submit": row.may_submit,
            "joined_at": row.joined_at,
            "left_at": row.left_at,
        }


def _actions(person: User) -> Iterator[dict[str, Any]]:
    """What the person did, not what others did about them: others' entries are theirs."""
    for entry in Entry.objects.filter(actor=person).order_by("pk").iterator(1000):
        label = entry.subject_label or f"{entry.subject_type} {entry.subject_id}"
        yield {"at": entry.at, "verb": entry.verb, "object": label, "reason": entry.reason}


# ── duties ──


def _staff_desk(person: User) -> Refusal | None:
    if not (person.is_staff or person.is_superuser or person.user_permissions.exists()):
        return None
    return Refusal(
        "staff", _("You work at a desk of the agency. Ask a superuser to end your work as staff first.")
    )


def _only_owner(person: User) -> Refusal | None:
    """The trigger that an organisation keeps an owner would refuse it anyway, without saying which."""
    others = (
        Membership.objects.active()
        .filter(organisation=OuterRef("organisation"), role=Membership.Role.OWNER)
        .exclude(user=person)
    )
    alone = (
        Membership.objects.active().filter(user=person, role=Membership.Role.OWNER).exclude(Exists(others))
    )
    row = alone.select_related("organisation").first()
    if row is None:
        return None
    return Refusal(
        "only_owner",
        _("You are the only owner of %(organisation)s. Make somebody else an owner first.")
        % {"organisation": row.organisation.name_ko},
    )


# ── erased ──


def _erase(person: User, code: str) -> dict[str, int]:
    """The row keeps its key and a code; whatever names or reaches the person goes."""
    addresses = {person.email, *EmailAddress.objects.filter(user=person).values_list("email", flat=True)}
    organisations = list(Membership.objects.filter(user=person).values_list("organisation_id", flat=True))
    invitations = Invitation.objects.filter(Q(organisation__in=organisations) | Q(invited_by=person))
    labels = [f"accounts.organisation:{pk}" for pk in organisations]
    labels += [f"accounts.invitation:{pk}" for pk in invitations.values_list("pk", flat=True)]
    former = f"former-{code}@erased.invalid"
    at = now()
    counts = {
        "messages": forget_person(
            person=person,
            addresses=addresses,
            labels=labels,
            code=code,
        ),
        "memberships": Membership.objects.active().filter(user=person).update(left_at=at),
        "invitations": _invitations(addresses, former, at),
        "sessions": _sessions(person),
    }
    EmailAddress.objects.filter(user=person).delete()  # with the confirmations sent for them
    Authenticator.objects.filter(user=person).delete()
    own = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=own, object_id=str(person.pk)).update(object_repr=code)
    person.groups.clear()
    User.objects.filter(pk=person.pk).update(
        name=f"{FORMER}{code}",
        email=former,
        password="!",  # noqa: S106 — what no password matches
        is_active=False,
        last_login=None,
        former_code=code,
        erased_at=at,
    )
    person.refresh_from_db()
    return counts


def _invitations(addresses: set[str], former: str, at: datetime) -> int:
    to_person = Q()
    for address in addresses:
        to_person |= Q(email__iexact=address)
    rows = Invitation.objects.filter(to_person)
    rows.standing().update(withdrawn_at=at)
    return rows.update(email=former)


def _sessions(person: User) -> int:
    """Sign out everywhere: rows of the database, and their copies in the cache."""
    store: Any = Session.get_session_store_class()
    n = 0
    for session in Session.objects.iterator(1000):
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            store(session.session_key).delete()
            n += 1
    return n


# ── deleted after a time ──


def _ended_invitations(before: datetime) -> QuerySet[Any]:
    ended = Q(accepted_at__isnull=False) | Q(withdrawn_at__isnull=False) | Q(expires_at__lt=before)
    return Invitation.objects.filter(ended, invited_at__lt=before)


def _delete(model: Any, rows: list[Any]) -> None:
    model._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
