"""A motion that is wanted: an evaluation anew found otherwise than a designation says. The committee decides."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.evaluation.models import Result

from ..states import MotionState

# Nothing more is to be tabled while a motion is on an agenda, or once it was voted on.
TAKEN_UP = (MotionState.TABLED, MotionState.VOTING, MotionState.ADOPTED, MotionState.REJECTED)


class WantedMotionQuerySet(models.QuerySet["WantedMotion"]):
    def visible_to(self, user) -> "WantedMotionQuerySet":
        """The secretary of the committee."""
        if user.is_authenticated and user.is_staff and user.has_perm("accounts.keep_committee"):
            return self
        return self.none()

    def to_table(self) -> "WantedMotionQuerySet":
        """On no agenda, not voted on, and still so: no later revision has taken its place."""
        return self.filter(result__superseded_at=None).exclude(
            pk__in=self.model.objects.filter(motions__state__in=TAKEN_UP).order_by().values("pk")
        )


class WantedMotion(models.Model):
    """Shall this designation end? ``result`` is the revision that no longer selects its proposal."""

    designation = models.ForeignKey(
        "designation.Designation",
        on_delete=models.PROTECT,
        related_name="wanted_motions",
        verbose_name=_("designation"),
    )
    result = models.OneToOneField(
        Result, on_delete=models.PROTECT, related_name="+", verbose_name=_("result of the evaluation anew")
    )
    made_at = models.DateTimeField(_("made at"), db_default=Now())

    objects = WantedMotionQuerySet.as_manager()

    class Meta:
        verbose_name = _("motion that is wanted")
        verbose_name_plural = _("motions that are wanted")
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(name="wanted_motion_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.designation.number
