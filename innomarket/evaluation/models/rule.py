"""Pass mark, panel and trimming, by date (domain.md §9, rules.md "Scoring and ranking")."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.dated import DatedRule, no_overlap
from innomarket.submissions.models import CallStage


class EvaluationRule(DatedRule):
    """What the stages of a new call start with; a call keeps its own copy, so a later rule changes nothing in it."""

    pass_mark = models.DecimalField(_("pass mark"), max_digits=5, decimal_places=2)
    least_sheets = models.PositiveSmallIntegerField(_("fewest sheets that give a result"))
    trim_from = models.PositiveSmallIntegerField(
        _("sheets from which the highest and the lowest are dropped")
    )
    panel_size = models.PositiveSmallIntegerField(_("evaluators on a panel"))
    group_minimum = models.CharField(
        _("minimum of a group"),
        max_length=10,
        choices=CallStage.GroupMinimum.choices,
        default=CallStage.GroupMinimum.MEAN,
    )
    low_percent = models.PositiveSmallIntegerField(
        _("comment needed up to (% of the highest points)"), default=20
    )
    high_percent = models.PositiveSmallIntegerField(
        _("comment needed from (% of the highest points)"), default=90
    )
    outlier_points = models.PositiveSmallIntegerField(
        _("a sheet stands out from (points from the median)"), default=20
    )

    class Meta:
        verbose_name = _("rule for evaluation")
        verbose_name_plural = _("rules for evaluation")
        constraints = [
            no_overlap("one_evaluation_rule_at_a_time"),
            models.CheckConstraint(
                condition=Q(pass_mark__gte=0, pass_mark__lte=100),
                name="pass_mark_0_to_100",
                violation_error_message=_("The pass mark lies between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=Q(least_sheets__gte=1),
                name="at_least_one_sheet",
                violation_error_message=_("A result takes at least one sheet."),
            ),
            models.CheckConstraint(
                condition=Q(trim_from__gte=3),
                name="trimming_leaves_a_sheet",
                violation_error_message=_("Dropping two sheets takes three at least."),
            ),
            models.CheckConstraint(
                condition=Q(low_percent__lt=F("high_percent"), high_percent__lte=100),
                name="extremes_lie_apart",
                violation_error_message=_("The low end lies below the high end, and both up to 100 percent."),
            ),
            models.CheckConstraint(
                condition=Q(outlier_points__gte=1, outlier_points__lte=100),
                name="outlier_1_to_100",
                violation_error_message=_("A sheet stands out from 1 to 100 points."),
            ),
            models.CheckConstraint(
                condition=Q(panel_size__gte=F("least_sheets")),
                name="panel_gives_a_result",
                violation_error_message=_(
                    "A panel must be at least as large as the fewest sheets that give a result."
                ),
            ),
        ]


class ObjectionRule(DatedRule):
    """How long an applicant may object to a result, from the day on which it was announced to them."""

    working_days = models.PositiveSmallIntegerField(
        _("working days to object"),
        help_text=_("Until 24:00 of the last one; the day of the announcement does not count."),
    )
    most_files = models.PositiveSmallIntegerField(
        _("most files of an objection"),
        default=5,
        db_default=5,
        help_text=_("PDF or images; each as large as a file of a submission may be. 0: none."),
    )

    class Meta:
        verbose_name = _("rule for objections")
        verbose_name_plural = _("rules for objections")
        constraints = [
            no_overlap("one_objection_rule_at_a_time"),
            models.CheckConstraint(
                condition=Q(working_days__gte=1),
                name="objections_have_a_day",
                violation_error_message=_("There must be at least one working day to object."),
            ),
        ]
