"""An applicant's objection to its result: one for each decision, filed in time, answered with a reason."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.common.sealed_fields import SealedTextField
from innomarket.submissions.models import Submission

from ..states import ObjectionOutcome, ObjectionState, RoundState
from .result import Result
from .round import Round

_FROZEN = """
    IF OLD.state = 'filed' AND NEW.text = OLD.text AND NEW.result_id = OLD.result_id
            AND NEW.filed_at = OLD.filed_at AND NEW.filed_by_id = OLD.filed_by_id
            AND NEW.until = OLD.until AND NEW.state <> 'draft' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was filed stands'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'filed_objection_stands';
"""

# Four eyes: who decided does not say whether it was right. The chief, who sat in the panel (also who left it), and the
# two of the publication.
_BY_OTHERS = """
    IF EXISTS (
        SELECT 1 FROM evaluation_result result
          JOIN evaluation_entry entry ON entry.id = result.entry_id
          JOIN evaluation_round round ON round.id = entry.round_id
          LEFT JOIN evaluation_panelist seat ON seat.round_id = round.id AND seat.user_id = NEW.answered_by_id
          LEFT JOIN evaluation_publishedround part ON part.round_id = round.id AND part.standing
          LEFT JOIN evaluation_publication publication ON publication.id = part.publication_id
         WHERE result.id = NEW.result_id
           AND (round.chief_id = NEW.answered_by_id OR seat.id IS NOT NULL
                OR NEW.answered_by_id IN (publication.prepared_by_id, publication.confirmed_by_id))
    ) THEN
        RAISE EXCEPTION 'an objection is answered by who did not decide'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'answered_by_others';
    END IF;
    RETURN NEW;
"""


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def of_applicant(self, user) -> "ObjectionQuerySet":
        """Those to the results of one's own submissions, drafts among them."""
        own = Submission.objects.of_applicant(user).values("pk")
        return self.filter(result__entry__submission__in=own)

    def visible_to(self, user) -> "ObjectionQuerySet":
        """What was filed, to staff who run rounds; one's own; no evaluator and no other applicant."""
        if user.is_authenticated and user.is_staff and user.has_perm("accounts.run_rounds"):
            return self.exclude(state=ObjectionState.DRAFT)
        return self.of_applicant(user)

    readable_by = visible_to

    def to_answer(self) -> "ObjectionQuerySet":
        """Filed, and neither answered nor withdrawn."""
        return self.filter(state=ObjectionState.FILED)

    def to_evaluate_anew(self) -> "ObjectionQuerySet":
        """Answered so, and the new panel's result is not published yet."""
        published = Round.objects.filter(
            reevaluations__objection=models.OuterRef("pk"),
            reevaluations__standing=True,
            state=RoundState.PUBLISHED,
        )
        return self.filter(outcome=ObjectionOutcome.ANEW).filter(~models.Exists(published))

    def to_open(self) -> "ObjectionQuerySet":
        """To be evaluated anew, and no round is under way for it."""
        return self.to_evaluate_anew().exclude(reevaluations__standing=True)

    def waiting(self) -> "ObjectionQuerySet":
        """To be answered or evaluated anew: these hold back the later steps of what they concern."""
        return self.to_answer() | self.to_evaluate_anew()


class Objection(models.Model):
    """``text`` and ``answer`` lie encrypted: they speak of what is sealed. ``until``: half-open."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    result = models.OneToOneField(
        Result,
        on_delete=models.PROTECT,
        related_name="objection",
        verbose_name=_("result"),
        error_messages={"unique": _("There is an objection to this result already: one for each decision.")},
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ObjectionState.choices, default=ObjectionState.DRAFT
    )
    text = SealedTextField(_("what you object to, and why"), blank=True, default="")
    saved_at = models.DateTimeField(_("saved at"), db_default=Now())
    until = models.DateTimeField(_("to be filed before"))
    filed_at = models.DateTimeField(_("filed at"), null=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("filed by"),
    )
    ended_at = models.DateTimeField(_("answered or withdrawn at"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=ObjectionOutcome.choices, blank=True)
    answer = SealedTextField(_("answer"), blank=True, default="")
    emptied_at = models.DateTimeField(
        _("words deleted at"), null=True, help_text=_("After the time of keeping (retention).")
    )

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ObjectionState.values), name="objection_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", filed_at=None, filed_by=None)
                | (
                    ~Q(state="draft")
                    & Q(filed_at__isnull=False, filed_by__isnull=False, filed_at__lt=F("until"))
                    & ~Q(text="")
                ),
                name="objection_filed_in_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "filed"], ended_at=None)
                | Q(state__in=["answered", "withdrawn"], ended_at__isnull=False),
                name="objection_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="answered", answered_by__isnull=False, outcome__in=ObjectionOutcome.values)
                    & ~Q(answer="")
                    & ~Q(answered_by=F("filed_by"))
                )
                | (~Q(state="answered") & Q(answered_by=None, outcome="", answer="")),
                name="objection_answered_with_reason",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="filed_objection_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="draft"),
                func=_FROZEN,
            ),
            pgtrigger.Trigger(
                name="answered_by_others",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "answered_by_id"),
                condition=pgtrigger.Q(new__state="answered"),
                func=_BY_OTHERS,
            ),
            pgtrigger.Protect(
                name="filed_objections_stay",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state="draft"),
            ),
        ]

    def __str__(self) -> str:
        return self.number
