"""Rules that hold from one date to another: limits, rates, pass marks, quorums."""

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.admin import display
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from .clock import today
from .refusals import Refused


class DatedRuleQuerySet(models.QuerySet["DatedRule"]):
    def at(self, day: date | None = None, **key: Any) -> Any:
        """The rule in force on a day (today in Seoul by default). Raises Refused where none is."""
        rule = self.filter(valid__contains=day or today(), **key).first()
        if rule is None:
            raise Refused(
                "no_rule", _("No rule is in force for this date. Agency staff must enter one first.")
            )
        return rule


class DatedRule(models.Model):
    """Abstract: a half-open range of dates, a source, and whether it is our own default.

    A subclass adds its values and, through ``no_overlap``, the exclusion constraint over its key.
    ``kept_by``: the permission of the staff who enter new ones (``accounts.<kept_by>``).
    ``key``: the fields that tell several rules of one kind apart; each key has its own succession.
    """

    kept_by: ClassVar[str] = "run_rounds"
    key: ClassVar[tuple[str, ...]] = ()

    valid = DateRangeField(pgettext_lazy("of a rule", "in force"))
    source = models.CharField(_("source"), max_length=200)
    is_default = models.BooleanField(_("our default"), default=False)

    objects = DatedRuleQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.valid}"

    @display(description=_("source"), ordering="source")
    def source_in_words(self) -> str:
        """The source in the reader's language where it is a shipped one, as staff wrote it otherwise."""
        return gettext(self.source)

    @classmethod
    def ensure(cls, *, valid: tuple[date | None, date | None], values: dict[str, Any], **key: Any) -> Self:
        """Load a shipped rule once; what staff entered or changed since stays as it is."""
        manager: models.Manager[Self] = cls._default_manager  # type: ignore[assignment]
        return manager.filter(valid__overlap=valid, **key).first() or manager.create(
            valid=valid, **key, **values
        )


def no_overlap(name: str, *key: str) -> ExclusionConstraint:
    """No two rules of the same key hold on the same day."""
    return ExclusionConstraint(
        name=name,
        expressions=[*((field, RangeOperators.EQUAL) for field in key), ("valid", RangeOperators.OVERLAPS)],
        violation_error_message=_("Another rule already holds in a part of this time."),
    )
