"""Staff in tests: signed in with a second factor used, as the middleware asks for it under /admin/."""

from typing import Any

from innomarket.accounts.services.person import give_second_factor


def sign_in(client: Any, user: Any) -> Any:
    """The client, signed in as this member of staff."""
    if not user.authenticator_set.exists():
        give_second_factor(user=user)
    authenticator = user.authenticator_set.get()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "id": authenticator.pk, "type": "totp", "at": 0}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
