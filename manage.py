#!/usr/bin/env python3
"""Django's command line. `make` builds the `.venv` that it runs in."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "innomarket.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        raise SystemExit(
            "Django is not here: run `make up` once, then .venv/bin/python manage.py …"
        ) from None
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
