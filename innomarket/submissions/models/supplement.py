"""A supplement (보완): formal papers that staff ask for after the opening. It stands beside the frozen revision."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from ..states import SUPPLEMENT_UNDER_WAY, PaperVerdict, SupplementOutcome, SupplementState
from .revision import Revision
from .submission import Submission


class SupplementRequestQuerySet(models.QuerySet["SupplementRequest"]):
    def under_way(self) -> "SupplementRequestQuerySet":
        """Asked for and not concluded yet."""
        return self.filter(state__in=SUPPLEMENT_UNDER_WAY)

    def of_applicant(self, user) -> "SupplementRequestQuerySet":
        """Those of one's own submissions."""
        return self.filter(submission__in=Submission.objects.of_applicant(user).values("pk"))

    def readable_by(self, user) -> "SupplementRequestQuerySet":
        """The applicant's people and staff who run rounds; no evaluator: they judge content, not formal papers."""
        if user.is_authenticated and user.is_staff and user.has_perm("accounts.run_rounds"):
            return self
        return self.of_applicant(user)

    visible_to = readable_by


class SupplementRequest(models.Model):
    """Named papers, asked of one submission at its frozen revision until ``due_at`` (half-open).

    Of the purpose "anonymous copy" it has one paper: a copy without what shows who applied. It stands for content
    that was submitted, so its stated date is the closing day and staff confirm that the content is the same.

    ``sha256`` covers what was sent: the number, the revision's hash and each paper with its stated date and
    its file's hash, as canonical JSON (``submissions/freezing.py``).
    """

    class Purpose(models.TextChoices):
        FORMAL = "formal", _("formal papers")
        ANONYMOUS = "anonymous", _("anonymous copy")

    number = models.CharField(_("number"), max_length=20, unique=True)
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="supplements", verbose_name=_("submission")
    )
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="+", verbose_name=_("submitted revision")
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices, default=Purpose.FORMAL)
    reason = models.TextField(_("why the papers are asked for"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"), db_default=Now())
    due_at = models.DateTimeField(_("due"))
    closing_on = models.DateField(_("closing day"), help_text=_("The day in Seoul on which its call closed."))
    state = models.CharField(
        _("state"), max_length=10, choices=SupplementState.choices, default=SupplementState.ASKED
    )
    reminded_at = models.DateTimeField(_("reminded at"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("sent by"),
    )
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    concluded_at = models.DateTimeField(_("concluded at"), null=True)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("concluded by"),
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=SupplementOutcome.choices, blank=True)
    outcome_reason = models.TextField(_("reason of the outcome"), blank=True)

    objects = SupplementRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplement request")
        verbose_name_plural = _("supplement requests")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(state__in=["asked", "sent", "lapsed"]),
                name="one_supplement_under_way",
                violation_error_message=_("A supplement request of this submission is already under way."),
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("asked_at")), name="supplement_due_after_asked"),
            models.CheckConstraint(
                condition=Q(sent_at=None, sent_by=None, sha256="")
                | Q(
                    sent_at__isnull=False,
                    sent_by__isnull=False,
                    sha256__regex=r"^[0-9a-f]{64}$",
                    sent_at__lt=F("due_at"),
                ),
                name="supplement_sent_in_time",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | Q(state__in=["asked", "lapsed"], sent_at=None)
                | Q(state="concluded"),
                name="supplement_state_and_sending",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="concluded",
                    concluded_at__isnull=False,
                    concluded_by__isnull=False,
                    outcome__in=["judged", "excluded"],
                    outcome_reason__gt="",
                )
                | (
                    ~Q(state="concluded")
                    & Q(concluded_at=None, concluded_by=None, outcome="", outcome_reason="")
                ),
                name="supplement_concluded_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="asked"), name="supplements_due")]

    def __str__(self) -> str:
        return self.number


class SupplementPaper(models.Model):
    """One named paper: what the applicant gave, and what staff found of it.

    ``closing_on`` is copied from the request, so that the row itself shows whether it was issued in time.
    """

    request = models.ForeignKey(
        SupplementRequest,
        on_delete=models.PROTECT,
        related_name="papers",
        verbose_name=_("supplement request"),
    )
    order = models.PositiveSmallIntegerField(_("order"))
    name_ko = models.CharField(_("name in Korean"), max_length=120, blank=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    why = models.CharField(_("why it is needed"), max_length=500, blank=True)
    closing_on = models.DateField(_("closing day"))
    document = models.OneToOneField(
        "documents.Document",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("document"),
    )
    stated_on = models.DateField(_("issue date stated by the applicant"), null=True)
    pages = models.PositiveIntegerField(_("pages"), null=True)
    blank_pages = models.PositiveIntegerField(_("pages that look blank"), null=True)
    given_at = models.DateTimeField(_("uploaded at"), null=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    verdict = models.CharField(_("verdict"), max_length=10, choices=PaperVerdict.choices, blank=True)
    confirmed_on = models.DateField(_("issue date confirmed by staff"), null=True)
    verdict_reason = models.TextField(_("reason"), blank=True)
    judged_at = models.DateTimeField(_("judged at"), null=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("judged by"),
    )

    class Meta:
        verbose_name = _("paper of a supplement")
        verbose_name_plural = _("papers of supplements")
        ordering = ["request", "order"]
        constraints = [
            models.UniqueConstraint(fields=["request", "order"], name="one_paper_in_a_place"),
            models.CheckConstraint(condition=Q(name_ko__gt="") | Q(name_en__gt=""), name="paper_has_a_name"),
            models.CheckConstraint(
                condition=Q(document=None, stated_on=None, given_at=None, given_by=None)
                | Q(document__isnull=False, given_at__isnull=False, given_by__isnull=False),
                name="paper_date_has_its_file",
            ),
            models.CheckConstraint(
                condition=Q(verdict="", judged_at=None, judged_by=None, confirmed_on=None)
                | Q(
                    verdict="accepted",
                    document__isnull=False,
                    judged_by__isnull=False,
                    judged_at__isnull=False,
                    confirmed_on__isnull=False,
                    confirmed_on__lte=F("closing_on"),
                )
                | Q(
                    verdict="too_late",
                    document__isnull=False,
                    judged_by__isnull=False,
                    judged_at__isnull=False,
                    confirmed_on__isnull=False,
                    confirmed_on__gt=F("closing_on"),
                )
                | Q(
                    verdict="blank",
                    document__isnull=False,
                    judged_by__isnull=False,
                    judged_at__isnull=False,
                    verdict_reason__gt="",
                    confirmed_on=None,
                )
                | Q(
                    verdict="differs",
                    document__isnull=False,
                    judged_by__isnull=False,
                    judged_at__isnull=False,
                    verdict_reason__gt="",
                    confirmed_on=None,
                )
                | Q(verdict="not_sent", judged_at__isnull=False, confirmed_on=None),
                name="paper_verdict_holds",
                violation_error_message=_(
                    "This verdict does not fit the paper and its confirmed issue date."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.order}"

    @property
    def is_copy(self) -> bool:
        """Whether it is a replaced anonymous copy and no formal paper."""
        return self.request.purpose == SupplementRequest.Purpose.ANONYMOUS

    @property
    def stated_too_late(self) -> bool:
        """Stated as issued after the closing day: such a paper is refused when staff confirm the date."""
        return self.stated_on is not None and self.stated_on > self.closing_on
