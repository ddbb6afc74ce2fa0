"""The steps of a proposal (in a draft every field may stay empty), and what the secretary enters."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from challenges.forms import DraftForm
from innomarket.accounts.models import User
from innomarket.common.fields import WonField
from innomarket.common.views import ReasonForm
from innomarket.submissions.models import Submission
from innomarket.submissions.words import moment

from .models import Committee, Meeting, Motion, Proposal, Seat
from .services.motion import RECUSAL_REASON_MAX
from .states import MeetingState

TEXT_MAX = 3_000


def _text(label: Any, help_text: Any, rows: int = 8) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class ProductForm(DraftForm):
    class Meta:
        model = Proposal
        fields = ["product_name_ko", "product_name_en", "summary", "trl", "patent_number"]
        labels = {
            "product_name_ko": _("Product name in Korean"),
            "product_name_en": _("Product name in English"),
            "summary": _("The product in one sentence"),
            "trl": _("Technology readiness level"),
            "patent_number": _("Patent or utility model"),
        }
        help_texts = {
            "product_name_ko": _(
                "As it will stand in the designation and in the catalogue, up to 120 characters."
            ),
            "product_name_en": _("Up to 160 characters."),
            "summary": _("What it does and for whom, up to 300 characters. It stands in the catalogue."),
            "trl": _(
                "A number from 1 to 9. A prototype must have reached 7, 8 or 9: shown in its real surroundings"
                " and not yet on the market."
            ),
            "patent_number": _(
                "The number of the registered right, or of the application, that covers the core technology."
                " Your company owns it, or will before the designation."
            ),
        }


class SolutionForm(DraftForm):
    solution = _text(
        _("How it solves the problem"),
        _("Answer the task point by point: what changes for those who suffer from the problem."),
    )
    novelty = _text(
        _("What is new"),
        _("What differs from what can be bought today, and which part of it is your own."),
    )
    performance = _text(
        _("Performance and evidence"),
        _("Each needed figure beside the one that you reach, and who measured it, when and how."),
    )

    class Meta:
        model = Proposal
        fields = ["solution", "novelty", "performance"]


class OfferForm(DraftForm):
    unit_price_won = WonField(
        label=_("Price of one unit"),
        help_text=_("VAT, delivery and training included, in whole won, for example 48,000,000."),
        required=False,
    )

    class Meta:
        model = Proposal
        fields = ["trial_months", "unit_price_won", "unit", "delivery_days"]
        labels = {
            "trial_months": _("Length of the trial"),
            "unit": _("Unit"),
            "delivery_days": _("Delivery time"),
        }
        help_texts = {
            "trial_months": _("From 1 to 12 months: what is needed to show the performance on site."),
            "unit": _("What one price buys: one device, one set, one licence for a year."),
            "delivery_days": _("Days from the contract to the delivery on site."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["trial_months"].unit = _("months")
        self.fields["delivery_days"].unit = _("days")
        self.fields["unit"].size = "short"


class CommitteeForm(forms.Form):
    """A new committee."""

    code = forms.SlugField(
        label=_("Code"), help_text=_("Small letters and hyphens, for example public-demand."), max_length=40
    )
    name_ko = forms.CharField(label=_("Name in Korean"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    least_present = forms.IntegerField(
        label=_("Fewest present"),
        help_text=_("For a quorum, beside more than half of the filled seats."),
        min_value=1,
        initial=3,
    )


class SeatForm(forms.Form):
    """Who takes a seat, and for how long; days in KST."""

    place = forms.IntegerField(
        label=_("Seat"), help_text=_("Its number on this committee."), min_value=1, max_value=99
    )
    holder = forms.EmailField(
        label=_("E-mail address of the member"), help_text=_("The person must have signed up with it.")
    )
    title_ko = forms.CharField(label=_("Title in Korean"), max_length=80, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=80, required=False)
    is_chair = forms.BooleanField(label=_("Chair"), required=False)
    begins = forms.DateField(label=_("First day"), widget=forms.DateInput)
    until = forms.DateField(
        label=_("Last day"),
        help_text=_("Empty: until further notice."),
        required=False,
        widget=forms.DateInput,
    )

    def clean_holder(self) -> User:
        """The person with this address."""
        found = User.objects.filter(email__iexact=self.cleaned_data["holder"], is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("Nobody has signed up with this address."))
        return found


class VacateForm(ReasonForm):
    """The end of a seat's time."""

    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput)
    field_order = ["last_day", "reason"]


class MeetingForm(forms.Form):
    """A meeting to be called; time in KST."""

    committee = forms.ModelChoiceField(label=_("Committee"), queryset=Committee.objects.order_by("name_ko"))
    held_at = forms.DateTimeField(label=_("Date and time"), help_text="KST", widget=forms.DateTimeInput)
    place = forms.CharField(label=_("Where"), max_length=120, required=False)


class ProposalChoice(forms.ModelMultipleChoiceField):
    """Selected proposals by number, product and company."""

    def label_from_instance(self, submission: Submission) -> str:
        label = (
            f"{submission.number} · {submission.current.title} ({submission.applicant_organisation.name_ko})"
        )
        rejected = _("rejected at an earlier meeting")
        return f"{label} – {rejected}" if submission.was_rejected else label


class TableForm(forms.Form):
    """Which proposals go onto the agenda."""

    submissions = ProposalChoice(
        label=_("Selected proposals"),
        help_text=_("Their results are published and they are on no agenda."),
        queryset=Submission.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one proposal.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submissions"].queryset = Motion.objects.proposals_to_table()


class ReviewForm(forms.Form):
    """In which meeting the committee votes on the end of a designation."""

    meeting = forms.ModelChoiceField(
        label=_("Meeting"),
        help_text=_("Planned ones and the one in session."),
        queryset=Meeting.objects.none(),
        empty_label=None,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["meeting"]
        open_ = Meeting.objects.exclude(state=MeetingState.CLOSED).select_related("committee")
        field.queryset = open_.order_by("held_at")  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: f"{one.number} · {moment(one.held_at)}"  # type: ignore[attr-defined]


class SeatChoice(forms.ModelMultipleChoiceField):
    """Seats by number and holder."""

    def label_from_instance(self, seat: Seat) -> str:
        return f"{seat.place} · {seat.holder.name}"


class AttendanceForm(forms.Form):
    """Who is present."""

    seats = SeatChoice(
        label=_("Members who are present"),
        queryset=Seat.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one member.")},
    )

    def __init__(self, *args: Any, seats: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seats"].queryset = seats


class OneSeat(forms.ModelChoiceField):
    def label_from_instance(self, seat: Seat) -> str:
        return f"{seat.place} · {seat.holder.name}"


class OwnRecusalForm(forms.Form):
    """Why a member leaves the base of a motion."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_(
            "The ground of the conflict. It is kept in the record; the other members see that you left."
        ),
        max_length=RECUSAL_REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RecusalForm(OwnRecusalForm):
    """A recusal that a member told the secretary."""

    seat = OneSeat(label=_("Member"), queryset=Seat.objects.none())
    field_order = ["seat", "reason"]

    def __init__(self, *args: Any, seats: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seat"].queryset = seats
