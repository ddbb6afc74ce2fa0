"""What people do on allauth's own pages goes into the one history: that it was done, never the values."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa

from innomarket.audit import services as audit

VERBS = [
    (account.password_set, "accounts.set_password"),
    (account.password_changed, "accounts.change_password"),
    (account.password_reset, "accounts.reset_password"),
    (account.email_added, "accounts.add_address"),
    (account.email_changed, "accounts.change_address"),
    (account.email_removed, "accounts.remove_address"),
    (mfa.authenticator_added, "accounts.add_second_factor"),
    (mfa.authenticator_removed, "accounts.remove_second_factor"),
    (mfa.authenticator_reset, "accounts.renew_recovery_codes"),
]


def connect() -> None:
    """Listen to allauth; called once when the app is ready."""
    for signal, verb in VERBS:
        signal.connect(_recorder(verb), weak=False, dispatch_uid=f"accounts.recording.{verb}")
    account.email_confirmed.connect(_confirmed, dispatch_uid="accounts.recording.confirm_address")


def _recorder(verb: str) -> Any:
    def record(*, user: Any, **_signal: Any) -> None:
        audit.record(actor=user, verb=verb, subject=user)

    return record


def _confirmed(*, email_address: Any, **_signal: Any) -> None:
    user = email_address.user
    audit.record(actor=user, verb="accounts.confirm_address", subject=user)
