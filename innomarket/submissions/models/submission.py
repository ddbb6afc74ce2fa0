"""A submission: an applicant's answer to a lot, from the draft to the submitted revision."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.common.sealed_fields import SealedCharField, SealedTextField

from .. import readers
from ..states import SubmissionState, SupplementOutcome
from .call import Lot


def opened() -> Q:
    """Submitted, and its call's submissions have been opened on record."""
    return Q(state=SubmissionState.SUBMITTED, lot__call__opened_at__isnull=False)


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def of_applicant(self, user) -> "SubmissionQuerySet":
        """One's own: as the person, or as a member of the organisation."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(own(user))

    def countable(self) -> "SubmissionQuerySet":
        """What is evaluated: submitted, opened on record, of an applicant who counts, and not excluded.

        A person counts; an organisation when it was verified before the recorded opening of the call
        (rules.md, "Deadlines and outages").
        """
        verified = Q(
            applicant_organisation__state="verified",
            applicant_organisation__decided_at__lt=F("lot__call__opened_at"),
        )
        counted = self.filter(opened() & (Q(applicant_person__isnull=False) | verified))
        # A concluded supplement is where an exclusion is kept; no second column says it again.
        return counted.exclude(supplements__outcome=SupplementOutcome.EXCLUDED)

    def readable_by(self, user) -> "SubmissionQuerySet":
        """Whose content one may read; sealed content is outside this for staff too."""
        may = readers.others(user)
        if user.is_authenticated:
            may |= own(user)
            may |= opened() & Q(lot__owner__in=_memberships(user))
            if user.is_staff and user.has_perm("accounts.run_rounds"):
                may |= opened()
        # As a subquery: a reader may join to many rows, and the list must not repeat a submission.
        return self.filter(pk__in=Submission.objects.filter(may).order_by().values("pk"))

    def visible_to(self, user) -> "SubmissionQuerySet":
        """What one may know exists: number, lot, state."""
        if user.is_authenticated and user.is_staff and user.has_perm("accounts.run_rounds"):
            return self
        return self.readable_by(user)


def _memberships(user):
    from innomarket.accounts.reads import organisations_of

    return organisations_of(user)


def own(user) -> Q:
    return Q(applicant_person=user.pk) | Q(applicant_organisation__in=_memberships(user))


class Submission(models.Model):
    """Draft, submitted or withdrawn; who is selected is the result's outcome, not a state here.

    ``version`` counts saves, so that a second tab cannot overwrite what it has not seen.
    ``refused_fields`` is set by ``save_step`` alone: what was not stored, and why.
    """

    refused_fields: dict[str, list[str]]

    number = models.CharField(_("number"), max_length=20, unique=True)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="submissions", verbose_name=_("lot"))
    applicant_organisation = models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="submissions",
        verbose_name=_("applicant"),
    )
    applicant_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="submissions",
        verbose_name=_("applicant (person)"),
    )
    exclusive = models.BooleanField(
        default=False, help_text=_("Copied from the call: one for each applicant.")
    )
    title = SealedCharField(_("title"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=SubmissionState.choices, default=SubmissionState.DRAFT
    )
    story = models.ForeignKey(
        "timeline.Story",
        on_delete=models.PROTECT,
        null=True,
        related_name="submissions",
        verbose_name=_("story"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("begun by")
    )
    created_at = models.DateTimeField(_("begun at"), db_default=Now())
    saved_at = models.DateTimeField(_("saved at"), db_default=Now())
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("saved by")
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    current = models.ForeignKey(
        "submissions.Revision",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("submitted revision"),
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    withdrawal_note = SealedTextField(
        _("note on the withdrawal"), blank=True, default="", db_default="", help_text=_("Of one's own side.")
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(applicant_organisation__isnull=False, applicant_person__isnull=True)
                | Q(applicant_organisation__isnull=True, applicant_person__isnull=False),
                name="submission_has_one_applicant",
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(current__isnull=False, submitted_at__isnull=False),
                name="submitted_has_its_revision",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
                name="withdrawn_has_its_time",
            ),
            models.UniqueConstraint(
                fields=["lot", "applicant_organisation"],
                condition=Q(exclusive=True) & ~Q(state="withdrawn"),
                name="one_submission_each_and_lot",
                violation_error_message=_(
                    "Your organisation has already begun an answer to this. Open that one."
                ),
            ),
            models.UniqueConstraint(
                fields=["lot", "applicant_person"],
                condition=Q(exclusive=True) & ~Q(state="withdrawn"),
                name="one_submission_a_person_and_lot",
                violation_error_message=_("You have already begun an answer to this. Open that one."),
            ),
            models.CheckConstraint(
                condition=Q(saved_at__gte=F("created_at")), name="submission_saved_after_begun"
            ),
        ]
        indexes = [
            models.Index(fields=["lot", "state"], name="submissions_of_a_lot"),
            models.Index(fields=["applicant_organisation", "-id"], name="submissions_of_an_applicant"),
        ]

    def __str__(self) -> str:
        # Sealed content never stands in a name: lists, logs and the admin show the number.
        return self.number


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def kept(self) -> "AttachmentQuerySet":
        """The files that the draft has now."""
        return self.filter(removed_at=None)


class Attachment(models.Model):
    """A file of the draft, in one of the kind's slots. The draft owns it; a failed form never drops it.

    A removed one keeps its row: an earlier revision may hold the same document.
    """

    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="attachments", verbose_name=_("submission")
    )
    slot = models.CharField(_("what it is"), max_length=40)
    document = models.OneToOneField(
        "documents.Document", on_delete=models.PROTECT, related_name="+", verbose_name=_("document")
    )
    added_at = models.DateTimeField(_("added at"), db_default=Now())
    removed_at = models.DateTimeField(_("removed at"), null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a submission")
        verbose_name_plural = _("files of submissions")
        ordering = ["slot", "pk"]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.slot}"


class AttachmentUpload(models.Model):
    """For which slot of which draft an upload is on its way, and the attachment that it became."""

    upload = models.OneToOneField(
        "documents.Upload", on_delete=models.CASCADE, related_name="+", verbose_name=_("upload")
    )
    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="uploads", verbose_name=_("submission")
    )
    slot = models.CharField(_("what it is"), max_length=40)
    attachment = models.ForeignKey(
        Attachment, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("file")
    )

    class Meta:
        verbose_name = _("file on its way to a submission")
        verbose_name_plural = _("files on their way to submissions")

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.slot}"
