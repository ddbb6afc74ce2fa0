"""What is installed, in the order in which templates and commands are looked up."""

from innomarket.settings.environment import BASE_DIR

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "csp",
    "pgtrigger",
    "innomarket.common",
    "innomarket.audit",
    "innomarket.timeline",
    "innomarket.documents",
    "innomarket.notifications",
    "innomarket.accounts",
    "innomarket.privacy",
    "innomarket.submissions",
    "innomarket.evaluation",
    "challenges",
    "designation",
    "catalog",
    "pilots",
    "innomarket.portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Everything below is for pages: what programs ask goes past it.
    "innomarket.common.short_way.ShortWayMiddleware",
    "csp.middleware.CSPMiddleware",
    "innomarket.common.shared.SharedMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "innomarket.common.addresses.AddressMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "innomarket.accounts.middleware.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "innomarket.urls"
WSGI_APPLICATION = "innomarket.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "innomarket.common.context.page",
                "innomarket.notifications.context.inbox",
            ],
        },
    },
]
# Form widgets may be given our own templates; the project's folder is asked first.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.insert(0, "django.forms")
