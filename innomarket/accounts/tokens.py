"""The token of an invitation: made from its nonce and the server's key, never stored, known by its hash.

A copy of the database opens nothing; a mail that is sent again holds the same token. The token alone opens
nothing either: only who has confirmed the invited address can accept (addresses of pages stand in logs).
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from django.utils.crypto import get_random_string, salted_hmac

_SALT = "innomarket.accounts.invitation"
NONCE_LENGTH = 32


def new_nonce() -> str:
    return get_random_string(NONCE_LENGTH)


def token_of(nonce: str) -> str:
    """43 characters that fit into an address."""
    digest = salted_hmac(_SALT, nonce, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hash_of(token: str) -> str:
    # The token is a MAC of 256 bits: nothing to guess, so one plain hash is enough.
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_path(message: Any) -> str:
    """The page of the invitation that a message of the outbox is about, made when the mail is sent."""
    from .models import Invitation

    nonce = Invitation.objects.values_list("nonce", flat=True).get(pk=message.object_label.partition(":")[2])
    return f"/invitations/{token_of(nonce)}/"
