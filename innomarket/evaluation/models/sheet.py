"""An evaluator's sheet for one entry: points or fit/unfit for each question, comments, and what was submitted of it."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.submissions.models import Criterion, StageCheck

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
    """What its evaluator is writing. Each submit freezes a ``SheetVersion``: that is what results are computed from.

    ``edition`` counts the saves: a page that shows an older one never overwrites a newer one silently.
    ``version`` is the ordinal of the version submitted last, 0 before the first.
    """

    assignment = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, related_name="sheet", verbose_name=_("assignment")
    )
    state = models.CharField(_("state"), max_length=10, choices=SheetState.choices, default=SheetState.DRAFT)
    comment = models.TextField(_("comment for the applicant"), blank=True)
    saved_at = models.DateTimeField(_("saved at"), db_default=Now())
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    edition = models.PositiveIntegerField(_("number of saves"), default=0)
    version = models.PositiveSmallIntegerField(_("version submitted last"), default=0)

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("sheet")
        verbose_name_plural = _("sheets")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "returned"]) | Q(submitted_at__isnull=False),
                name="sheet_submitted_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(version=0, submitted_at=None) | Q(version__gte=1, submitted_at__isnull=False),
                name="sheet_submitted_has_a_version",
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(comment__gt=""),
                name="sheet_submitted_has_a_comment",
                violation_error_message=_("Write a comment: the applicant reads it as feedback."),
            ),
        ]
        triggers = [
            # What was submitted stands as it is: it can be returned or set aside; nothing set aside comes back.
            pgtrigger.Trigger(
                name="submitted_sheet_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state__in=["submitted", "set_aside"]),
                func="""
                    IF TG_OP = 'UPDATE'
                            AND (NEW.state = 'set_aside' OR (NEW.state = 'returned' AND OLD.state = 'submitted'))
                            AND NEW.comment = OLD.comment AND NEW.assignment_id = OLD.assignment_id
                            AND NEW.version = OLD.version
                            AND NEW.submitted_at IS NOT DISTINCT FROM OLD.submitted_at THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'the sheet is not a draft'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'submitted_sheet_stands';
                """,
            ),
            # A sheet that counts is a version that was kept: the one that it names, of that very instant.
            pgtrigger.Trigger(
                name="submitted_sheet_is_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__state="submitted"),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM evaluation_sheetversion version
                        WHERE version.sheet_id = NEW.id AND version.ordinal = NEW.version
                          AND version.comment = NEW.comment AND version.submitted_at = NEW.submitted_at
                    ) THEN
                        RAISE EXCEPTION 'the sheet has no version of what is submitted'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'submitted_sheet_is_kept';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}"


_ASK_DRAFT = """
    IF TG_OP = 'DELETE' THEN sheet_id_ := OLD.sheet_id; ELSE sheet_id_ := NEW.sheet_id; END IF;
    SELECT state INTO sheet_state FROM evaluation_sheet WHERE id = sheet_id_;
    IF sheet_state NOT IN ('draft', 'returned') THEN
        RAISE EXCEPTION 'the sheet is not a draft'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'scores_only_in_a_draft';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


def _only_in_a_draft(name: str) -> pgtrigger.Trigger:
    """A submitted sheet's answers stand: only a sheet that is being written takes others."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("sheet_state", "TEXT"), ("sheet_id_", "BIGINT")],
        func=_ASK_DRAFT,
    )


class Score(models.Model):
    """Points for one criterion; the criterion's highest score is copied so that the row guards itself.

    A draft may hold a comment without points yet.
    """

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="scores", verbose_name=_("sheet"))
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, related_name="+", verbose_name=_("criterion")
    )
    points = models.PositiveSmallIntegerField(_("points"), null=True)
    max_points = models.PositiveSmallIntegerField(_("highest score"))
    comment = models.TextField(_("comment"), blank=True)

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
        triggers = [_only_in_a_draft("scores_only_in_a_draft")]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.criterion_id}"


class Finding(models.Model):
    """Fit or unfit for one check, with the reason."""

    sheet = models.ForeignKey(
        Sheet, on_delete=models.PROTECT, related_name="findings", verbose_name=_("sheet")
    )
    check_asked = models.ForeignKey(
        StageCheck, on_delete=models.PROTECT, related_name="+", verbose_name=_("check")
    )
    fit = models.BooleanField(_("fit"), null=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "check_asked"], name="one_finding_for_a_check")
        ]
        triggers = [_only_in_a_draft("findings_only_in_a_draft")]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.check_asked_id}"


class SheetVersion(models.Model):
    """What was submitted, frozen: answers in the order of the stage's criteria (or checks: 1 fit, 0 unfit).

    ``comments`` stand in the same order; ``word`` says why a returned sheet was submitted again. The hash is
    over the text that ``innomarket.evaluation.sheet_text`` writes.
    """

    sheet = models.ForeignKey(
        Sheet, on_delete=models.PROTECT, related_name="versions", verbose_name=_("sheet")
    )
    ordinal = models.PositiveSmallIntegerField(_("ordinal"))
    points = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("points"))
    comments = ArrayField(models.TextField(blank=True), verbose_name=_("comments"))
    comment = models.TextField(_("comment for the applicant"))
    word = models.TextField(_("word on the return"), blank=True)
    sha256 = models.CharField("SHA-256", max_length=64)
    submitted_at = models.DateTimeField(_("submitted at"))

    class Meta:
        verbose_name = _("version of a sheet")
        verbose_name_plural = _("versions of sheets")
        ordering = ["sheet", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "ordinal"], name="one_version_in_a_place"),
            models.CheckConstraint(condition=Q(ordinal__gte=1), name="versions_count_from_1"),
        ]
        triggers = [
            pgtrigger.Protect(name="versions_stand", operation=pgtrigger.Update | pgtrigger.Delete),
            # A version says what its sheet holds, in the order of the questions: none left out, each extreme
            # score with its comment and each finding with its reason.
            pgtrigger.Trigger(
                name="version_is_the_whole_sheet",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM (
                            SELECT array_agg(answer.points ORDER BY answer.n) AS points,
                                   array_agg(answer.comment ORDER BY answer.n) AS comments,
                                   bool_or(answer.points IS NULL) AS open,
                                   bool_or(answer.comment = '' AND answer.explain) AS silent
                            FROM (
                                SELECT row_number() OVER (ORDER BY grouped."order", grouped.id,
                                                                   criterion."order", criterion.id) AS n,
                                       score.points::int AS points, score.comment,
                                       coalesce(score.points * 100 <= stage.low_percent * score.max_points, false)
                                       OR coalesce(score.points * 100 >= stage.high_percent * score.max_points, false)
                                           AS explain
                                FROM evaluation_sheet sheet
                                JOIN evaluation_assignment assignment ON assignment.id = sheet.assignment_id
                                JOIN evaluation_entry entry ON entry.id = assignment.entry_id
                                JOIN evaluation_round round ON round.id = entry.round_id
                                JOIN submissions_callstage stage ON stage.id = round.stage_id
                                JOIN submissions_criteriongroup grouped ON grouped.stage_id = stage.id
                                JOIN submissions_criterion criterion ON criterion.group_id = grouped.id
                                LEFT JOIN evaluation_score score
                                  ON score.sheet_id = sheet.id AND score.criterion_id = criterion.id
                                WHERE sheet.id = NEW.sheet_id AND stage.method = 'points'
                                UNION ALL
                                SELECT row_number() OVER (ORDER BY asked."order", asked.id),
                                       finding.fit::int, finding.reason, true
                                FROM evaluation_sheet sheet
                                JOIN evaluation_assignment assignment ON assignment.id = sheet.assignment_id
                                JOIN evaluation_entry entry ON entry.id = assignment.entry_id
                                JOIN evaluation_round round ON round.id = entry.round_id
                                JOIN submissions_callstage stage ON stage.id = round.stage_id
                                JOIN submissions_stagecheck asked ON asked.stage_id = stage.id
                                LEFT JOIN evaluation_finding finding
                                  ON finding.sheet_id = sheet.id AND finding.check_asked_id = asked.id
                                WHERE sheet.id = NEW.sheet_id AND stage.method = 'fit'
                            ) answer
                        ) whole
                        WHERE whole.points = NEW.points::int[] AND whole.comments = NEW.comments::text[]
                          AND NOT whole.open AND NOT whole.silent
                    ) THEN
                        RAISE EXCEPTION 'the version is not the whole sheet'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'version_is_the_whole_sheet';
                    END IF;
                    IF NOT EXISTS (
                        SELECT 1 FROM evaluation_sheet sheet
                        WHERE sheet.id = NEW.sheet_id AND sheet.state IN ('draft', 'returned')
                          AND sheet.version + 1 = NEW.ordinal
                    ) THEN
                        RAISE EXCEPTION 'the version does not follow the one before it'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'version_follows';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.ordinal}"


class SheetReturn(models.Model):
    """The chief gave a submitted version back to its evaluator, with the reason."""

    version = models.OneToOneField(
        SheetVersion, on_delete=models.PROTECT, related_name="returned", verbose_name=_("version")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("returned by")
    )
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("return of a sheet")
        verbose_name_plural = _("returns of sheets")
        constraints = [models.CheckConstraint(condition=Q(reason__gt=""), name="return_says_why")]
        triggers = [pgtrigger.Protect(name="returns_stand", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.version_id}"
