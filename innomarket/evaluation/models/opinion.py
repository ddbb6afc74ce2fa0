"""The fit opinion of the institution whose task it is: evaluators see it, it gives no score."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.submissions.models import Submission


class FitOpinion(models.Model):
    class Verdict(models.TextChoices):
        FITS = "fits", _("fits our need")
        PARTLY = "partly", _("fits in part")
        UNFIT = "unfit", _("does not fit our need")

    submission = models.OneToOneField(
        Submission, on_delete=models.PROTECT, related_name="fit_opinion", verbose_name=_("submission")
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("institution")
    )
    verdict = models.CharField(_("opinion"), max_length=10, choices=Verdict.choices)
    reason = models.TextField(_("reasons"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("given by")
    )
    given_at = models.DateTimeField(_("given at"), db_default=Now())

    class Meta:
        verbose_name = _("fit opinion")
        verbose_name_plural = _("fit opinions")
        constraints = [models.CheckConstraint(condition=Q(reason__gt=""), name="fit_opinion_has_reasons")]

    def __str__(self) -> str:
        return f"{self.submission_id}"
