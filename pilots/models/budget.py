"""The year's money: one line with its totals, and a ledger that only grows (rules.md "Money")."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from ..states import LedgerKind


class BudgetLineQuerySet(models.QuerySet["BudgetLine"]):
    def visible_to(self, user) -> "BudgetLineQuerySet":
        """The budget and what was spent of it are public."""
        return self


class BudgetLine(models.Model):
    """Free = appropriated − reserved − committed − paid; none of them is ever below zero. Whole won."""

    year = models.PositiveSmallIntegerField(_("year"))
    code = models.SlugField(_("code"), max_length=40)
    name_ko = models.CharField(_("name in Korean"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    appropriated = models.BigIntegerField(_("appropriated"), default=0)
    reserved = models.BigIntegerField(_("reserved"), default=0)
    committed = models.BigIntegerField(_("committed"), default=0)
    paid = models.BigIntegerField(_("paid"), default=0)

    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        ordering = ["-year", "code"]
        constraints = [
            models.UniqueConstraint(fields=["year", "code"], name="one_line_a_year_and_code"),
            models.CheckConstraint(
                condition=Q(appropriated__gte=0, reserved__gte=0, committed__gte=0, paid__gte=0),
                name="budget_is_never_negative",
            ),
            models.CheckConstraint(
                condition=Q(appropriated__gte=F("reserved") + F("committed") + F("paid")),
                name="budget_is_never_overspent",
                violation_error_message=_("This is more than what is free in the budget."),
            ),
        ]

    def __str__(self) -> str:
        return self.name_ko

    @property
    def free(self) -> int:
        return self.appropriated - self.reserved - self.committed - self.paid


class LedgerEntry(models.Model):
    """One movement of money. Entries stand; a mistake is put right by another entry.

    ``appropriate`` adds to the line and ``withdraw`` takes from what is free. ``reserve`` moves free →
    reserved, ``commit`` reserved → committed, ``pay`` committed → paid, ``release`` reserved or
    committed → free (``from_committed`` says which).
    """

    line = models.ForeignKey(
        BudgetLine, on_delete=models.PROTECT, related_name="entries", verbose_name=_("budget line")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=LedgerKind.choices)
    amount = models.BigIntegerField(_("amount"), help_text=_("won"))
    from_committed = models.BooleanField(_("out of what was committed"), default=False)
    pilot = models.ForeignKey(
        "pilots.Pilot",
        on_delete=models.PROTECT,
        null=True,
        related_name="ledger",
        verbose_name=_("pilot purchase"),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"), db_default=Now())
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("booked by")
    )

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(kind__in=["appropriate", "withdraw"]) | Q(pilot__isnull=False),
                name="ledger_money_has_its_pilot",
            ),
            models.CheckConstraint(condition=Q(kind__in=LedgerKind.values), name="ledger_kind_is_known"),
            models.CheckConstraint(
                condition=Q(from_committed=False) | Q(kind="release"),
                name="ledger_only_a_release_is_out_of_committed",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="ledger_only_grows", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="ledger_entry_fits_its_pilot",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.pilot_id IS NULL THEN
                        RETURN NEW;
                    END IF;
                    IF NOT EXISTS (SELECT 1 FROM pilots_pilot p
                                   WHERE p.id = NEW.pilot_id AND p.line_id = NEW.line_id) THEN
                        RAISE EXCEPTION 'the pilot has another line' USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.kind = 'pay' AND NOT EXISTS (
                        SELECT 1 FROM pilots_inspection i JOIN pilots_contract c ON c.id = i.contract_id
                        WHERE c.pilot_id = NEW.pilot_id AND i.accepted > 0
                    ) THEN
                        RAISE EXCEPTION 'nothing was accepted' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.kind}"
