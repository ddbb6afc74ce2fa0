"""The need: a public institution's problem, put so that companies can answer it, and what people wish for."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.sealed_fields import (
    SealedCharField,
    SealedDateField,
    SealedJSONField,
    SealedTextField,
    SealedWonField,
    SpelledConstraint,
    in_order,
    is_listed,
    is_won,
)
from innomarket.evaluation.models import Result, Round
from innomarket.submissions.models import Lot, Submission
from innomarket.submissions.states import CallState


def are_goals(value: object) -> None:
    """Numbers of Sustainable Development Goals."""
    if not isinstance(value, list) or any(type(each) is not int or not 1 <= each <= 17 for each in value):
        raise ValidationError(_("A goal is a number from 1 to 17."))


class Need(models.Model):
    """What a challenge task and an idea share: they are a submission, which may have been made public."""

    submission: models.OneToOneField
    submission_id: int

    published_at = models.DateTimeField(_("made public at"), null=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.submission_id)

    def is_public(self) -> bool:
        """Whether its texts are written plain, so that they can be searched."""
        return self.published_at is not None

    @property
    def number(self) -> str:
        """Its submission's number: what people quote, and what the history shows."""
        return self.submission.number


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def public(self) -> "ChallengeQuerySet":
        return self.filter(published_at__isnull=False)

    def waiting_for_a_call(self) -> "ChallengeQuerySet":
        """Public, and without a call for solutions that stands."""
        return self.public().filter(Q(solution_lot=None) | Q(solution_lot__call__state=CallState.CANCELLED))

    def with_outcome(self) -> "ChallengeQuerySet":
        """``decided``: the results of its call for solutions are published; ``answered``: one was selected."""
        rounds = Round.objects.concluding().filter(lot=models.OuterRef("solution_lot"))
        chosen = Result.objects.selected().filter(entry__submission__lot=models.OuterRef("solution_lot"))
        return self.annotate(decided=models.Exists(rounds), answered=models.Exists(chosen))

    def readable_by(self, user) -> "ChallengeQuerySet":
        return self.filter(submission__in=Submission.objects.readable_by(user).values("pk"))

    def visible_to(self, user) -> "ChallengeQuerySet":
        return self.filter(submission__in=Submission.objects.visible_to(user).values("pk"))


class Challenge(Need):
    """The problem, not the solution (domain.md §3.1). Who submitted it and its state: the submission."""

    submission = models.OneToOneField(
        Submission,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="challenge",
        verbose_name=_("submission"),
    )
    title = SealedCharField(_("title of the task"), max_length=120, blank=True)
    problem = SealedTextField(_("the problem"), blank=True)
    who_suffers = SealedTextField(_("who suffers from it"), blank=True)
    today = SealedTextField(_("how it is done today"), blank=True)
    needed_performance = SealedTextField(_("needed performance"), blank=True)
    test_site = SealedTextField(_("test site and conditions"), blank=True)
    scale = SealedTextField(_("scale"), blank=True)
    budget_won = SealedWonField(
        _("budget estimate"), null=True, blank=True, help_text=_("won"), validators=[MinValueValidator(1)]
    )
    wanted_from = SealedDateField(_("wanted from"), null=True, blank=True)
    wanted_until = SealedDateField(_("wanted until"), null=True, blank=True)
    sdgs = SealedJSONField(
        _("sustainable development goals"), default=list, blank=True, validators=[are_goals]
    )
    # After selection:
    solution_lot = models.OneToOneField(
        Lot,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="challenge",
        verbose_name=_("lot of the call for solutions"),
    )

    # Set by ChallengeQuerySet.with_outcome.
    decided: bool
    answered: bool

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        verbose_name = _("challenge task")
        verbose_name_plural = _("challenge tasks")
        constraints = [
            models.CheckConstraint(
                condition=is_won("budget_won"),
                name="challenge_budget_is_positive",
                violation_error_message=_("The budget estimate must be more than 0 won."),
            ),
            models.CheckConstraint(
                condition=in_order("wanted_from", "wanted_until"),
                name="challenge_dates_in_order",
                violation_error_message=_("The end of the wanted time must not lie before its beginning."),
            ),
            SpelledConstraint(
                condition=is_listed("sdgs", "([1-9]|1[0-7])"),
                name="challenge_goals_1_to_17",
                violation_error_message=_("A goal is a number from 1 to 17."),
            ),
            models.CheckConstraint(
                condition=Q(solution_lot=None) | Q(published_at__isnull=False),
                name="challenge_answered_only_when_public",
            ),
        ]

        indexes = [
            models.Index(
                fields=["-published_at", "-submission"],
                condition=Q(published_at__isnull=False),
                name="challenges_made_public",
            )
        ]


class IdeaQuerySet(models.QuerySet["Idea"]):
    def public(self) -> "IdeaQuerySet":
        return self.filter(published_at__isnull=False)

    def readable_by(self, user) -> "IdeaQuerySet":
        """Public ones by their page alone: the frozen file of a submission tells by a number who wrote it."""
        return self.filter(
            Q(published_at__isnull=False)
            | Q(submission__in=Submission.objects.readable_by(user).values("pk"))
        )


class Idea(Need):
    """What a person wishes were better (domain.md §3.3). Who wrote it is never shown in public."""

    submission = models.OneToOneField(
        Submission,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="idea",
        verbose_name=_("submission"),
    )
    title = SealedCharField(_("title of the idea"), max_length=120, blank=True)
    problem = SealedTextField(_("what troubles people"), blank=True)
    wish = SealedTextField(_("what should be better"), blank=True)
    place = SealedCharField(_("where"), max_length=120, blank=True)

    objects = IdeaQuerySet.as_manager()

    class Meta:
        verbose_name = _("idea")
        verbose_name_plural = _("ideas")
        indexes = [
            models.Index(
                fields=["-published_at", "-submission"],
                condition=Q(published_at__isnull=False),
                name="ideas_made_public",
            )
        ]
