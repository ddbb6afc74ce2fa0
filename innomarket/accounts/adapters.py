"""How allauth is fitted to our people: names and languages at sign-up, secrets that are encrypted at rest."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from innomarket.audit import services as audit


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up keeps the name that was typed, and the language of the page as that of the messages."""

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.name = " ".join(form.cleaned_data.get("name", "").split())
        language = (get_language() or settings.LANGUAGE_CODE)[:2]
        user.language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        user = super().save_user(request, user, form, commit=commit)
        if commit:
            audit.record(actor=None, verb="accounts.sign_up", subject=user)
        return user


class MFAAdapter(DefaultMFAAdapter):
    """Keys of second factors are encrypted with the server's key: a copy of the database gives no codes."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> MultiFernet:
    """The key comes from SECRET_KEY; older ones in SECRET_KEY_FALLBACKS still open what they closed."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(str(key))) for key in keys])


def _key(secret: str) -> bytes:
    # SECRET_KEY is long and random, so one hash with a label of its own is a key; no stretching needed.
    digest = hashlib.sha256(b"innomarket.accounts.second-factor:" + secret.encode()).digest()
    return base64.urlsafe_b64encode(digest)
