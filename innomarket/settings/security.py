"""Keys, hosts, cookies, transport and the content policy."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from innomarket.settings.environment import EMBEDDED, VAR_DIR, flag, text

DEBUG = flag("DEBUG", default=False)


def secret_key_in(path: Path) -> str:
    """The key of this checkout, made at first use and readable by its owner only."""
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.{os.getpid()}")
    made.touch(mode=0o600)
    made.write_text(secrets.token_urlsafe(50))
    try:
        os.link(made, path)  # two processes at once: the first one's key stays
    except FileExistsError:
        pass
    finally:
        made.unlink()
    return path.read_text()


SECRET_KEY = text("SECRET_KEY") or secret_key_in(VAR_DIR / "run" / "secret_key")

PUBLIC_URL = text("PUBLIC_URL", f"http://127.0.0.1:{text('PORT', '8000')}").rstrip("/")
_host = urlsplit(PUBLIC_URL).hostname or "127.0.0.1"
ALLOWED_HOSTS = [
    host.strip()
    for host in text("ALLOWED_HOSTS", f"{_host},localhost,127.0.0.1,[::1]").split(",")
    if host.strip()
]
# Whoever keeps the readiness history asks as a visitor does: through the proxy.
READINESS_URL = text("READINESS_URL", f"{PUBLIC_URL}/readyz")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

HTTPS = flag("HTTPS", default=not EMBEDDED)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # a container's own check speaks plain HTTP
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if flag("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

SESSION_COOKIE_NAME = "innomarket_session"
SESSION_COOKIE_AGE = 8 * 3600  # a working day
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "innomarket.common.kept.csrf_failure"
CSRF_COOKIE_NAME = "innomarket_csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = "innomarket_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

# No inline script or style and no eval, in the admin neither. data: is for the QR code of the second factor.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
