"""A company's proposal: its product as the answer to a selected challenge task."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from innomarket.common.sealed_fields import (
    SealedCharField,
    SealedSmallIntegerField,
    SealedTextField,
    SealedWonField,
    SpelledConstraint,
    is_spelled,
    is_won,
)
from innomarket.submissions.models import Submission


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def readable_by(self, user) -> "ProposalQuerySet":
        return self.filter(submission__in=Submission.objects.readable_by(user).values("pk"))

    def visible_to(self, user) -> "ProposalQuerySet":
        return self.filter(submission__in=Submission.objects.visible_to(user).values("pk"))


class Proposal(models.Model):
    """What is asked of a prototype: TRL 7–9, intellectual property, trial of at most a year (domain.md §2.2)."""

    submission = models.OneToOneField(
        Submission,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="proposal",
        verbose_name=_("submission"),
    )
    product_name_ko = SealedCharField(_("product name in Korean"), max_length=120, blank=True)
    product_name_en = SealedCharField(_("product name in English"), max_length=160, blank=True)
    summary = SealedCharField(_("the product in one sentence"), max_length=300, blank=True)
    solution = SealedTextField(_("how it solves the problem"), blank=True)
    novelty = SealedTextField(_("what is new"), blank=True)
    performance = SealedTextField(_("performance and evidence"), blank=True)
    trl = SealedSmallIntegerField(
        _("technology readiness level"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
    )
    patent_number = SealedCharField(_("patent or utility model"), max_length=60, blank=True)
    trial_months = SealedSmallIntegerField(
        _("length of the trial"),
        null=True,
        blank=True,
        help_text=_("months"),
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    unit_price_won = SealedWonField(
        _("price of one unit"),
        null=True,
        blank=True,
        help_text=_("won, VAT included"),
        validators=[MinValueValidator(1)],
    )
    unit = SealedCharField(_("unit"), max_length=30, blank=True)
    delivery_days = SealedSmallIntegerField(
        _("delivery time"), null=True, blank=True, help_text=_("days"), validators=[MinValueValidator(1)]
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.CheckConstraint(
                condition=is_spelled("trl", "[1-9]"),
                name="proposal_trl_1_to_9",
                violation_error_message=_("A technology readiness level lies between 1 and 9."),
            ),
            models.CheckConstraint(
                condition=is_won("unit_price_won"),
                name="proposal_price_is_positive",
                violation_error_message=_("The price must be more than 0 won."),
            ),
            models.CheckConstraint(
                condition=is_spelled("trial_months", "([1-9]|1[0-2])"),
                name="proposal_trial_up_to_a_year",
                violation_error_message=_("A trial lasts at most one year."),
            ),
            SpelledConstraint(
                condition=is_spelled("delivery_days", "[1-9][0-9]{0,4}"),
                name="proposal_delivery_in_days",
                violation_error_message=_("A delivery takes at least one day."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.submission_id)
