"""Where mail goes: a real server by MAIL_URL, else the local mailbox of the embedded services."""

from urllib.parse import unquote, urlsplit

from innomarket.settings.environment import EMBEDDED, text

MAIL_URL = text("MAIL_URL")
DEFAULT_FROM_EMAIL = text("MAIL_FROM", "Innomarket <no-reply@innomarket.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20

if MAIL_URL:
    _parts = urlsplit(MAIL_URL)
    if _parts.scheme not in {"smtp", "smtp+tls", "smtps"}:
        raise ValueError("MAIL_URL must begin with smtp://, smtp+tls:// (STARTTLS) or smtps://")
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _parts.hostname or "localhost"
    EMAIL_PORT = _parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[_parts.scheme]
    EMAIL_HOST_USER = unquote(_parts.username or "")
    EMAIL_HOST_PASSWORD = unquote(_parts.password or "")
    EMAIL_USE_SSL = _parts.scheme == "smtps"
    EMAIL_USE_TLS = _parts.scheme == "smtp+tls"
elif EMBEDDED:
    EMAIL_BACKEND = "innomarket.notifications.backends.LocalMailbox"
else:
    # A server without MAIL_URL must fail at its first mail, visibly, not throw mail away.
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = "localhost"
