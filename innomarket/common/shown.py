"""Values of model fields as people read them: yes or no, days, won and names, in the language of the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import formats

EMPTY = "–"


def language() -> str:
    return "en" if (get_language() or "ko").startswith("en") else "ko"


def days(period: Any) -> str:
    """A range of days in words; the upper end of a range is the day after its last one."""
    tongue = language()
    first = formats.kst_date(period.lower, tongue) if period.lower else ""
    last = formats.kst_date(period.upper - timedelta(days=1), tongue) if period.upper else ""
    if first and last:
        return _("%(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return _("from %(first)s on") % {"first": first}
    return _("until %(last)s") % {"last": last} if last else _("at any time")


def name_of(obj: Any) -> str:
    """An object by its name or title in the language of the page, else as it calls itself."""
    for field in ("name", "title", "product_name"):
        for tongue in (language(), "ko", "en"):
            if text := getattr(obj, f"{field}_{tongue}", ""):
                return str(text)
    return str(obj)


def text_of(field: models.Field, value: Any) -> str | None:
    """The words for a value of this field; None where Django's own are right."""
    if value is None or value == "":
        return EMPTY
    if isinstance(field, models.BooleanField):
        return _("Yes") if value else _("No")
    if isinstance(field, DateRangeField):
        return days(value)
    if isinstance(field, models.DateTimeField):
        return formats.kst(value, language())
    if isinstance(field, models.DateField):
        return formats.kst_date(value, language())
    if field.name.endswith("_won"):
        return formats.won(value, language())
    if isinstance(field, models.ForeignKey):
        return name_of(value)
    return None


def column(model: type[models.Model], name: Any, link: Callable[[Any], str] | None = None) -> Any:
    """A column of the admin for this field in words; ``name`` itself where Django shows it well.

    ``link`` gives the address of a related object, or "" where the reader may not open it.
    """
    try:
        field = model._meta.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        return name
    worded = (models.BooleanField, models.DateField, models.ForeignKey, DateRangeField)
    if not isinstance(field, models.Field) or field.choices:
        return name
    if not (isinstance(field, worded) or field.name.endswith("_won")):
        return name
    known: models.Field = field

    def shown(obj: Any) -> str:
        value = getattr(obj, known.name)
        url = link(value) if link and value is not None and isinstance(known, models.ForeignKey) else ""
        text = text_of(known, value)
        return format_html('<a href="{}">{}</a>', url, text) if url else str(text)

    shown.__name__ = known.name
    shown.short_description = known.verbose_name  # type: ignore[attr-defined]
    shown.admin_order_field = known.name  # type: ignore[attr-defined]
    return shown
