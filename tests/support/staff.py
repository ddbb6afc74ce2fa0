"""People signed in in tests: staff with their second factor used, as the middleware asks of them."""

from typing import Any

from innomarket.accounts.services.person import give_second_factor


def sign_in(client: Any, user: Any) -> Any:
    """The client, signed in as this person; staff have used their second factor."""
    client.force_login(user)
    if not user.is_staff:
        return client
    if not user.authenticator_set.exists():
        give_second_factor(user=user)
    authenticator = user.authenticator_set.get()
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "id": authenticator.pk, "type": "totp", "at": 0}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
