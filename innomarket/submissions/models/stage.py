"""The stages in which a call is judged, written beforehand and frozen with it (domain.md §2.4)."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .call import FROZEN, Call

_OF_DRAFT = """
        SELECT 1 FROM submissions_call call
         WHERE call.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.call_id ELSE NEW.call_id END"""
_CHECK_OF_DRAFT = """
        SELECT 1 FROM submissions_call call JOIN submissions_callstage stage ON stage.call_id = call.id
         WHERE stage.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.stage_id ELSE NEW.stage_id END"""


class CallStageQuerySet(models.QuerySet["CallStage"]):
    def by_points(self) -> "CallStageQuerySet":
        return self.filter(method=CallStage.Method.POINTS)


class CallStage(models.Model):
    """One stage: who passes it goes on to the next. The last one's result says who is selected.

    A stage gives points (criteria in groups, pass mark, mean) or says fit or unfit to each of its checks. In
    one that says fit or unfit, a check is failed when more than half of the counted sheets call it unfit, and
    one failed check fails the entry (our default). Means are rounded once, half up, to two decimals.
    """

    class Kind(models.TextChoices):
        DOCUMENT_CHECK = "document_check", _("document check")
        FIT_CHECK = "fit_check", _("fit/unfit check")
        SCORED = "scored", _("scored evaluation")
        ON_SITE = "on_site", _("on-site survey")
        INTERVIEW = "interview", _("interview")
        COUNCIL = "council", _("contract-review council")

    class Method(models.TextChoices):
        FIT = "fit", _("fit or unfit")
        POINTS = "points", _("points")

    class GroupMinimum(models.TextChoices):
        MEAN = "mean", _("asked of the mean of the counted sheets")
        EACH = "each", _("asked on each sheet: fails when more than half of them are below")

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="stages", verbose_name=_("call"))
    order = models.PositiveSmallIntegerField(_("order"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    method = models.CharField(_("answer"), max_length=10, choices=Method.choices)
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    least_sheets = models.PositiveSmallIntegerField(_("fewest sheets that give a result"))
    pass_mark = models.DecimalField(_("pass mark"), max_digits=5, decimal_places=2, null=True)
    trim_from = models.PositiveSmallIntegerField(
        _("sheets from which the highest and the lowest are dropped"),
        null=True,
        help_text=_("Empty: the plain mean of all sheets."),
    )
    group_minimum = models.CharField(
        _("minimum of a group"), max_length=10, choices=GroupMinimum.choices, default=GroupMinimum.MEAN
    )
    low_percent = models.PositiveSmallIntegerField(
        _("comment needed up to (% of the highest points)"), null=True
    )
    high_percent = models.PositiveSmallIntegerField(
        _("comment needed from (% of the highest points)"), null=True
    )
    blind = models.BooleanField(
        _("blind"),
        default=False,
        db_default=False,
        help_text=_("Its evaluators see the anonymous copy and a code, and not who applied."),
    )
    from_before = models.BooleanField(
        _("announced before stages were written down"),
        default=False,
        help_text=_("Staff may still set the pass mark of its rounds."),
    )

    objects = CallStageQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage of a call")
        verbose_name_plural = _("stages of calls")
        ordering = ["call", "order"]
        constraints = [
            models.UniqueConstraint(fields=["call", "order"], name="one_stage_in_a_place"),
            models.CheckConstraint(
                condition=Q(kind="scored", method="points")
                | Q(kind__in=["on_site", "interview"])
                | Q(kind__in=["document_check", "fit_check", "council"], method="fit"),
                name="stage_answers_as_its_kind_does",
                violation_error_message=_("Only a scored evaluation, a survey or an interview gives points."),
            ),
            models.CheckConstraint(
                condition=Q(method="fit", pass_mark=None, trim_from=None)
                | Q(method="points", pass_mark__isnull=False, pass_mark__gte=0, pass_mark__lte=100),
                name="stage_by_points_has_its_mark",
                violation_error_message=_("A stage by points has a pass mark between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=Q(blind=False) | Q(kind="scored"),
                name="only_a_scored_stage_is_blind",
                violation_error_message=_(
                    "Only a scored evaluation can be blind: the others look at papers, places or people."
                ),
            ),
            models.CheckConstraint(condition=Q(least_sheets__gte=1), name="stage_takes_a_sheet"),
            models.CheckConstraint(
                condition=Q(trim_from=None) | Q(trim_from__gte=3), name="stage_trimming_leaves_a_sheet"
            ),
            models.CheckConstraint(
                condition=(Q(low_percent=None) | Q(low_percent__lte=100))
                & (Q(high_percent=None) | Q(high_percent__lte=100)),
                name="stage_comments_by_percent",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="stages_freeze",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=FROZEN.format(question=_OF_DRAFT),
            )
        ]

    def __str__(self) -> str:
        return f"{self.call_id}/{self.order}"

    @property
    def by_points(self) -> bool:
        return self.method == self.Method.POINTS

    @property
    def has_record(self) -> bool:
        """Whether each entry's visit or talk is put on record before the stage ends."""
        return self.kind in (self.Kind.ON_SITE, self.Kind.INTERVIEW)

    def is_last(self) -> bool:
        return not CallStage.objects.filter(call=self.call_id, order__gt=self.order).exists()


class StageCheck(models.Model):
    """One question of a stage that is answered fit or unfit, with a reason."""

    stage = models.ForeignKey(
        CallStage, on_delete=models.PROTECT, related_name="checks", verbose_name=_("stage")
    )
    order = models.PositiveSmallIntegerField(_("order"))
    name_ko = models.CharField(_("name in Korean"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    explanation_ko = models.TextField(_("explanation in Korean"), blank=True)
    explanation_en = models.TextField(_("explanation in English"), blank=True)

    class Meta:
        verbose_name = _("check of a stage")
        verbose_name_plural = _("checks of stages")
        ordering = ["stage", "order"]
        constraints = [models.UniqueConstraint(fields=["stage", "order"], name="one_check_in_a_place")]
        triggers = [
            pgtrigger.Trigger(
                name="checks_freeze",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=FROZEN.format(question=_CHECK_OF_DRAFT),
            )
        ]

    def __str__(self) -> str:
        return self.name_ko
