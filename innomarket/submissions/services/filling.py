"""Fill a step of the form: one form for the page, the service and the check before submitting."""

from collections.abc import Collection, Mapping
from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import F, Q
from django.forms.models import model_to_dict
from django.http import QueryDict

from .. import kinds
from ..kinds import Kind, Missing, Slot, Step
from ..models import Submission


def step_of(kind: Kind, code: str) -> Step | None:
    return next((step for step in kind.steps if step.code == code), None)


def slot_of(kind: Kind, code: str) -> Slot | None:
    return next((slot for slot in kind.slots if slot.code == code), None)


def step_form(submission: Submission, step: Step, data: Mapping[str, Any] | None = None) -> forms.ModelForm:
    """The step's form over the subject's row; bound when ``data`` is given.

    ``data`` is what a browser sent (then a field that is absent is empty), or a plain dict with the
    fields to change (the others keep what is stored). Raises ValueError where a plain dict names a
    field that the step does not have.
    """
    subject = kinds.of(submission).subject(submission)
    if data is None:
        return step.form(instance=subject)
    if not isinstance(data, QueryDict):
        stored = stored_data(step, subject)
        unknown = set(data) - set(stored)
        if unknown:
            raise ValueError(f"Step {step.code} has no field {', '.join(sorted(unknown))}.")
        data = stored | dict(data)
    return step.form(data=data, instance=subject)


def stored_data(step: Step, subject: models.Model) -> dict[str, Any]:
    """What is stored, as a form takes it."""
    form = step.form(instance=subject)
    return {
        name: form.get_initial_for_field(field, name) for name, field in form.fields.items()
    } | model_to_dict(subject, fields=list(form.fields))


def valid_values(form: forms.ModelForm) -> dict[str, Any]:
    """The cleaned values of a bound form that may be stored, whatever is wrong with the others.

    Where values together break a constraint of the table (dates out of order), none of those is among
    them.
    """
    form.full_clean()
    model_fields = {field.name for field in form._meta.model._meta.concrete_fields}
    left_out = set(form.errors)
    if NON_FIELD_ERRORS in left_out:
        left_out |= in_broken_constraints(form.instance)
    return {
        name: value
        for name, value in form.cleaned_data.items()
        if name in model_fields and name not in left_out
    }


def fill(subject: models.Model, values: Mapping[str, Any]) -> list[str]:
    """Set the values on the row and name those that changed.

    What is valid in the form may still not go with what is stored beside it (a new beginning with the old
    end, because the new end was refused): such a value is left as it was.
    """
    before = {
        name: getattr(subject, name) for name, value in values.items() if getattr(subject, name) != value
    }
    for name in before:
        setattr(subject, name, values[name])
    for name in in_broken_constraints(subject, among=before) & set(before):
        setattr(subject, name, before.pop(name))
    return list(before)


def differing(stored: forms.ModelForm, typed: forms.ModelForm) -> list[str]:
    """Names of the fields in which what was typed is not what is stored, in the form's order."""
    return [
        bound.name for bound in stored if bound.field.has_changed(bound.value(), typed[bound.name].value())
    ]


def errors_of(form: forms.ModelForm) -> dict[str, list[str]]:
    """Field name → messages; what concerns several fields stands under ``""``."""
    return {
        "" if name == NON_FIELD_ERRORS else name: [str(message) for message in messages]
        for name, messages in form.errors.items()
    }


def missing(submission: Submission) -> list[Missing]:
    """What must still be given before submitting: answers, values that do not hold, and files."""
    kind = kinds.of(submission)
    found = list(kind.checklist(submission))
    said = {(line.step, line.field) for line in found}
    subject = kind.subject(submission)
    for step in kind.steps:
        # A bound form writes into its row: each takes a copy, so that none sees what another one left.
        form = step.form(data=stored_data(step, subject), instance=copy(subject))
        for name, messages in errors_of(form).items():
            if (step.code, name or None) not in said:
                label = str(form.fields[name].label) if name else str(step.title)
                found.append(Missing(step.code, f"{label}: {messages[0]}", name or None))
    given = set(submission.attachments.kept().values_list("slot", flat=True))
    found += [
        Missing(slot.code, slot.label, "file")
        for slot in kind.slots
        if slot.required and slot.code not in given
    ]
    return found


def is_slot(kind: Kind, line: Missing) -> bool:
    """Whether a line of the checklist asks for a file (its ``step`` then names the slot)."""
    return line.field == "file" and slot_of(kind, line.step) is not None


def in_broken_constraints(instance: models.Model, *, among: Collection[str] | None = None) -> set[str]:
    """Fields of the table's constraints that do not hold; ``among``: only those that name one of these fields.

    Each is a question to the database: what cannot have changed is not asked.
    """
    broken: set[str] = set()
    for model, constraints in instance.get_constraints():
        for constraint in constraints:
            names = _names_in(getattr(constraint, "condition", None)) | set(getattr(constraint, "fields", ()))
            if among is not None and names.isdisjoint(among):
                continue
            try:
                constraint.validate(model, instance)
            except ValidationError:
                broken |= names
    return broken


def _names_in(condition: Any) -> set[str]:
    if isinstance(condition, F):
        return {str(getattr(condition, "name", "")).split("__")[0]}
    if isinstance(condition, Q):
        return set().union(*(_names_in(child) for child in condition.children))
    if isinstance(condition, tuple):
        return {condition[0].split("__")[0]} | _names_in(condition[1])
    return set()
