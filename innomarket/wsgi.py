"""The WSGI application: `granian --interface wsgi innomarket.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "innomarket.settings")

application = get_wsgi_application()
