"""Organisations: what they are (rows, not code), and whether staff have verified them."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from ..regions import REGIONS
from ..states import OrganisationState


class OrganisationKind(models.Model):
    """Public institution, company, agency, ministry, support institute, test house, …

    A new kind is a row. The flags say which identity an organisation of this kind must give and
    what it may do in the engine.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    has_institution_code = models.BooleanField(_("has a 7-digit demand-institution code"), default=False)
    has_business_number = models.BooleanField(_("has a 10-digit business registration number"), default=False)
    may_apply = models.BooleanField(_("people may apply for one of this kind themselves"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        default_permissions = ()
        verbose_name = _("kind of organisation")
        verbose_name_plural = _("kinds of organisations")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.code


class InstitutionClass(models.Model):
    """Central government, local government, public corporation, … (rates and targets differ by it)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        default_permissions = ()
        verbose_name = _("class of institution")
        verbose_name_plural = _("classes of institutions")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.code


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def of_user(self, user) -> "OrganisationQuerySet":
        """The organisations that a person is an active member of."""
        return self.filter(memberships__user=user, memberships__left_at=None)

    def visible_to(self, user) -> "OrganisationQuerySet":
        """Verified ones are public; one's own always; staff who verify see all."""
        if not user.is_authenticated:
            return self.filter(state="verified")
        if user.is_staff and user.has_perm("accounts.verify_organisations"):
            return self
        return self.filter(Q(state="verified") | Q(pk__in=Organisation.objects.of_user(user).values("pk")))


class Organisation(models.Model):
    State = OrganisationState

    class Size(models.TextChoices):
        MICRO = "micro", _("micro enterprise")
        SMALL = "small", _("small enterprise")
        MEDIUM = "medium", _("medium enterprise")
        LARGE = "large", _("large enterprise")

    kind = models.ForeignKey(OrganisationKind, on_delete=models.PROTECT, verbose_name=_("kind"))
    name_ko = models.CharField(_("name in Korean"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    institution_code = models.CharField(  # noqa: DJ001 – most kinds have none, and "" would not be unique
        _("demand-institution code"), max_length=7, null=True, blank=True
    )
    institution_class = models.ForeignKey(
        InstitutionClass,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("class of institution"),
    )
    business_number = models.CharField(  # noqa: DJ001
        _("business registration number"), max_length=10, null=True, blank=True
    )
    size_class = models.CharField(
        pgettext_lazy("an enterprise", "size"), max_length=10, choices=Size.choices, blank=True
    )
    is_women_owned = models.BooleanField(_("women-owned enterprise"), default=False)
    is_youth_led = models.BooleanField(_("youth-led enterprise"), default=False)
    region = models.CharField(_("region"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    applied_at = models.DateTimeField(_("applied at"), db_default=Now())
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    refused_reason = models.CharField(_("why refused"), max_length=300, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name_ko", "pk"]
        constraints = [
            # A refused application keeps its numbers on record and does not block the rightful owner.
            models.UniqueConstraint(
                fields=["business_number"],
                condition=~Q(state="refused"),
                name="one_organisation_for_a_business_number",
                violation_error_message=_(
                    "An organisation with this business registration number is already registered. Ask its"
                    " owner to add you as a member."
                ),
            ),
            models.UniqueConstraint(
                fields=["institution_code"],
                condition=~Q(state="refused"),
                name="one_organisation_for_an_institution_code",
                violation_error_message=_(
                    "An organisation with this demand-institution code is already registered. Ask its owner"
                    " to add you as a member."
                ),
            ),
            models.CheckConstraint(
                condition=Q(institution_code__isnull=True) | Q(institution_code__regex=r"^[0-9]{7}$"),
                name="institution_code_has_7_digits",
                violation_error_message=_("A demand-institution code has 7 digits."),
            ),
            models.CheckConstraint(
                condition=Q(business_number__isnull=True) | Q(business_number__regex=r"^[0-9]{10}$"),
                name="business_number_has_10_digits",
                violation_error_message=_("A business registration number has 10 digits."),
            ),
            models.CheckConstraint(
                condition=~Q(business_number="0000000000"),
                name="business_number_is_not_zero",
                violation_error_message=_("A business registration number of only zeros does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(state="pending", decided_at__isnull=True)
                | (~Q(state="pending") & Q(decided_at__isnull=False)),
                name="organisation_decided_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | Q(refused_reason__gt=""),
                name="organisation_refused_says_why",
                violation_error_message=_("Say why the organisation is refused."),
            ),
        ]

    def __str__(self) -> str:
        return self.name_ko

    def get_absolute_url(self) -> str:
        return reverse("accounts:organisation", args=[self.pk])

    @property
    def region_name(self) -> str:
        """The region in the language of the page."""
        return str(REGIONS.get(self.region, self.region))

    @property
    def name(self) -> str:
        """In the language of the page or message that is being written."""
        return self.name_en if self.name_en and get_language() == "en" else self.name_ko

    @property
    def path(self) -> str:
        """Its page's address without a language, as messages and milestones keep it."""
        return f"/organisations/{self.pk}/"

    @property
    def is_verified(self) -> bool:
        return self.state == self.State.VERIFIED
