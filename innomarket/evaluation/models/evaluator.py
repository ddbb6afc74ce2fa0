"""The pool from which panels are drawn: what evaluators know, to whom they are tied, when they are away."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from ..states import EvaluatorState


class ExpertKind(models.TextChoices):
    """For which of the panel's seats somebody stands."""

    TECHNICAL = "technical", _("technology")
    POLICY = "policy", _("publicness and policy")
    MARKET = "market", _("market and investment")
    USER = "user", _("users and the field")


class ExpertiseQuerySet(models.QuerySet["Expertise"]):
    def in_use(self, day) -> "ExpertiseQuerySet":
        """What may be chosen on a day; what has ended stays with those who have it."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), begins_on__lte=day)


class Expertise(models.Model):
    """A field of expertise: a row that staff keep, with the days from and until which it may be chosen."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    begins_on = models.DateField(_("in use from"))
    ends_on = models.DateField(
        _("in use until"), null=True, blank=True, help_text=_("The first day without it.")
    )

    objects = ExpertiseQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("field of expertise")
        verbose_name_plural = _("fields of expertise")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("begins_on")), name="expertise_dates_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.code

    def holders(self) -> models.QuerySet["Evaluator"]:
        """The evaluators who say that they know it."""
        return Evaluator.objects.filter(fields=self)


class EvaluatorQuerySet(models.QuerySet["Evaluator"]):
    def visible_to(self, user) -> "EvaluatorQuerySet":
        """Oneself, and staff who run rounds: who is in the pool is told to nobody else."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff and user.has_perm("accounts.run_rounds"):
            return self
        return self.filter(user=user)

    def active(self) -> "EvaluatorQuerySet":
        return self.filter(state=EvaluatorState.ACTIVE, user__is_active=True)


class Evaluator(models.Model):
    """A person in the pool. Load and history are computed from the panels, never stored."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="evaluator", verbose_name=_("person")
    )
    state = models.CharField(_("state"), max_length=10, choices=EvaluatorState.choices)
    state_since = models.DateTimeField(_("in this state since"), db_default=Now())
    verified_at = models.DateTimeField(_("in the pool since"), null=True)
    state_reason = models.CharField(_("reason"), max_length=300, blank=True)
    kind = models.CharField(_("kind of expert"), max_length=10, choices=ExpertKind.choices, blank=True)
    fields = models.ManyToManyField(Expertise, related_name="+", verbose_name=_("fields of expertise"))
    most_panels = models.PositiveSmallIntegerField(
        _("most panels a year"), null=True, blank=True, help_text=_("Empty: as many as the rule allows.")
    )

    objects = EvaluatorQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("evaluator")
        verbose_name_plural = _("evaluators")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["applied", "invited", "active", "suspended", "refused", "left"]),
                name="evaluator_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "suspended"])
                | (Q(verified_at__isnull=False) & ~Q(kind="")),
                name="evaluator_in_the_pool_is_known",
                violation_error_message=_("Say which kind of expert this is first."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["suspended", "refused"]) | Q(state_reason__gt=""),
                name="evaluator_kept_out_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class TieQuerySet(models.QuerySet["Tie"]):
    def standing(self) -> "TieQuerySet":
        return self.filter(withdrawn_at=None)


class Tie(models.Model):
    """To whom an evaluator is or was tied; the open tie "employed" names the present employer.

    The organisation is a row, or a name where it has none here (``name_key``: the name without legal form and
    spaces, to be found again). Never deleted: what was stated by mistake is withdrawn.
    """

    class Kind(models.TextChoices):
        EMPLOYED = "employed", _("employed there")
        ADVISOR = "advisor", _("advisor")
        SHAREHOLDER = "shareholder", _("shareholder")
        FAMILY = "family", _("family belongs to it")
        PROJECT = "project", _("joint project")

    class Source(models.TextChoices):
        STATED = "stated", _("stated by the evaluator")
        FOUND = "found", _("found by the agency")

    evaluator = models.ForeignKey(
        Evaluator, on_delete=models.PROTECT, related_name="ties", verbose_name=_("evaluator")
    )
    kind = models.CharField(_("kind of tie"), max_length=12, choices=Kind.choices)
    organisation = models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    name = models.CharField(_("name of the organisation"), max_length=120, blank=True)
    name_key = models.CharField(max_length=120, blank=True, db_index=True, editable=False)
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("until"), null=True, blank=True, help_text=_("Empty: it holds today."))
    source = models.CharField(_("source"), max_length=8, choices=Source.choices, default=Source.STATED)
    stated_at = models.DateTimeField(_("stated at"), db_default=Now())
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)

    objects = TieQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("tie to an organisation")
        verbose_name_plural = _("ties to organisations")
        ordering = ["-from_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, name="")
                | Q(organisation__isnull=True, name__gt="", name_key__gt=""),
                name="tie_to_one_organisation",
                violation_error_message=_("Choose the organisation, or write its name: one of the two."),
            ),
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")),
                name="tie_dates_in_order",
                violation_error_message=_("The last day lies before the first one."),
            ),
        ]
        triggers = [pgtrigger.Protect(name="ties_stay", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.evaluator_id}/{self.pk}"


class Absence(models.Model):
    """Days on which an evaluator cannot sit: no panel is drawn with them whose work falls in it."""

    evaluator = models.ForeignKey(
        Evaluator, on_delete=models.CASCADE, related_name="absences", verbose_name=_("evaluator")
    )
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("until and including"))

    class Meta:
        default_permissions = ()
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["from_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")),
                name="absence_dates_in_order",
                violation_error_message=_("The last day lies before the first one."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.evaluator_id}/{self.from_on}"
