"""An evaluator's sheet for one entry: points for each criterion, and a comment."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.submissions.models import Criterion

from ..states import SheetState
from .panel import Panelist, Recusal
from .round import Entry


class Assignment(models.Model):
    """One evaluator judges one entry; ``recusal`` takes the entry from them again."""

    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("entry")
    )
    panelist = models.ForeignKey(
        Panelist, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("panel member")
    )
    recusal = models.OneToOneField(
        Recusal, on_delete=models.PROTECT, null=True, related_name="assignment", verbose_name=_("recusal")
    )
    assigned_at = models.DateTimeField(_("assigned at"), db_default=Now())

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["entry", "panelist__place"]
        constraints = [models.UniqueConstraint(fields=["entry", "panelist"], name="one_assignment_each")]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.panelist_id}"


class SheetQuerySet(models.QuerySet["Sheet"]):
    def readable_by(self, user) -> "SheetQuerySet":
        """One's own; staff who run the round read all."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff and user.has_perm("accounts.run_rounds"):
            return self
        return self.filter(assignment__panelist__user=user)

    def counting(self) -> "SheetQuerySet":
        """Submitted, not set aside, not recused (rules.md "Scoring and ranking")."""
        return self.filter(state=SheetState.SUBMITTED, assignment__recusal=None)


class Sheet(models.Model):
    assignment = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, related_name="sheet", verbose_name=_("assignment")
    )
    state = models.CharField(_("state"), max_length=10, choices=SheetState.choices, default=SheetState.DRAFT)
    comment = models.TextField(_("comment for the applicant"), blank=True)
    saved_at = models.DateTimeField(_("saved at"), db_default=Now())
    submitted_at = models.DateTimeField(_("submitted at"), null=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("sheet")
        verbose_name_plural = _("sheets")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False),
                name="sheet_submitted_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(comment__gt=""),
                name="sheet_submitted_has_a_comment",
                violation_error_message=_("Write a comment: the applicant reads it as feedback."),
            ),
        ]
        triggers = [
            # What was submitted stands as it is: it can only be set aside, and nothing set aside comes back.
            pgtrigger.Trigger(
                name="submitted_sheet_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state="draft"),
                func="""
                    IF TG_OP = 'UPDATE' AND NEW.state = 'set_aside'
                            AND NEW.comment = OLD.comment AND NEW.assignment_id = OLD.assignment_id
                            AND NEW.submitted_at IS NOT DISTINCT FROM OLD.submitted_at THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'the sheet is not a draft'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'submitted_sheet_stands';
                """,
            ),
            # A sheet that counts has points for every criterion of its call.
            pgtrigger.Trigger(
                name="submitted_sheet_is_whole",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__state="submitted"),
                func="""
                    IF EXISTS (
                        SELECT 1
                        FROM evaluation_assignment assignment
                        JOIN evaluation_entry entry ON entry.id = assignment.entry_id
                        JOIN evaluation_round round ON round.id = entry.round_id
                        JOIN submissions_lot lot ON lot.id = round.lot_id
                        JOIN submissions_criteriongroup grouped ON grouped.call_id = lot.call_id
                        JOIN submissions_criterion criterion ON criterion.group_id = grouped.id
                        WHERE assignment.id = NEW.assignment_id AND NOT EXISTS (
                            SELECT 1 FROM evaluation_score score
                            WHERE score.sheet_id = NEW.id AND score.criterion_id = criterion.id
                        )
                    ) THEN
                        RAISE EXCEPTION 'the sheet lacks points'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'submitted_sheet_is_whole';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}"


class Score(models.Model):
    """Points for one criterion; the criterion's highest score is copied so that the row guards itself."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="scores", verbose_name=_("sheet"))
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, related_name="+", verbose_name=_("criterion")
    )
    points = models.PositiveSmallIntegerField(_("points"))
    max_points = models.PositiveSmallIntegerField(_("highest score"))

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "criterion"], name="one_score_for_a_criterion"),
            models.CheckConstraint(
                condition=Q(points__gte=0, points__lte=F("max_points")),
                name="score_within_the_criterion",
                violation_error_message=_("The score lies outside what the criterion allows."),
            ),
        ]
        triggers = [
            # A submitted sheet's points stand: only a sheet in draft takes scores.
            pgtrigger.Trigger(
                name="scores_only_in_a_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("sheet_state", "TEXT"), ("sheet_id_", "BIGINT")],
                func="""
                    IF TG_OP = 'DELETE' THEN sheet_id_ := OLD.sheet_id; ELSE sheet_id_ := NEW.sheet_id; END IF;
                    SELECT state INTO sheet_state FROM evaluation_sheet WHERE id = sheet_id_;
                    IF sheet_state <> 'draft' THEN
                        RAISE EXCEPTION 'the sheet is not a draft'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'scores_only_in_a_draft';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.criterion_id}"
