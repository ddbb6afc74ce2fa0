"""Reading the environment: twelve-factor, with `var/run/services.env` where no service is named.

| variable | meaning | default |
|---|---|---|
| DATABASE_URL | PostgreSQL ≥ 15 | the embedded server of this checkout |
| REDIS_URL | broker; the cache takes the next database number | the embedded server |
| CACHE_URL | the cache elsewhere | REDIS_URL, next number |
| MEDIA_STORE | folder of the uploaded files | var/media |
| SEALING_KEYS | keys that seal files and texts, outside store and database | var/secrets/sealing.json |
| CLAMAV_ADDRESS | clamd: unix:/path/of/socket or host:port | none: structural checks alone |
| MAIL_URL | smtp:// smtp+tls:// smtps://user:password@host:port | local mailbox (embedded services) |
| SECRET_KEY | Django's key | made once in var/run/secret_key |
| PUBLIC_URL | address in mails, without a slash at the end | http://127.0.0.1:$PORT |
| READINESS_URL | where the readiness history asks /readyz | PUBLIC_URL/readyz |
| ALLOWED_HOSTS | comma-separated host names | those of PUBLIC_URL and this machine's own |
| HTTPS | on/off: redirect, secure cookies, HSTS | on, off with the embedded services |
| BEHIND_PROXY | on: trust X-Forwarded-For and -Proto of the one proxy in front | off |
| OCDS_PREFIX | the prefix that the Open Contracting Partnership registered | ocds-000000, a placeholder |
| OCDS_PUBLISHER | the agency that publishes, calls and buys | 혁신조달 전담기관 |
| DATA_LICENCE | address of the licence of the data | none is named |
| DEBUG | on/off | off |
| LOG_FORMAT, LOG_LEVEL | console or json; INFO | console on a terminal, else json |
"""

import os
from pathlib import Path

__all__ = ["BASE_DIR", "EMBEDDED", "VAR_DIR", "flag", "text"]

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("INNOMARKET_VAR") or BASE_DIR / "var")
SERVICES_FILE = VAR_DIR / "run" / "services.env"


def read_services(path: Path) -> dict[str, str]:
    """KEY=value lines that the supervisor wrote; empty when it does not run or the file is another's."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip() for key, value in pairs}


# A named database stands alone: nothing of the embedded services mixes in, except a broker nobody named.
_named = bool(os.environ.get("DATABASE_URL"))
_services = read_services(SERVICES_FILE)
if _named:
    _services = {key: value for key, value in _services.items() if key == "REDIS_URL"}


def text(name: str, default: str = "") -> str:
    """The variable, else what the supervisor wrote, else the default. An empty variable counts as absent."""
    return os.environ.get(name) or _services.get(name) or default


def flag(name: str, *, default: bool) -> bool:
    """A switch: on/off, yes/no, true/false, 1/0.

    Raises ValueError on anything else: a mistyped switch must not quietly mean "off".
    """
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "on", "yes", "true"}:
        return True
    if value in {"0", "off", "no", "false"}:
        return False
    raise ValueError(f"{name} is {value!r}: say on or off")


EMBEDDED = flag("INNOMARKET_EMBEDDED", default=False)
"""True with the database of this checkout: sample sign-ins, the local mailbox and the prefix T exist only then."""
