"""Form fields that several apps share."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# What people write around an amount; none of it changes the number.
_AROUND = re.compile(r"[\s,_]|원$|^₩|^KRW", re.IGNORECASE)
MOST_WON = 10_000_000_000_000


class WonField(forms.IntegerField):
    """An amount in whole won. ``300,000,000``, ``300000000원`` and ``₩300 000 000`` are the same.

    Raises ValidationError where it is not a whole number from 1 to ten trillion.
    """

    default_error_messages = {
        "invalid": _("Enter a whole amount in won, for example 300,000,000."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 1)
        kwargs.setdefault("max_value", MOST_WON)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.unit = _("won")
        self.size = "medium"

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = _AROUND.sub("", value.strip())
            if value and not re.fullmatch(r"-?[0-9]+", value):
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """With thousands separators; what cannot be read is shown back as it was typed."""
        try:
            return f"{self.to_python(value):,}" if value not in (None, "") else value
        except (ValidationError, TypeError):
            return value
