"""What is evaluated anew: an objection that was upheld so, and the round of a new panel that judges its entry."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from .objection import Objection
from .round import Round

# Only what was answered so, of the round beside which this one stands or of another one beside it.
_ANSWERED_SO = """
    IF NOT EXISTS (
        SELECT 1 FROM evaluation_objection objection
          JOIN evaluation_result result ON result.id = objection.result_id
          JOIN evaluation_entry entry ON entry.id = result.entry_id
          JOIN evaluation_round former ON former.id = entry.round_id
          JOIN evaluation_round round ON round.id = NEW.round_id AND round.purpose = 'anew'
               AND round.beside_id = coalesce(former.beside_id, former.id)
         WHERE objection.id = NEW.objection_id AND objection.state = 'answered' AND objection.outcome = 'anew'
    ) THEN
        RAISE EXCEPTION 'only what an answer sends to a new panel is evaluated anew'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'evaluated_anew_as_answered';
    END IF;
    RETURN NEW;
"""


class ReevaluationQuerySet(models.QuerySet["Reevaluation"]):
    def visible_to(self, user) -> "ReevaluationQuerySet":
        """Staff who run rounds. Applicants read of it with their objection, everybody when it is published."""
        if user.is_authenticated and user.is_staff and user.has_perm("accounts.run_rounds"):
            return self
        return self.none()


class Reevaluation(models.Model):
    """``standing`` ends when its round is cancelled: then another one can be opened."""

    objection = models.ForeignKey(
        Objection, on_delete=models.PROTECT, related_name="reevaluations", verbose_name=_("objection")
    )
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="reevaluations", verbose_name=_("round")
    )
    standing = models.BooleanField(_("standing"), default=True)
    opened_at = models.DateTimeField(_("opened at"), db_default=Now())
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("opened by")
    )

    objects = ReevaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation anew")
        verbose_name_plural = _("evaluations anew")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["objection"],
                condition=Q(standing=True),
                name="one_standing_evaluation_anew",
                violation_error_message=_("The evaluation anew of this objection is already under way."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="evaluations_anew_stay", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="evaluated_anew_as_answered",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("objection_id", "round_id"),
                func=_ANSWERED_SO,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.objection_id}/{self.round_id}"
