"""What a round found of an entry: computed, selected, then frozen when it is published."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from ..states import Outcome
from .round import Entry, Round


class ResultQuerySet(models.QuerySet["Result"]):
    def published(self) -> "ResultQuerySet":
        return self.filter(published_at__isnull=False)

    def standing(self) -> "ResultQuerySet":
        """Published and superseded by none: the current revision of each."""
        return self.published().filter(superseded_at=None)

    def in_force(self) -> "ResultQuerySet":
        """Standing, and no earlier stage ended the way of the same entry since.

        The earliest decides: where an entry was evaluated anew and fell in a stage, a later one no longer counts.
        """
        earlier = Result.objects.standing().filter(
            entry__submission=models.OuterRef("entry__submission"),
            entry__round__stage__order__lt=models.OuterRef("entry__round__stage__order"),
        )
        return self.standing().filter(~models.Exists(earlier.exclude(outcome=Outcome.ADVANCES)))

    def deciding(self) -> "ResultQuerySet":
        """In force, and the end of the way: what only goes on to the next stage is not decided yet."""
        return self.in_force().exclude(outcome=Outcome.ADVANCES)

    def going_on(self) -> "ResultQuerySet":
        """In force, and not the end of the way: who is judged in the next stage."""
        return self.in_force().filter(outcome=Outcome.ADVANCES)

    def selected(self) -> "ResultQuerySet":
        return self.deciding().filter(outcome=Outcome.SELECTED)


# What was published stands. One mark is made later: that a revision, whose row exists already, takes its place.
_FROZEN = """
    IF TG_OP = 'UPDATE' AND OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL
            AND to_jsonb(NEW) - 'superseded_at' = to_jsonb(OLD) - 'superseded_at'
            AND EXISTS (SELECT 1 FROM evaluation_result following WHERE following.supersedes_id = OLD.id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a published result stands'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'published_result_is_frozen';
"""

_FOLLOWS = """
    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM evaluation_result former
          JOIN evaluation_entry old_entry ON old_entry.id = former.entry_id
          JOIN evaluation_round old_round ON old_round.id = old_entry.round_id
          JOIN evaluation_entry entry ON entry.id = NEW.entry_id AND entry.submission_id = old_entry.submission_id
          JOIN evaluation_round round ON round.id = entry.round_id AND round.purpose = 'anew'
               AND round.lot_id = old_round.lot_id AND round.stage_id = old_round.stage_id
          JOIN evaluation_reevaluation wanted ON wanted.round_id = round.id AND wanted.standing
          JOIN evaluation_objection objection
            ON objection.id = wanted.objection_id AND objection.result_id = former.id
         WHERE former.id = NEW.supersedes_id AND former.published_at IS NOT NULL
           AND NEW.ordinal = former.ordinal + 1
           AND NEW.original_id = coalesce(former.original_id, former.id)
    ) THEN
        RAISE EXCEPTION 'a revision follows the published result that is evaluated anew'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'revision_follows_its_result';
    END IF;
    IF NEW.published_at IS NOT NULL AND (NEW.ordinal > 0) <> EXISTS (
        SELECT 1 FROM evaluation_entry entry JOIN evaluation_round round ON round.id = entry.round_id
         WHERE entry.id = NEW.entry_id AND round.purpose = 'anew'
    ) THEN
        RAISE EXCEPTION 'only an evaluation anew makes a revision'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'revision_follows_its_result';
    END IF;
    RETURN NEW;
"""

# Asked at the end of the transaction: nothing is superseded by what is not published.
_REPLACED = """
    IF NOT EXISTS (
        SELECT 1 FROM evaluation_result following
         WHERE following.supersedes_id = NEW.id AND following.published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a result is superseded by a published one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'superseded_by_what_is_published';
    END IF;
    RETURN NULL;
"""


class Result(models.Model):
    """Score, rank and outcome of one entry, with the hash of the inputs it was computed from.

    ``total`` and ``group_means`` are rounded once, half up, to two decimals (rules.md).
    ``criterion_means`` is told to the applicant. Rank is empty below the pass mark. A stage that says fit or
    unfit has no total: ``checks`` holds how many called each check fit and unfit (``{check: [fit, unfit]}``).
    ``versions`` are the keys of the sheet versions that were counted, in the order of the panel.

    An evaluation anew makes a further revision: ``ordinal`` counts them from 0, ``supersedes`` is the one before,
    ``original`` the one of ordinal 0. Of all revisions exactly one is published and not superseded.
    """

    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, related_name="result", verbose_name=_("entry")
    )
    sheets = models.PositiveSmallIntegerField(_("sheets that count"))
    total = models.DecimalField(_("score"), max_digits=6, decimal_places=2, null=True)
    group_means = models.JSONField(_("means of the groups"), default=dict)
    criterion_means = models.JSONField(_("means of the criteria"), default=dict)
    checks = models.JSONField(_("fit or unfit"), default=dict)
    versions = ArrayField(models.BigIntegerField(), verbose_name=_("sheet versions"), default=list)
    passed = models.BooleanField(_("passed"), default=False)
    rank = models.PositiveIntegerField(_("place"), null=True)
    outcome = models.CharField(_("outcome"), max_length=14, choices=Outcome.choices, default=Outcome.OPEN)
    outcome_reason = models.CharField(_("reason"), max_length=300, blank=True)
    inputs_sha256 = models.CharField(_("hash of the inputs"), max_length=64)
    computed_at = models.DateTimeField(_("computed at"), db_default=Now())
    published_at = models.DateTimeField(_("published at"), null=True)
    objections_until = models.DateTimeField(
        _("objections until"), null=True, help_text=_("Half-open; set with the publication.")
    )
    code = models.CharField(
        _("code in the published list"),
        max_length=9,
        blank=True,
        default="",
        db_default="",
        help_text=_("Random, given with the publication; told to its applicant alone."),
    )

    ordinal = models.PositiveSmallIntegerField(_("revision"), default=0, db_default=0)
    supersedes = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="superseded_by",
        verbose_name=_("supersedes"),
    )
    original = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="revisions", verbose_name=_("first result")
    )
    superseded_at = models.DateTimeField(_("superseded at"), null=True)

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["rank", "-total", "entry__order"]
        constraints = [
            models.CheckConstraint(
                condition=Q(passed=True, rank__isnull=False, total__isnull=False)
                | Q(passed=True, rank=None, total=None)
                | Q(passed=False, rank=None),
                name="only_who_passes_has_a_place",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="advances") | Q(passed=True), name="only_who_passes_goes_on"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="selected") | Q(passed=True),
                name="only_who_passes_is_selected",
                violation_error_message=_("An entry below the pass mark cannot be selected."),
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | ~Q(outcome="open"), name="published_result_is_decided"
            ),
            models.CheckConstraint(
                condition=Q(total=None) | Q(total__gte=0, total__lte=100), name="total_0_to_100"
            ),
            models.CheckConstraint(
                condition=Q(objections_until=None)
                | Q(published_at__isnull=False, objections_until__gt=F("published_at")),
                name="objections_after_the_publication",
            ),
            models.CheckConstraint(
                condition=Q(code="") | Q(published_at__isnull=False), name="code_with_the_publication"
            ),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="one_result_of_a_code"),
            models.CheckConstraint(
                condition=Q(ordinal=0, supersedes=None, original=None)
                | Q(ordinal__gt=0, supersedes__isnull=False, original__isnull=False),
                name="revision_names_what_it_supersedes",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at=None)
                | Q(published_at__isnull=False, superseded_at__gte=F("published_at")),
                name="only_the_published_is_superseded",
            ),
            models.UniqueConstraint(fields=["original", "ordinal"], name="one_result_of_a_revision"),
            models.UniqueConstraint(
                Coalesce("original", "id"),
                condition=Q(published_at__isnull=False, superseded_at=None),
                name="one_current_revision",
            ),
        ]
        triggers = [
            # Nobody is selected before the last stage, and nobody goes on after it.
            pgtrigger.Trigger(
                name="outcome_of_its_stage",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("outcome", "entry_id"),
                condition=pgtrigger.Condition("NEW.outcome IN ('advances', 'selected')"),
                func="""
                    IF (NEW.outcome = 'selected') = EXISTS (
                        SELECT 1 FROM evaluation_entry entry
                        JOIN evaluation_round round ON round.id = entry.round_id
                        JOIN submissions_callstage stage ON stage.id = round.stage_id
                        JOIN submissions_callstage later
                          ON later.call_id = stage.call_id AND later."order" > stage."order"
                        WHERE entry.id = NEW.entry_id
                    ) THEN
                        RAISE EXCEPTION 'only the last stage selects, and only an earlier one lets go on'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'outcome_of_its_stage';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="published_result_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
                func=_FROZEN,
            ),
            pgtrigger.Trigger(
                name="revision_follows_its_result",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("supersedes_id", "ordinal", "original_id", "entry_id", "published_at"),
                func=_FOLLOWS,
            ),
            pgtrigger.Trigger(
                name="superseded_by_what_is_published",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("superseded_at"),
                condition=pgtrigger.Q(new__superseded_at__isnull=False),
                timing=pgtrigger.Deferred,
                func=_REPLACED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}"


class ResultFile(models.Model):
    """What everybody may download of a published round, byte by byte, and its SHA-256 (``result_file.py``)."""

    round = models.OneToOneField(
        Round, on_delete=models.PROTECT, related_name="result_file", verbose_name=_("round")
    )
    content = models.TextField(_("content"))
    sha256 = models.CharField("SHA-256", max_length=64)
    made_at = models.DateTimeField(_("made at"), db_default=Now())

    class Meta:
        verbose_name = _("published file of a round")
        verbose_name_plural = _("published files of rounds")
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="result_file_has_its_hash"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="result_file_stands", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.round_id}"


class AssignmentsFile(models.Model):
    """Who was to judge what, frozen with the publication byte by byte (``part_files.py``).

    Rule and sheets are cut from the result's file, which is frozen itself; assignments stand in no other file.
    """

    round = models.OneToOneField(
        Round, on_delete=models.PROTECT, related_name="assignments_file", verbose_name=_("round")
    )
    content = models.TextField(_("content"))
    sha256 = models.CharField("SHA-256", max_length=64)
    made_at = models.DateTimeField(_("made at"), db_default=Now())

    class Meta:
        verbose_name = _("published assignments of a round")
        verbose_name_plural = _("published assignments of rounds")
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="assignments_file_has_its_hash"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="assignments_file_stands", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.round_id}"
