"""A test client of staff who have passed their second factor; tests of the middleware itself stand with accounts."""

import time
from typing import Any

from allauth.account.internal.flows import login
from allauth.mfa.totp.internal import auth as totp


def sign_in_staff(client: Any, user: Any) -> None:
    """Sign in with a password and a one-time code, as allauth would have recorded it."""
    client.force_login(user)
    factor = totp.TOTP.activate(user, totp.generate_totp_secret()).instance
    session = client.session
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "mfa", "at": time.time(), "id": factor.pk, "type": "totp"}
    ]
    session.save()
