"""A pilot purchase: the agency buys a designated product first, for the institution that needed it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from catalog.states import UseAfter
from innomarket.common.clock import Now

from ..states import PilotState, Verdict
from .budget import BudgetLine


class PilotQuerySet(models.QuerySet["Pilot"]):
    def visible_to(self, user) -> "PilotQuerySet":
        """Public money: that a pilot exists, its state, amounts and honest result are public."""
        return self

    def standing(self) -> "PilotQuerySet":
        """Those that were not cancelled."""
        return self.exclude(state=PilotState.CANCELLED)


class Pilot(models.Model):
    """``reserved_won`` at matching, ``committed_won`` at commitment; each state has what it needs.

    Of the reservation ``reserved_released_won`` was given back to the budget, of the commitment
    ``committed_released_won``; the amounts themselves stand as they were decided.
    """

    number = models.CharField(_("number"), max_length=20, unique=True)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="pilots", verbose_name=_("product")
    )
    institution = models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.PROTECT,
        related_name="pilots",
        verbose_name=_("user institution"),
    )
    line = models.ForeignKey(
        BudgetLine, on_delete=models.PROTECT, related_name="pilots", verbose_name=_("budget line")
    )
    is_proposer = models.BooleanField(
        _("proposed the task"),
        default=False,
        help_text=_("The institution that proposed the task is matched first."),
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    reserved_won = models.BigIntegerField(_("reserved"), help_text=_("won"))
    committed_won = models.BigIntegerField(_("committed"), null=True, help_text=_("won"))
    paid_won = models.BigIntegerField(_("paid"), default=0, help_text=_("won"))
    reserved_released_won = models.BigIntegerField(
        _("released of the reservation"), default=0, help_text=_("won")
    )
    committed_released_won = models.BigIntegerField(
        _("released of the commitment"), default=0, help_text=_("won")
    )
    state = models.CharField(
        _("state"), max_length=12, choices=PilotState.choices, default=PilotState.MATCHED
    )
    matched_at = models.DateTimeField(_("matched at"), db_default=Now())
    committed_at = models.DateTimeField(_("committed at"), null=True)
    story = models.ForeignKey(
        "timeline.Story", on_delete=models.PROTECT, null=True, related_name="pilots", verbose_name=_("story")
    )

    objects = PilotQuerySet.as_manager()

    class Meta:
        verbose_name = _("pilot purchase")
        verbose_name_plural = _("pilot purchases")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "institution"],
                condition=~Q(state="cancelled"),
                name="one_pilot_of_a_product_and_institution",
                violation_error_message=_("This institution is already matched to this product."),
            ),
            models.CheckConstraint(condition=Q(state__in=PilotState.values), name="pilot_state_is_known"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="pilot_quantity_is_positive"),
            models.CheckConstraint(condition=Q(reserved_won__gt=0), name="pilot_reserves_money"),
            models.CheckConstraint(
                condition=Q(state__in=["matched", "cancelled"])
                | Q(committed_won__isnull=False, committed_won__gt=0, committed_at__isnull=False),
                name="pilot_committed_has_its_amount",
            ),
            models.CheckConstraint(
                condition=Q(committed_won=None) | Q(committed_won__lte=F("reserved_won")),
                name="pilot_commits_what_is_reserved",
                violation_error_message=_("This is more than what was reserved for this pilot purchase."),
            ),
            models.CheckConstraint(
                condition=Q(paid_won=0, committed_released_won=0)
                | Q(
                    paid_won__gte=0,
                    committed_released_won__gte=0,
                    committed_won__isnull=False,  # a comparison with NULL would let everything pass
                    committed_won__gte=F("paid_won") + F("committed_released_won"),
                ),
                name="pilot_pays_what_is_committed",
                violation_error_message=_("This is more than what was committed for this pilot purchase."),
            ),
            models.CheckConstraint(
                condition=Q(
                    reserved_released_won__gte=0,
                    reserved_won__gte=F("reserved_released_won") + Coalesce(F("committed_won"), 0),
                ),
                name="pilot_releases_what_is_reserved",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled")
                | Q(
                    reserved_won=F("reserved_released_won") + Coalesce(F("committed_won"), 0),
                    committed_released_won=Coalesce(F("committed_won"), 0),
                ),
                name="pilot_cancelled_holds_no_money",
            ),
        ]
        indexes = [models.Index(fields=["line", "-id"], name="pilots_of_a_line")]
        triggers = [
            pgtrigger.Protect(name="pilot_stands", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="pilot_pays_the_accepted_share",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("paid_won"),
                func="""
                    IF NEW.paid_won > 0 AND NEW.paid_won > coalesce((
                        SELECT (c.supply_won + c.vat_won)::numeric * i.accepted / c.quantity
                        FROM pilots_contract c JOIN pilots_inspection i ON i.contract_id = c.id
                        WHERE c.pilot_id = NEW.id
                    ), 0) THEN
                        RAISE EXCEPTION 'more than the accepted share' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("pilots:pilot", args=[self.number])

    @property
    def still_reserved(self) -> int:
        """Won of the reservation that are neither committed nor released."""
        return self.reserved_won - (self.committed_won or 0) - self.reserved_released_won

    @property
    def still_committed(self) -> int:
        """Won of the commitment that are neither paid nor released."""
        return (self.committed_won or 0) - self.paid_won - self.committed_released_won


class Contract(models.Model):
    """Amount = supply price + VAT, within the commitment (copied here, so that the row guards itself)."""

    pilot = models.OneToOneField(
        Pilot, on_delete=models.PROTECT, related_name="contract", verbose_name=_("pilot purchase")
    )
    number = models.CharField(_("number"), max_length=20, unique=True)
    supply_won = models.BigIntegerField(_("supply price"), help_text=_("won"))
    vat_won = models.BigIntegerField(_("value added tax"), help_text=_("won"))
    committed_won = models.BigIntegerField(_("committed"), help_text=_("won"))
    quantity = models.PositiveIntegerField(_("quantity"))
    due_on = models.DateField(_("delivery due on"))
    signed_on = models.DateField(_("signed on"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        constraints = [
            models.CheckConstraint(
                condition=Q(supply_won__gt=0, vat_won__gte=0), name="contract_amount_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(committed_won__gte=F("supply_won") + F("vat_won")),
                name="contract_within_the_commitment",
                violation_error_message=_("The contract's amount is more than what was committed."),
            ),
            models.CheckConstraint(
                condition=Q(signed_on__lte=F("due_on")),
                name="contract_dates_in_order",
                violation_error_message=_("Delivery cannot be due before the contract is signed."),
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="contract_quantity_is_positive"),
        ]
        triggers = [
            pgtrigger.Protect(name="contract_stands", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="contract_copies_the_commitment",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM pilots_pilot p
                                   WHERE p.id = NEW.pilot_id AND p.committed_won = NEW.committed_won) THEN
                        RAISE EXCEPTION 'not what was committed' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def amount_won(self) -> int:
        return self.supply_won + self.vat_won


class Inspection(models.Model):
    """What was delivered, and how much of it the institution accepted and refused."""

    contract = models.OneToOneField(
        Contract, on_delete=models.PROTECT, related_name="inspection", verbose_name=_("contract")
    )
    delivered_on = models.DateField(_("delivered on"))
    inspected_on = models.DateField(_("inspected on"))
    accepted = models.PositiveIntegerField(_("accepted quantity"))
    refused = models.PositiveIntegerField(_("refused quantity"), default=0)
    contracted = models.PositiveIntegerField(_("contracted quantity"))
    reason = models.CharField(_("why refused"), max_length=300, blank=True)
    inspected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("inspected by")
    )

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        constraints = [
            models.CheckConstraint(
                condition=Q(contracted__gte=F("accepted") + F("refused")),
                name="inspected_within_the_contract",
                violation_error_message=_(
                    "Accepted and refused together are more than the contract's quantity."
                ),
            ),
            models.CheckConstraint(
                condition=Q(accepted__gt=0) | Q(refused__gt=0),
                name="inspection_finds_something",
                violation_error_message=_("Enter how many were accepted and how many were refused."),
            ),
            models.CheckConstraint(
                condition=Q(refused=0) | Q(reason__gt=""),
                name="refused_quantity_says_why",
                violation_error_message=_("Say why a part was refused: the company reads it."),
            ),
            models.CheckConstraint(
                condition=Q(delivered_on__lte=F("inspected_on")),
                name="inspected_after_delivery",
                violation_error_message=_("An inspection cannot lie before the delivery."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="inspection_stands", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="inspection_copies_the_quantity",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM pilots_contract c
                                   WHERE c.id = NEW.contract_id AND c.quantity = NEW.contracted) THEN
                        RAISE EXCEPTION 'not what was contracted' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}"


class TestMeasure(models.Model):
    """One measure of the trial: what was to be reached, how it was measured, what was found."""

    __test__ = False  # not a test class

    pilot = models.ForeignKey(
        Pilot, on_delete=models.PROTECT, related_name="measures", verbose_name=_("pilot purchase")
    )
    order = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("measure"), max_length=120)
    target = models.CharField(_("target"), max_length=120)
    method = models.CharField(_("method"), max_length=300)
    found = models.CharField(_("what was found"), max_length=120)
    reached = models.BooleanField(_("target reached"))

    class Meta:
        verbose_name = _("measure of the trial")
        verbose_name_plural = _("measures of the trial")
        ordering = ["pilot", "order"]
        constraints = [models.UniqueConstraint(fields=["pilot", "order"], name="one_measure_in_a_place")]
        triggers = [
            pgtrigger.Trigger(
                name="measures_stand_with_the_verdict",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM pilots_testresult r
                               WHERE r.pilot_id IN (
                                   CASE WHEN TG_OP <> 'INSERT' THEN OLD.pilot_id END,
                                   CASE WHEN TG_OP <> 'DELETE' THEN NEW.pilot_id END)) THEN
                        RAISE EXCEPTION 'the verdict is given' USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN
                        RETURN OLD;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pilot_id}/{self.order}"


class TestResult(models.Model):
    """The verdict on the trial, published as it is."""

    __test__ = False  # not a test class

    pilot = models.OneToOneField(
        Pilot, on_delete=models.PROTECT, related_name="result", verbose_name=_("pilot purchase")
    )
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    summary = models.TextField(_("what the trial showed"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("given by")
    )
    given_at = models.DateTimeField(_("given at"), db_default=Now())

    class Meta:
        verbose_name = _("result of the trial")
        verbose_name_plural = _("results of the trials")
        constraints = [
            models.CheckConstraint(condition=Q(summary__gt=""), name="verdict_is_explained"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="verdict_is_known"),
        ]
        triggers = [pgtrigger.Protect(name="verdict_stands", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.pilot_id}"


class UseNote(models.Model):
    """Whether the institution goes on using what it tried (domain.md §4, §6): said again whenever it changes."""

    pilot = models.ForeignKey(
        Pilot, on_delete=models.PROTECT, related_name="uses", verbose_name=_("pilot purchase")
    )
    use = models.CharField(_("use after the trial"), max_length=10, choices=UseAfter.choices)
    words = models.CharField(_("how, or why not"), max_length=300)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("said by")
    )
    said_at = models.DateTimeField(_("said at"), db_default=Now())

    class Meta:
        verbose_name = _("use after the trial")
        verbose_name_plural = _("uses after the trials")
        ordering = ["pilot", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(words__gt=""), name="use_after_is_explained"),
            models.CheckConstraint(condition=Q(use__in=UseAfter.values), name="use_after_is_known"),
        ]
        triggers = [pgtrigger.Protect(name="use_stands", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.pilot_id}/{self.pk}"
