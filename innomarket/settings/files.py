"""Static files (served by whitenoise, hashed names) and uploaded ones (never by address)."""

import sys

from innomarket.settings.environment import BASE_DIR, VAR_DIR, text

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"] if (BASE_DIR / "static").is_dir() else []

MEDIA_STORE = text("MEDIA_STORE", str(VAR_DIR / "media"))
MEDIA_ROOT = MEDIA_STORE
MEDIA_URL = ""

# The keys under which uploaded files lie encrypted: in neither the database nor the store. Where none are named, this
# machine's own are made at first use (a trial, a test); a server names its file.
SEALING_KEYS = text("SEALING_KEYS")
SEALING_KEYS_HERE = VAR_DIR / "secrets" / "sealing.json"

_collected = (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # What people upload has no address at all; documents.send is the only way out.
    "private": {
        "BACKEND": "innomarket.documents.storage.PrivateStorage",
        "OPTIONS": {"location": MEDIA_STORE},
    },
    "staticfiles": {
        # Before the first collectstatic there are no hashed names to give.
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _collected or "collectstatic" in sys.argv
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not _collected

# Files larger than this go to disk while they arrive; the limits for people are dated rules in documents.
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_242_880
DATA_UPLOAD_MAX_NUMBER_FILES = 50
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# unix:/path/of/clamd.sock or host:port; without it the checks of the content suffice (documents/quarantine.py).
CLAMAV_ADDRESS = text("CLAMAV_ADDRESS")
if (
    CLAMAV_ADDRESS
    and not CLAMAV_ADDRESS.startswith("unix:/")
    and not CLAMAV_ADDRESS.rpartition(":")[2].isdecimal()
):
    raise ValueError("CLAMAV_ADDRESS must be unix:/path or host:port")
