"""An evaluation round of one lot, and what is judged in it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.submissions.models import CallStage, Lot, Revision, Submission

from ..states import Outcome, Purpose, RoundState


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user) -> "RoundQuerySet":
        """Staff who run rounds, and the members of its panel."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff and user.has_perm("accounts.run_rounds"):
            return self
        return self.filter(
            pk__in=Round.objects.filter(panelists__user=user, panelists__left_at=None).order_by().values("pk")
        )

    def concluding(self) -> "RoundQuerySet":
        """Published, and nobody goes on: of the last stage, or of one that no entry passed.

        With these the lot has its result; what an earlier stage published only says who goes on. Asked of the
        results that stand: an entry that was evaluated anew may go on where nobody did before.
        """
        later = CallStage.objects.filter(
            call=models.OuterRef("stage__call"), order__gt=models.OuterRef("stage__order")
        )
        standing = Entry.objects.filter(result__published_at__isnull=False, result__superseded_at=None)
        ended = standing.filter(  # as Result.objects.in_force(): evaluated anew, it fell in an earlier stage
            submission=models.OuterRef("submission"),
            round__stage__order__lt=models.OuterRef("round__stage__order"),
        ).exclude(result__outcome=Outcome.ADVANCES)
        advancing = standing.filter(
            ~models.Exists(ended),
            round__lot=models.OuterRef("lot"),
            round__stage=models.OuterRef("stage"),
            result__outcome=Outcome.ADVANCES,
        )
        return self.filter(state=RoundState.PUBLISHED).filter(
            ~models.Exists(later) | ~models.Exists(advancing)
        )


# A round beside another judges by the same rule what that one has published (rules.md: written beforehand).
_BESIDE = """
    IF NOT EXISTS (
        SELECT 1 FROM evaluation_round original
         WHERE original.id = NEW.beside_id AND original.purpose = 'first' AND original.state = 'published'
           AND original.lot_id = NEW.lot_id AND original.stage_id = NEW.stage_id
           AND original.pass_mark IS NOT DISTINCT FROM NEW.pass_mark
           AND original.least_sheets = NEW.least_sheets
           AND original.trim_from IS NOT DISTINCT FROM NEW.trim_from
    ) THEN
        RAISE EXCEPTION 'a round stands beside the published round of its stage, by the same rule'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'round_beside_the_published';
    END IF;
    RETURN NEW;
"""

# Asked when results become public, not of rounds that were published before this promise was made.
_BY_TWO = """
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state = 'published' THEN
            RETURN NEW;
        END IF;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM evaluation_publishedround part
          JOIN evaluation_publication publication ON publication.id = part.publication_id
         WHERE part.round_id = NEW.id AND part.standing AND publication.state = 'confirmed'
           AND publication.confirmed_by_id <> publication.prepared_by_id
    ) THEN
        RAISE EXCEPTION 'Results are published by two: one prepares the publication, another one confirms it.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Round(models.Model):
    """One stage of judging a lot. Its rule is copied from the stage, and the database holds it to that."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("lot"))
    stage = models.ForeignKey(
        CallStage, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("stage")
    )
    purpose = models.CharField(
        _("what it is held for"),
        max_length=5,
        choices=Purpose.choices,
        default=Purpose.FIRST,
        db_default=Purpose.FIRST.value,
    )
    beside = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="beside_it",
        verbose_name=_("beside the round"),
        help_text=_("The round of the same stage whose published list its entries are placed in."),
    )
    state = models.CharField(
        _("state"), max_length=12, choices=RoundState.choices, default=RoundState.PREPARING
    )
    chief = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("chief of the round"),
    )
    pass_mark = models.DecimalField(_("pass mark"), max_digits=5, decimal_places=2, null=True)
    least_sheets = models.PositiveSmallIntegerField(_("fewest sheets that give a result"))
    trim_from = models.PositiveSmallIntegerField(
        _("sheets from which the highest and the lowest are dropped"), null=True
    )
    due_at = models.DateTimeField(_("sheets are due"), null=True, blank=True)
    created_at = models.DateTimeField(_("made at"), db_default=Now())
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    published_at = models.DateTimeField(_("published at"), null=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation round")
        verbose_name_plural = _("evaluation rounds")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot"],
                condition=Q(state__in=["preparing", "scoring", "finished"], purpose="first"),
                name="one_active_round_of_a_lot",
                violation_error_message=_("A round of this lot is already under way."),
            ),
            models.UniqueConstraint(
                fields=["lot", "stage"],
                condition=Q(state="published", purpose="first"),
                name="one_published_round_of_a_stage",
                violation_error_message=_("The results of this stage are already published."),
            ),
            models.UniqueConstraint(
                fields=["lot", "stage"],
                condition=Q(state__in=["preparing", "scoring", "finished"], purpose="late"),
                name="one_late_round_under_way",
                violation_error_message=_("A supplementary round of this stage is already under way."),
            ),
            models.CheckConstraint(
                condition=Q(purpose="first", beside=None)
                | Q(purpose__in=["anew", "late"], beside__isnull=False),
                name="round_beside_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["preparing", "cancelled"]) | Q(started_at__isnull=False),
                name="round_started_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["preparing", "scoring", "cancelled"]) | Q(finished_at__isnull=False),
                name="round_finished_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False)
                | (~Q(state="published") & Q(published_at__isnull=True)),
                name="round_published_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(pass_mark=None) | Q(pass_mark__gte=0, pass_mark__lte=100),
                name="round_pass_mark_0_to_100",
            ),
        ]
        triggers = [
            # What was announced is what counts: nobody puts another rule into a round (rules.md: written beforehand).
            pgtrigger.Trigger(
                name="round_follows_its_stage",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("lot_id", "stage_id", "pass_mark", "least_sheets", "trim_from"),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM submissions_callstage stage
                        JOIN submissions_lot lot ON lot.call_id = stage.call_id
                        WHERE stage.id = NEW.stage_id AND lot.id = NEW.lot_id
                          AND (stage.method = 'fit') = (NEW.pass_mark IS NULL)
                          AND (stage.from_before
                               OR (NEW.pass_mark IS NOT DISTINCT FROM stage.pass_mark
                                   AND NEW.least_sheets = stage.least_sheets
                                   AND NEW.trim_from IS NOT DISTINCT FROM stage.trim_from))
                    ) THEN
                        RAISE EXCEPTION 'a round counts as its stage was announced'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'round_follows_its_stage';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="round_beside_the_published",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf(
                    "beside_id", "purpose", "lot_id", "stage_id", "pass_mark", "least_sheets", "trim_from"
                ),
                condition=pgtrigger.Condition("NEW.beside_id IS NOT NULL"),
                func=_BESIDE,
            ),
            pgtrigger.Trigger(
                name="published_by_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.state = 'published'"),
                func=_BY_TWO,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_first(self) -> bool:
        """Whether it is the stage's own round, not one beside it."""
        return self.purpose == Purpose.FIRST


class EntryQuerySet(models.QuerySet["Entry"]):
    def openly(self) -> "EntryQuerySet":
        """Those whose evaluators read what was submitted; of a blind stage they read the anonymous copy alone."""
        return self.filter(round__stage__blind=False)

    def assigned_to(self, user) -> "EntryQuerySet":
        """What a panel member may read: assigned, conflicts declared, not recused, still on the panel.

        From the start of the scoring until the results are published: then the need to know ends.
        """
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            pk__in=Entry.objects.filter(
                assignments__panelist__user=user,
                assignments__panelist__left_at=None,
                assignments__panelist__declared_at__isnull=False,
                assignments__recusal__isnull=True,
                round__state__in=[RoundState.SCORING, RoundState.FINISHED],
            )
            .order_by()
            .values("pk")
        )


class Entry(models.Model):
    """A submission at the revision that is judged."""

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="entries", verbose_name=_("round")
    )
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="entries", verbose_name=_("submission")
    )
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="entries", verbose_name=_("revision judged")
    )
    order = models.PositiveIntegerField(_("order"))

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["round", "order"]
        constraints = [
            models.UniqueConstraint(fields=["round", "submission"], name="one_entry_of_a_submission"),
            models.UniqueConstraint(fields=["round", "order"], name="one_entry_in_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.order}"
