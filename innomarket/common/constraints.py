"""What the database refuses, said in the words that the constraint carries.

A service checks nothing twice: it writes, and where another was faster the constraint's own message
(``violation_error_message``) goes to the form, at the field that the service names.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, models, transaction

from .refusals import Refused, Text


def broken(error: IntegrityError) -> str:
    """The name of the constraint that a write broke, or ""."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""


@contextmanager
def in_words(*models_: type[models.Model], **fields: str) -> Iterator[None]:
    """Run a write in a savepoint; a broken constraint of the models becomes Refused with its message.

    ``fields`` maps names of constraints to the form field at which to say it; a field that is
    ``unique=True`` is said at that field. A constraint without words of its own is a defect, not a
    refusal: its IntegrityError goes on.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = broken(error)
        for model in models_:
            words, field = _words_of(model, name)
            if words:
                raise Refused(name, words, field=fields.get(name, field)) from error
        raise


def _words_of(model: type[models.Model], name: str) -> tuple[Text, str | None]:
    """What a constraint of a model says, and the field it is about where it is one field's own."""
    for constraint in model._meta.constraints:
        words = constraint.violation_error_message
        if constraint.name == name and words and words != constraint.default_violation_error_message:
            return words, None
    for column in model._meta.local_fields:
        if column.unique and name == f"{model._meta.db_table}_{column.column}_key":  # PostgreSQL's own name
            places = {"model_name": model._meta.verbose_name, "field_label": column.verbose_name}
            return column.error_messages["unique"] % places, column.name
    return "", None
