"""What may be uploaded, by date."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from innomarket.common.dated import DatedRule, no_overlap


class SubmissionRule(DatedRule):
    """Limits for the files of a submission. Our default: rules.md leaves them open."""

    max_file_bytes = models.PositiveBigIntegerField(_("largest file"), help_text=_("bytes"))
    max_files = models.PositiveSmallIntegerField(_("most files in one submission"))

    class Meta:
        verbose_name = _("rule for submissions")
        verbose_name_plural = _("rules for submissions")
        constraints = [no_overlap("one_submission_rule_at_a_time")]
