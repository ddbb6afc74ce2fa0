"""A designation: the product is an innovation product for a time (domain.md §2.6)."""

from datetime import date, timedelta

import pgtrigger
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now, today
from innomarket.common.dated import DatedRule, no_overlap
from innomarket.submissions.models import Submission

from ..states import MajorityBase
from .motion import Decision


class DesignationRule(DatedRule):
    """How long a designation is valid: 3 years (domain.md §2.6)."""

    kept_by = "keep_committee"

    years = models.PositiveSmallIntegerField(_("years of validity"))

    class Meta:
        verbose_name = _("rule for designations")
        verbose_name_plural = _("rules for designations")
        constraints = [
            no_overlap("one_designation_rule_at_a_time"),
            models.CheckConstraint(
                condition=Q(years__gte=1),
                name="designated_for_a_year_at_least",
                violation_error_message=_("A designation is valid for one year at least."),
            ),
        ]


class VotingRule(DatedRule):
    """Of what the votes for must be more than half (rules.md "Votes"). A tie is never adopted."""

    kept_by = "keep_committee"

    majority_base = models.CharField(_("more than half of"), max_length=10, choices=MajorityBase.choices)

    class Meta:
        verbose_name = _("rule for votes")
        verbose_name_plural = _("rules for votes")
        constraints = [no_overlap("one_voting_rule_at_a_time")]


class DesignationQuerySet(models.QuerySet["Designation"]):
    def visible_to(self, user) -> "DesignationQuerySet":
        """Every designation is public."""
        return self

    def in_force(self, day=None) -> "DesignationQuerySet":
        """Asked from dates, never from a stored state."""
        return self.filter(valid__contains=day or today())


# It stands as it was issued. One thing changes it: a vote that it shall end, then with the day of that decision.
_STANDS = """
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'valid' = to_jsonb(OLD) - 'valid'
            AND lower(NEW.valid) = lower(OLD.valid) AND upper(NEW.valid) < upper(OLD.valid)
            AND EXISTS (
                SELECT 1 FROM designation_decision decision
                  JOIN designation_motion motion ON motion.id = decision.motion_id
                  JOIN designation_wantedmotion wanted ON wanted.id = motion.wanted_id
                 WHERE wanted.designation_id = OLD.id AND decision.adopted
                   AND upper(NEW.valid) = (decision.decided_at AT TIME ZONE 'Asia/Seoul')::date + 1
            ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a designation stands as it was issued'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'designation_stands';
"""


class Designation(models.Model):
    """Made only by an adopted decision. Its number, product and dates stand as they were issued, unless a later
    decision of the committee ends it (``services/review.py``)."""

    class Type(models.TextChoices):
        # The type and its name changed over the years (domain.md §2.1).
        TYPE_2 = "type2", _("innovative prototype (type 2)")

    number = models.CharField(_("number"), max_length=20, unique=True)
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, related_name="designation", verbose_name=_("decision")
    )
    submission = models.OneToOneField(
        Submission, on_delete=models.PROTECT, related_name="designation", verbose_name=_("proposal")
    )
    organisation = models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.PROTECT,
        related_name="designations",
        verbose_name=_("company"),
    )
    type = models.CharField(
        _("type of designation"), max_length=10, choices=Type.choices, default=Type.TYPE_2
    )
    product_name_ko = models.CharField(_("product name in Korean"), max_length=120)
    product_name_en = models.CharField(_("product name in English"), max_length=160)
    designated_on = models.DateField(_("designated on"))
    valid = DateRangeField(_("valid"))
    designated_at = models.DateTimeField(_("recorded at"), db_default=Now())
    story = models.ForeignKey(
        "timeline.Story",
        on_delete=models.PROTECT,
        null=True,
        related_name="designations",
        verbose_name=_("story"),
    )

    objects = DesignationQuerySet.as_manager()

    class Meta:
        verbose_name = _("designation")
        verbose_name_plural = _("designations")
        ordering = ["-designated_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(valid__isempty=False), name="designation_is_valid_for_a_time"),
        ]
        # Pages by key, in both directions: the last one costs what the first one costs.
        indexes = [models.Index(fields=["designated_on", "id"], name="designations_newest_first")]
        triggers = [
            pgtrigger.Trigger(
                name="designation_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_STANDS,
            ),
            pgtrigger.Trigger(
                name="designation_needs_an_adopted_decision",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM designation_decision d JOIN designation_motion m ON m.id = d.motion_id
                        WHERE d.id = NEW.decision_id AND d.adopted AND m.submission_id = NEW.submission_id
                    ) THEN
                        RAISE EXCEPTION 'no adopted decision' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def last_day(self) -> date:
        """The last day (KST) on which it is valid: the range is half-open."""
        assert self.valid.upper is not None  # a designation always ends
        return self.valid.upper - timedelta(days=1)
