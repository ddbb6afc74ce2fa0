"""A call, its criteria, and its lots: what is asked for, until when, and what is ranked together."""

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from ..states import CallState


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user) -> "CallQuerySet":
        """A call is public from its announcement on, cancelled too; before, it is for those who run rounds."""
        if user.is_authenticated and user.is_staff and user.has_perm("accounts.run_rounds"):
            return self
        return self.filter(announced_at__isnull=False)

    def open_now(self) -> "CallQuerySet":
        """The half-open rule ``opens_at <= now < closes_at``, as the database asks it."""
        return self.filter(state=CallState.ANNOUNCED, opens_at__lte=Now(), closes_at__gt=Now())

    def due_to_close(self) -> "CallQuerySet":
        return self.filter(state=CallState.ANNOUNCED, closes_at__lte=Now())


# Asked when a call is being opened, not of rows that were opened before this promise was made.
_BY_TWO = """
    IF TG_OP = 'UPDATE' THEN
        IF OLD.opened_at IS NOT DISTINCT FROM NEW.opened_at
           AND OLD.opened_by_id IS NOT DISTINCT FROM NEW.opened_by_id THEN
            RETURN NEW;
        END IF;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM submissions_opening opening
         WHERE opening.call_id = NEW.id AND opening.state = 'confirmed'
           AND opening.confirmed_by_id = NEW.opened_by_id AND opening.prepared_by_id <> NEW.opened_by_id
    ) THEN
        RAISE EXCEPTION 'A call is opened by two: one prepares the opening, another one confirms it.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


# Stages freeze once the call is announced, so what is true at the announcement stays true.
_BLIND = """
    IF NEW.blind IS DISTINCT FROM EXISTS (
        SELECT 1 FROM submissions_callstage stage WHERE stage.call_id = NEW.id AND stage.blind
    ) THEN
        RAISE EXCEPTION 'A call asks for an anonymous copy exactly where one of its stages is blind.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Call(models.Model):
    """Its kind (``submissions/kinds.py``) says what is submitted to it and by whom."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    title_ko = models.CharField(_("title in Korean"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200)
    summary_ko = models.TextField(_("summary in Korean"), blank=True)
    summary_en = models.TextField(_("summary in English"), blank=True)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    opening_at = models.DateTimeField(
        _("opening of submissions"), help_text=_("Until its recorded opening nobody but its owner reads one.")
    )
    one_per_applicant = models.BooleanField(_("one submission for each applicant and lot"), default=False)
    blind = models.BooleanField(
        _("asks for an anonymous copy"),
        default=False,
        db_default=False,
        help_text=_("One of its stages is blind. It follows from the stages."),
    )
    state = models.CharField(_("state"), max_length=10, choices=CallState.choices, default=CallState.DRAFT)
    announced_at = models.DateTimeField(_("announced at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    opened_at = models.DateTimeField(_("submissions opened at"), null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("opened by"),
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-closes_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")),
                name="call_opens_before_it_closes",
                violation_error_message=_("A call must open before it closes."),
            ),
            models.CheckConstraint(
                condition=Q(opening_at__gte=F("closes_at")),
                name="call_is_read_after_it_closes",
                violation_error_message=_("Submissions are opened after the call closes, not before."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft", announced_at=None)
                | Q(state="cancelled")
                | Q(announced_at__isnull=False),
                name="call_announced_has_its_time",
            ),
            models.CheckConstraint(
                condition=(Q(state="closed") & Q(closed_at__isnull=False, closed_at__gte=F("closes_at")))
                | (~Q(state="closed") & Q(closed_at=None)),
                name="call_closed_not_before_its_time",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None) | (Q(state="closed") & Q(opened_at__gte=F("closed_at"))),
                name="call_opened_only_when_closed",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None, opened_by=None)
                | Q(opened_at__isnull=False, opened_by__isnull=False),
                name="call_opened_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(state="cancelled") | (Q(title_ko__gt="") & Q(title_en__gt="")),
                name="call_announced_in_both_languages",
                violation_error_message=_("Give the title in Korean and in English."),
            ),
        ]
        indexes = [
            models.Index(fields=["closes_at"], condition=Q(state="announced"), name="calls_due_to_close")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="opened_by_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.opened_at IS NOT NULL"),
                func=_BY_TWO,
            ),
            pgtrigger.Trigger(
                name="call_says_whether_blind",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.state <> 'draft'"),
                func=_BLIND,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title_ko}"

    def is_open_at(self, instant: datetime) -> bool:
        """The half-open rule, for an instant read after the lock."""
        return self.state == CallState.ANNOUNCED and self.opens_at <= instant < self.closes_at


# What applicants are judged by cannot change under them (architecture.md: criteria freeze).
FROZEN = """
    IF EXISTS ({question} AND call.state <> 'draft') THEN
        RAISE EXCEPTION 'Criteria cannot change once their call has been announced.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


class CriterionGroup(models.Model):
    """Criteria that belong together, e.g. publicness 40, innovativeness 30 (domain.md §2.4)."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="groups", verbose_name=_("call"))
    stage = models.ForeignKey(
        "submissions.CallStage", on_delete=models.PROTECT, related_name="groups", verbose_name=_("stage")
    )
    order = models.PositiveSmallIntegerField(_("order"))
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    minimum_percent = models.PositiveSmallIntegerField(
        _("minimum of the group"), default=0, help_text=_("Percent of the group's weight; 0: none.")
    )
    tie_order = models.PositiveSmallIntegerField(
        _("place in breaking ties"), default=1, help_text=_("The group with the lowest number decides first.")
    )

    class Meta:
        verbose_name = _("group of criteria")
        verbose_name_plural = _("groups of criteria")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "order"], name="one_group_in_a_place"),
            models.CheckConstraint(condition=Q(minimum_percent__lte=100), name="group_minimum_up_to_100"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="groups_freeze",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=FROZEN.format(
                    question="""
        SELECT 1 FROM submissions_call call
         WHERE call.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.call_id ELSE NEW.call_id END"""
                ),
            ),
            pgtrigger.Trigger(
                name="group_of_its_calls_stage",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM submissions_callstage stage
                        WHERE stage.id = NEW.stage_id AND stage.call_id = NEW.call_id AND stage.method = 'points'
                    ) THEN
                        RAISE EXCEPTION 'criteria belong to a stage of their call that gives points'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'group_of_its_calls_stage';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name_ko


class Criterion(models.Model):
    """One question that a sheet answers in points; the weights of a stage add up to 100."""

    group = models.ForeignKey(
        CriterionGroup, on_delete=models.PROTECT, related_name="criteria", verbose_name=_("group")
    )
    order = models.PositiveSmallIntegerField(_("order"))
    name_ko = models.CharField(_("name in Korean"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    explanation_ko = models.TextField(_("explanation in Korean"), blank=True)
    explanation_en = models.TextField(_("explanation in English"), blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"))
    max_points = models.PositiveSmallIntegerField(_("highest score"), default=10)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["group__order", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["group", "order"], name="one_criterion_in_a_place"),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=100), name="criterion_weight_1_to_100"
            ),
            models.CheckConstraint(condition=Q(max_points__gte=1), name="criterion_has_points"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="criteria_freeze",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=FROZEN.format(
                    question="""
        SELECT 1 FROM submissions_call call JOIN submissions_criteriongroup part ON part.call_id = call.id
         WHERE part.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.group_id ELSE NEW.group_id END"""
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name_ko


class Lot(models.Model):
    """What is ranked together: one selected task, one field. A call without lots of its own has one.

    ``owner`` is the institution whose need it is: after the opening its people read what was
    submitted to the lot, and none of them sits on its panel.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="lots", verbose_name=_("call"))
    order = models.PositiveIntegerField(_("order"))
    title_ko = models.CharField(_("title in Korean"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    owner = models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_lots",
        verbose_name=_("institution whose need it is"),
    )
    story = models.ForeignKey(
        "timeline.Story",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lots",
        verbose_name=_("story"),
    )

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        ordering = ["call", "order"]
        constraints = [models.UniqueConstraint(fields=["call", "order"], name="one_lot_in_a_place")]

    def __str__(self) -> str:
        return f"{self.call_id}/{self.order}"
