"""Columns whose text lies encrypted in the database: what applicants write, until it is public.

The model says by ``is_public`` (a method) from when on its texts are written plain; without it they stay sealed for
good. A plain value from before the sealing is read as it is; ``manage.py seal_rows`` encrypts it. Such a column is
never searched, filtered or sorted by while it may be sealed: each encryption of the same text is another one.
"""

import base64
import io
import json
from typing import Any

from django.core.exceptions import FieldError
from django.db import models

from . import sealing

MARK = "sealed:1:"


class _Sealed:
    """Encrypts on the way into the database and decrypts on the way out; bound to the model and the column.

    Not to the row: its key is unknown at the insert, and one more statement would be the price.
    """

    model: type[models.Model]
    name: str

    @property
    def place(self) -> str:
        """The same for a model as a migration knows it."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def seal(self, text: str) -> str:
        stored = b"".join(sealing.sealed([text.encode()], f"text:{self.place}"))
        return MARK + base64.b64encode(stored.removeprefix(sealing.MARK)).decode()

    def unseal(self, stored: str) -> str:
        """Raises tink.TinkError where it was changed, or sealed for another column or under lost keys."""
        source = io.BytesIO(sealing.MARK + base64.b64decode(stored.removeprefix(MARK)))
        with sealing.unsealed(source, f"text:{self.place}") as stream:
            return stream.read().decode()


class Plain(str):
    """A text that its model calls public: written as it is."""

    __slots__ = ()


class _SealedText(_Sealed):
    def db_type(self, connection: Any) -> str:
        return "text"

    def cast_db_type(self, connection: Any) -> str:
        return "text"

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        value = super().pre_save(instance, add)  # type: ignore[misc]
        public = getattr(instance, "is_public", None)
        return Plain(value) if isinstance(value, str) and public is not None and public() else value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if hasattr(value, "resolve_expression"):
            raise FieldError(
                f"{self.place} is sealed: it is written as a text, not computed by the database."
            )
        # Nothing is written of an empty text: that it is empty may be known.
        if not value or isinstance(value, Plain):
            # As a plain str: psycopg has no adapter for a subclass of ours.
            return str(value) if isinstance(value, Plain) else value
        return self.seal(str(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return self.unseal(value) if isinstance(value, str) and value.startswith(MARK) else value


class SealedCharField(_SealedText, models.CharField):
    """A line of text. ``max_length`` is asked of what is written (forms), the column itself has no limit."""


class SealedTextField(_SealedText, models.TextField):
    """Text of several lines."""


class SealedWonField(_Sealed, models.BigIntegerField):
    """An amount in won, sealed as its digits. See ``is_won`` for what the database still asks of the column."""

    def db_type(self, connection: Any) -> str:
        return "text"

    def cast_db_type(self, connection: Any) -> str:
        return "text"

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        value = super().pre_save(instance, add)
        public = getattr(instance, "is_public", None)
        return Plain(value) if value is not None and public is not None and public() else value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if hasattr(value, "resolve_expression"):
            raise FieldError(
                f"{self.place} is sealed: it is written as an amount, not computed by the database."
            )
        if value is None:
            return None
        digits = str(int(value))
        return digits if isinstance(value, Plain) else self.seal(digits)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        if value is None:
            return None
        return int(self.unseal(value) if value.startswith(MARK) else value)


def is_won(name: str) -> models.Q:
    """For a CHECK of such a column: nothing, a sealed amount, or a plain one above 0."""
    return models.Q(**{f"{name}__isnull": True}) | models.Q(**{f"{name}__regex": f"^({MARK}|[1-9][0-9]*$)"})


class SealedJSONField(_Sealed, models.JSONField):
    """Plain JSON, sealed as a whole: the column holds one JSON string."""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            raise FieldError(f"{self.place} is sealed: it is written as a value.")
        text = json.dumps(value, ensure_ascii=False, cls=self.encoder)
        return super().get_db_prep_save(self.seal(text), connection)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        if isinstance(found, str) and found.startswith(MARK):
            return json.loads(self.unseal(found), cls=self.decoder)
        return found


def sealed_fields(model: type[models.Model]) -> list[Any]:
    """The sealed columns of a model."""
    return [field for field in model._meta.concrete_fields if isinstance(field, _Sealed)]
