"""What the database refuses, said in the words that the constraint carries.

A service checks nothing twice: it writes, and where another was faster the constraint's own message
(``violation_error_message``) goes to the form, at the field that the service names.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, models, transaction

from .refusals import Refused


def broken(error: IntegrityError) -> str:
    """The name of the constraint that a write broke, or ""."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""


@contextmanager
def in_words(*models_: type[models.Model], **fields: str) -> Iterator[None]:
    """Run a write in a savepoint; a broken constraint of the models becomes Refused with its message.

    ``fields`` maps names of constraints to the form field at which to say it. A constraint without
    words of its own is a defect, not a refusal: its IntegrityError goes on.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = broken(error)
        for constraint in (c for model in models_ for c in model._meta.constraints):
            if constraint.name == name and constraint.violation_error_message != (
                constraint.default_violation_error_message
            ):
                words = constraint.violation_error_message or ""
                raise Refused(name, words, field=fields.get(name)) from error
        raise
