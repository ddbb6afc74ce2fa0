"""Columns whose content lies encrypted in the database: what applicants write, until it is public.

The model says by ``is_public`` (a method) from when on its values are written plain; without it they stay sealed for
good. A plain value from before the sealing is read as it is; ``manage.py seal_rows`` encrypts it. Such a column is
never searched, filtered or sorted by while it may be sealed: each encryption of the same value is another one.

What the database could ask of a plain value (``is_spelled``), it cannot ask of a sealed one: numbers, dates and lists
are asked for their validators before they are sealed.
"""

import base64
import io
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import FieldError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import F, Q

from . import sealing

MARK = "sealed:1:"


@dataclass(frozen=True)
class Plain:
    """A value that its model calls public: written as it is."""

    value: Any


class _Sealed:
    """Encrypts on the way into the database and decrypts on the way out; bound to the model and the column.

    Not to the row: its key is unknown at the insert, and one more statement would be the price. ``least_length``:
    to which a shorter spelling is filled up before it is sealed, where its length would tell the value.
    """

    model: type[models.Model]
    name: str
    least_length = 0

    @property
    def place(self) -> str:
        """The same for a model as a migration knows it."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def seal(self, text: str) -> str:
        text = text.rjust(self.least_length)
        stored = b"".join(sealing.sealed([text.encode()], f"text:{self.place}"))
        return MARK + base64.b64encode(stored.removeprefix(sealing.MARK)).decode()

    def unseal(self, stored: str) -> str:
        """Raises tink.TinkError where it was changed, or sealed for another column or under lost keys."""
        source = io.BytesIO(sealing.MARK + base64.b64decode(stored.removeprefix(MARK)))
        with sealing.unsealed(source, f"text:{self.place}") as stream:
            return stream.read().decode()

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        value = super().pre_save(instance, add)  # type: ignore[misc]
        public = getattr(instance, "is_public", None)
        return Plain(value) if public is not None and public() else value

    def given(self, value: Any) -> tuple[Any, bool]:
        """What is to be written, and whether plain."""
        public = isinstance(value, Plain)
        given = value.value if public else value
        if hasattr(given, "resolve_expression"):
            raise FieldError(
                f"{self.place} is sealed: it is written as a value, not computed by the database."
            )
        return given, public


class _SealedText(_Sealed):
    """Its column is text: a sealed value, or the plain spelling of one."""

    def db_type(self, connection: Any) -> str:
        return "text"

    def cast_db_type(self, connection: Any) -> str:
        return "text"

    def db_check(self, connection: Any) -> None:
        """The check of a column of numbers cannot be asked of text: see ``is_spelled``."""

    def spelled(self, value: Any) -> str:
        return str(value)

    def read(self, text: str) -> Any:
        return text

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        given, public = self.given(value)
        text = None if given is None else self.spelled(given)
        # Nothing is written of an empty text: that it is empty may be known.
        return text if public or not text else self.seal(text)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if not isinstance(value, str):
            return value
        return self.read(self.unseal(value) if value.startswith(MARK) else value)


class SealedCharField(_SealedText, models.CharField):
    """A line of text. ``max_length`` is asked of what is written (forms), the column itself has no limit."""


class SealedTextField(_SealedText, models.TextField):
    """Text of several lines."""


class _SealedNumber(_SealedText):
    """A whole number, sealed as its digits; all of a column equally long, so that the length tells nothing."""

    least_length = 19

    def spelled(self, value: Any) -> str:
        number = int(value)
        self.run_validators(number)  # type: ignore[attr-defined]
        return str(number)

    def read(self, text: str) -> int:
        return int(text)


class SealedWonField(_SealedNumber, models.BigIntegerField):
    """An amount in won. See ``is_won`` for what the database still asks of the column."""


class SealedSmallIntegerField(_SealedNumber, models.PositiveSmallIntegerField):
    """A level, a number of months or days."""


class SealedDateField(_SealedText, models.DateField):
    """A day, sealed as year-month-day."""

    def spelled(self, value: Any) -> str:
        day = self.to_python(value)
        self.run_validators(day)
        return day.isoformat()

    def read(self, text: str) -> date:
        return date.fromisoformat(text)


class SealedJSONField(_Sealed, models.JSONField):
    """Plain JSON, sealed as a whole: the column holds one JSON string."""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        given, public = self.given(value)
        if given is None:
            raise FieldError(f"{self.place} is sealed: it is written as a value.")
        self.run_validators(given)
        stored = given if public else self.seal(json.dumps(given, ensure_ascii=False, cls=self.encoder))
        return super().get_db_prep_save(stored, connection)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        if isinstance(found, str) and found.startswith(MARK):
            return json.loads(self.unseal(found), cls=self.decoder)
        return found


DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"


def is_spelled(name: str, pattern: str) -> Q:
    """For a CHECK of such a column: nothing, a sealed value, or a plain one as the pattern says."""
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__regex": f"^({MARK}|{pattern}$)"})


def is_won(name: str) -> Q:
    """An amount above 0."""
    return is_spelled(name, "[1-9][0-9]*")


def is_listed(name: str, pattern: str) -> Q:
    """For a CHECK of a column of JSON: a sealed value, or a plain list of what the pattern says."""
    return Q(**{f"{name}__regex": rf'^("{MARK}|\[({pattern}(, {pattern})*)?\]$)'})


def in_order(first: str, last: str) -> Q:
    """For a CHECK of two days: spelled as such, and in order where both are plain (then they sort as text)."""
    either = Q(**{f"{first}__isnull": True}) | Q(**{f"{last}__isnull": True})
    either |= Q(**{f"{first}__startswith": MARK}) | Q(**{f"{last}__startswith": MARK})
    return is_spelled(first, DAY) & is_spelled(last, DAY) & (either | Q(**{f"{first}__lte": F(last)}))


class SpelledConstraint(models.CheckConstraint):
    """A CHECK of how one plain value is spelled. Of a value in the code the field's validators ask the same before:
    that is no further question to the database for each saved answer."""

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        return None


def sealed_fields(model: type[models.Model]) -> list[Any]:
    """The sealed columns of a model."""
    return [field for field in model._meta.concrete_fields if isinstance(field, _Sealed)]


def is_sealed(field: Any) -> bool:
    """Whether a column's values lie sealed."""
    return isinstance(field, _Sealed)
