"""A new rule from a day on. The past keeps the rule that held: what was decided stays explained."""

import hashlib
from datetime import date, timedelta
from typing import Any

from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from innomarket.accounts.permissions import staff_with
from innomarket.audit.services import changed, created, record
from innomarket.common.clock import today
from innomarket.common.constraints import in_words
from innomarket.common.dated import DatedRule
from innomarket.common.refusals import Refusal, Refused, ask

from . import verbs  # noqa: F401 – this package is no installed app: nobody else finds its words

NOT_VALUES = {"id", "valid", "source", "is_default"}


def value_fields(model: type[DatedRule]) -> list[str]:
    """The names of what the rule says, without its time, its source and its mark."""
    return [field.name for field in model._meta.fields if field.name not in NOT_VALUES]


def first_day() -> date:
    """The earliest day on which a new rule may begin: tomorrow in Seoul."""
    return today() + timedelta(days=1)


def enter_rule(*, rule: DatedRule, by: Any, begins: date, reason: str) -> DatedRule:
    """Put an unsaved rule in force from ``begins`` (a day in Seoul, 00:00) until the next one begins.

    The rule that holds on that day ends there. Raises Refused: for those who do not keep such rules; for a
    day that has begun; where another rule begins on that very day; where its values break a constraint.
    """
    model = type(rule)
    with transaction.atomic():
        _lock(model)
        ask(_may_keep(by, model))
        ask(_not_yet(begins), _is_known(rule))
        standing = alike(rule).filter(valid__contains=begins).first()
        if standing is not None and standing.valid.lower == begins:
            raise Refused(
                "begins_already",
                _("Another rule begins on that day. Take it back first, or choose another day."),
                field="begins",
            )
        rule.valid = DateRange(begins, _end(rule, standing, begins))
        rule.is_default = False
        if standing is not None:
            _reach(standing, begins, by=by, reason=reason)
        with in_words(model):
            return created(
                rule,
                actor=by,
                verb="rules.enter",
                reason=reason,
                begins=begins.isoformat(),
                **{name: _plain(rule, name) for name in value_fields(model)},
            )


def take_back_rule(*, rule: DatedRule, by: Any, reason: str) -> DatedRule | None:
    """Remove a rule that has not begun; the one before it holds on. Returns that one, or None.

    Raises Refused: for those who do not keep such rules, and for a rule that holds or held.
    """
    model = type(rule)
    with transaction.atomic():
        _lock(model)
        ask(_may_keep(by, model))
        found = model.objects.filter(pk=rule.pk).first()
        if found is None:
            raise Refused("gone", _("This rule has been taken back already."))
        ask(has_begun(found))
        before = alike(found).filter(valid__endswith=found.valid.lower).first()
        record(actor=by, verb="rules.take_back", subject=found, reason=reason)
        end = found.valid.upper
        found.delete()
        if before is not None:
            _reach(before, end, by=by, reason=reason)
        return before


def _is_known(rule: DatedRule) -> Refusal | None:
    """Each value that is one of several is one of these: what no code knows would never be applied."""
    for name in value_fields(type(rule)):
        field = rule._meta.get_field(name)
        assert isinstance(field, models.Field)
        known, value = [one for one, _label in field.flatchoices], getattr(rule, name)
        if known and value not in known and not (field.blank and value in field.empty_values):
            return Refusal("not_a_choice", _("Choose one of those that are listed."), field=name)
    return None


def has_begun(rule: DatedRule) -> Refusal | None:
    """Why a rule cannot be taken back: decisions may stand on it."""
    if rule.valid.lower is not None and rule.valid.lower > today():
        return None
    return Refusal("has_begun", _("This rule holds or held: enter a new one from a later day instead."))


def _lock(model: type[DatedRule]) -> None:
    # A handful of rows; two who enter a rule at once do it one after the other.
    list(model.objects.order_by("pk").select_for_update().values_list("pk", flat=True))


def _may_keep(by: Any, model: type[DatedRule]) -> Refusal | None:
    return staff_with(model.kept_by)(by)


def _not_yet(begins: date) -> Refusal | None:
    if begins >= first_day():
        return None
    return Refusal(
        "in_the_past",
        _("A new rule begins tomorrow at the earliest: until then the one that people were told holds."),
        field="begins",
    )


def alike(rule: DatedRule) -> Any:
    """The rules of the same key: those that succeed one another."""
    return type(rule).objects.filter(**{name: getattr(rule, name) for name in rule.key})


def _end(rule: DatedRule, standing: DatedRule | None, begins: date) -> date | None:
    if standing is not None:
        return standing.valid.upper
    later = alike(rule).filter(valid__startswith__gt=begins).order_by("valid").first()
    return later.valid.lower if later is not None else None


def _reach(rule: DatedRule, end: date | None, *, by: Any, reason: str) -> None:
    changed(rule, actor=by, verb="rules.move_end", reason=reason, valid=DateRange(rule.valid.lower, end))


def _plain(rule: DatedRule, name: str) -> Any:
    value = getattr(rule, name)
    if isinstance(rule._meta.get_field(name), models.TextField):  # the history holds no texts
        return f"sha256:{hashlib.sha256(str(value).encode()).hexdigest()}"
    return value if isinstance(value, (bool, int, list, type(None))) else str(value)
