"""A panel's draw: what was fixed beforehand, and each step that followed from it."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.common.dated import DatedRule, no_overlap
from innomarket.common.sealed_fields import SealedCharField

from ..states import DrawState
from .evaluator import Evaluator, ExpertKind
from .panel import Panelist
from .round import Round


class DrawRule(DatedRule):
    """Seats for each kind of expert, balance, cap and look-back. Our default: no source states them."""

    technical_seats = models.PositiveSmallIntegerField(_("seats for technology"))
    policy_seats = models.PositiveSmallIntegerField(_("seats for publicness and policy"))
    market_seats = models.PositiveSmallIntegerField(_("seats for market and investment"))
    user_seats = models.PositiveSmallIntegerField(_("seats for users and the field"))
    most_of_one_organisation = models.PositiveSmallIntegerField(_("most from one organisation"))
    load_cap = models.PositiveSmallIntegerField(_("most panels in a calendar year"))
    look_back_years = models.PositiveSmallIntegerField(_("past ties count for (years)"))

    class Meta:
        verbose_name = _("rule for the draw of panels")
        verbose_name_plural = _("rules for the draw of panels")
        constraints = [
            no_overlap("one_draw_rule_at_a_time"),
            models.CheckConstraint(
                condition=Q(technical_seats__gte=1 - F("policy_seats") - F("market_seats") - F("user_seats")),
                name="draw_fills_a_seat",
                violation_error_message=_("A panel has at least one seat."),
            ),
            models.CheckConstraint(
                condition=Q(most_of_one_organisation__gte=1, load_cap__gte=1),
                name="draw_seats_somebody",
                violation_error_message=_("Give at least one."),
            ),
        ]

    def seats_by_kind(self) -> dict[str, int]:
        """Seats by kind of expert, those with none left out."""
        found = {kind.value: getattr(self, f"{kind.value}_seats") for kind in ExpertKind}
        return {kind: n for kind, n in found.items() if n}


class DrawManager(models.Manager["Draw"]):
    """Secret and pool are read where they are asked for, not with every list."""

    def get_queryset(self) -> models.QuerySet["Draw"]:
        return super().get_queryset().defer("secret", "pool", "evaluators")


class Draw(models.Model):
    """Committed while the public value cannot be known, carried out after the opening, never changed then.

    ``pool`` is the published file, byte for byte, and ``evaluators`` who stands behind its codes: the n-th
    candidate of the file is the n-th key. ``secret`` is sealed in the database until the draw is carried out.
    """

    class Source(models.TextChoices):
        RECEIPTS = "receipts", _("the hashes of the receipts of the call")
        NAMED = "named", _("a value that others publish later")

    number = models.CharField(_("number"), max_length=20, unique=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="draws", verbose_name=_("round"))
    state = models.CharField(
        _("state"), max_length=12, choices=DrawState.choices, default=DrawState.COMMITTED
    )
    pool = models.TextField(_("frozen pool"))
    pool_sha256 = models.CharField(_("SHA-256 of the pool"), max_length=64)
    evaluators = ArrayField(models.BigIntegerField(), verbose_name=_("who stands behind the codes"))
    secret = SealedCharField(_("secret"), max_length=64)
    secret_sha256 = models.CharField(_("SHA-256 of the secret"), max_length=64)
    source = models.CharField(
        _("public value"), max_length=8, choices=Source.choices, default=Source.RECEIPTS
    )
    source_text = models.CharField(_("which value, and where it is published"), max_length=300, blank=True)
    source_from = models.DateTimeField(_("published from"), null=True)
    named_value = models.CharField(_("the value as published"), max_length=300, blank=True)
    named_at = models.DateTimeField(_("value entered at"), null=True)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("value entered by"),
    )
    committed_at = models.DateTimeField(_("committed at"), db_default=Now())
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("committed by")
    )
    receipts = ArrayField(
        models.CharField(max_length=64), default=list, verbose_name=_("hashes of the receipts")
    )
    seed = models.CharField(_("seed"), max_length=64, blank=True)
    drawn_at = models.DateTimeField(_("carried out at"), null=True)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("carried out by"),
    )
    ended_at = models.DateTimeField(_("given up at"), null=True)
    end_reason = models.CharField(_("why it was given up"), max_length=300, blank=True)

    objects = DrawManager()

    class Meta:
        default_permissions = ()
        verbose_name = _("draw of a panel")
        verbose_name_plural = _("draws of panels")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(state__in=["committed", "drawn"]),
                name="one_standing_draw_of_a_round",
                violation_error_message=_("A draw of this round is committed already."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["committed", "drawn", "void"]), name="draw_state_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state="drawn",
                    seed__regex=r"^[0-9a-f]{64}$",
                    drawn_at__isnull=False,
                    drawn_at__gte=F("committed_at"),
                    drawn_by__isnull=False,
                )
                | (~Q(state="drawn") & Q(seed="", drawn_at=None, drawn_by=None)),
                name="draw_carried_out_has_its_seed",
            ),
            models.CheckConstraint(
                condition=Q(state="void", ended_at__isnull=False, end_reason__gt="")
                | (~Q(state="void") & Q(ended_at=None)),
                name="draw_given_up_says_why",
            ),
            models.CheckConstraint(
                condition=Q(source="receipts", source_text="", source_from=None, named_at=None)
                | Q(
                    source="named",
                    source_text__gt="",
                    source_from__isnull=False,
                    source_from__gt=F("committed_at"),
                ),
                name="draw_source_is_to_come",
            ),
            models.CheckConstraint(
                condition=Q(named_by=None, named_at=None, named_value="")
                | Q(
                    named_by__isnull=False,
                    named_at__isnull=False,
                    named_at__gte=F("source_from"),
                    named_value__gt="",
                ),
                name="draw_value_after_it_is_published",
            ),
            models.CheckConstraint(
                condition=Q(source="receipts")
                | ~Q(state="drawn")
                | (Q(named_by__isnull=False) & ~Q(drawn_by=F("named_by"))),
                name="draw_named_value_takes_two",
                violation_error_message=_("Another person confirms the value than who entered it."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="draws_stay", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="settled_draw_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["drawn", "void"]),
            ),
            # What was promised cannot change between the promise and the draw.
            pgtrigger.Trigger(
                name="draw_promise_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "((OLD.pool, OLD.pool_sha256, OLD.evaluators, OLD.secret_sha256, OLD.round_id, OLD.number,"
                    " OLD.source, OLD.source_text, OLD.committed_at, OLD.committed_by_id)"
                    " IS DISTINCT FROM"
                    " (NEW.pool, NEW.pool_sha256, NEW.evaluators, NEW.secret_sha256, NEW.round_id, NEW.number,"
                    " NEW.source, NEW.source_text, NEW.committed_at, NEW.committed_by_id)"
                    " OR OLD.source_from IS DISTINCT FROM NEW.source_from)"
                ),
                func="""
                    RAISE EXCEPTION 'What a draw was committed to does not change.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_promise_stands';
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def is_public(self) -> bool:
        """Whether the secret is opened: then it is written plain (common/sealed_fields.py)."""
        return self.state == DrawState.DRAWN


class DrawStep(models.Model):
    """One step down the order: somebody was seated or passed over, or the order came to its end.

    ``walk`` counts the times the order was walked: the draw itself is 1, each call of somebody further one more.
    """

    class Result(models.TextChoices):
        SEATED = "seated", _("seated")
        SKIPPED = "skipped", _("passed over")
        EXHAUSTED = "exhausted", _("nobody is left")

    class Cause(models.TextChoices):
        DRAW = "draw", _("the draw")
        DECLINED = "declined", _("a member declined")
        LEFT = "left", _("a member left")
        CONFLICT = "conflict", _("a conflict of interest")

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="steps", verbose_name=_("draw"))
    walk = models.PositiveIntegerField(_("walk"))
    cause = models.CharField(_("cause"), max_length=10, choices=Cause.choices)
    place = models.PositiveIntegerField(_("step"))
    position = models.PositiveIntegerField(_("place in the order"), null=True)
    code = models.CharField(_("code"), max_length=12, blank=True)
    result = models.CharField(_("what happened"), max_length=10, choices=Result.choices)
    ground = models.CharField(_("ground"), max_length=20, blank=True)
    evaluator = models.ForeignKey(
        Evaluator, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("evaluator")
    )
    panelist = models.ForeignKey(
        Panelist, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("panel member")
    )
    instead_of = models.ForeignKey(
        Panelist, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("in place of")
    )
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        default_permissions = ()
        verbose_name = _("step of a draw")
        verbose_name_plural = _("steps of draws")
        ordering = ["draw", "walk", "place"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "walk", "place"], name="one_step_in_a_place"),
            models.UniqueConstraint(
                fields=["draw", "evaluator"], condition=Q(result="seated"), name="seated_once_by_a_draw"
            ),
            models.CheckConstraint(
                condition=Q(result="seated", panelist__isnull=False, ground="", position__isnull=False)
                | Q(result="skipped", panelist=None, ground__gt="", position__isnull=False)
                | Q(result="exhausted", panelist=None, evaluator=None, position=None),
                name="draw_step_is_whole",
            ),
        ]
        triggers = [pgtrigger.Protect(name="draw_steps_stand", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.draw_id}/{self.walk}/{self.place}"
