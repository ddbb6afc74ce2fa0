"""Korean at /, English at /en/; stored in UTC, shown in KST."""

from django.utils.translation import gettext_lazy as _

from innomarket.settings.environment import BASE_DIR

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["innomarket.common.localized"]
TIME_ZONE = "Asia/Seoul"
USE_TZ = True
