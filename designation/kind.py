"""The kind "proposal": how the engine meets a company's product as the answer to a challenge task."""

from django.utils.translation import gettext_lazy as _

from challenges.shipped import proposal_groups
from innomarket.submissions.kinds import Frozen, Kind, Missing, Section, Slot, Step
from innomarket.submissions.models import Submission

from .forms import OfferForm, ProductForm, SolutionForm
from .models import Proposal
from .names import CODE, url
from .permissions import may_propose

# Before commercialisation, shown in its real surroundings (domain.md §2.2).
LEAST_TRL = 7

# (step, field, what the checklist asks for)
NEEDED = (
    ("product", "product_name_ko", _("Give the product's name in Korean.")),
    ("product", "product_name_en", _("Give the product's name in English.")),
    ("product", "summary", _("Say in one sentence what the product is.")),
    ("product", "trl", _("State the technology readiness level.")),
    ("product", "patent_number", _("Give the number of the patent or utility model.")),
    ("solution", "solution", _("Say how the product solves the problem.")),
    ("solution", "novelty", _("Say what is new.")),
    ("solution", "performance", _("State the performance and its evidence.")),
    ("offer", "trial_months", _("Give the length of the trial.")),
    ("offer", "unit_price_won", _("Give the price of one unit.")),
    ("offer", "unit", _("Say what one unit is.")),
    ("offer", "delivery_days", _("Give the delivery time.")),
)
# In the order of the form; a frozen label carries its unit.
LABELS = (
    ("product_name_ko", _("Product name in Korean")),
    ("product_name_en", _("Product name in English")),
    ("summary", _("The product in one sentence")),
    ("trl", _("Technology readiness level")),
    ("patent_number", _("Patent or utility model")),
    ("solution", _("How it solves the problem")),
    ("novelty", _("What is new")),
    ("performance", _("Performance and evidence")),
    ("trial_months", _("Length of the trial (months)")),
    ("unit_price_won", _("Price of one unit (won, VAT included)")),
    ("unit", _("Unit")),
    ("delivery_days", _("Delivery time (days)")),
)


def begin(submission: Submission) -> Proposal:
    return Proposal.objects.create(submission=submission)


def subject(submission: Submission) -> Proposal:
    return Proposal.objects.get(submission=submission)


def checklist(submission: Submission) -> list[Missing]:
    proposal = subject(submission)
    missing = [Missing(step, text, field) for step, field, text in NEEDED if not getattr(proposal, field)]
    if proposal.trl and proposal.trl < LEAST_TRL:
        missing.append(
            Missing(
                "product",
                _(
                    "Only a prototype at technology readiness level 7, 8 or 9 can be designated. Below that,"
                    " wait for a later call, or correct the level if it was entered wrongly."
                ),
                "trl",
            )
        )
    return missing


def freeze(submission: Submission) -> Frozen:
    proposal = subject(submission)
    title = proposal.product_name_ko or proposal.product_name_en
    return Frozen(title, [Section(key, label, getattr(proposal, key)) for key, label in LABELS])


KIND = Kind(
    code=CODE,
    label=_("proposal"),
    number="PR",
    applicant="organisation",
    steps=(
        Step(
            "product",
            _("The product"),
            ProductForm,
            lead=_("A prototype of your own, before it is sold: what it is, and the right that covers it."),
        ),
        Step(
            "solution", _("The solution"), SolutionForm, lead=_("How it answers the task, and how you know.")
        ),
        Step("offer", _("The offer"), OfferForm, lead=_("What a pilot would buy, at which price, and when.")),
    ),
    slots=(
        Slot(
            "proposal",
            _("Prototype proposal"),
            ("pdf",),
            required=True,
            hint=_("One PDF. It is sealed until the opening."),
        ),
        Slot(
            "specification",
            _("Prototype specification"),
            ("pdf", "hwp", "hwpx", "docx"),
            required=True,
            hint=_("One file: measures, functions and how each is tested."),
        ),
        Slot(
            "evidence",
            _("Evidence"),
            ("pdf", "hwp", "hwpx", "docx", "xlsx", "pptx", "jpg", "png"),
            max_files=5,
            hint=_("Patent papers, test reports, certificates."),
        ),
    ),
    may_apply=may_propose,
    begin=begin,
    subject=subject,
    checklist=checklist,
    freeze=freeze,
    url=url,
    lead=_(
        "Your product as the answer to one challenge task. Nobody but your company reads the proposal before"
        " the opening, agency staff neither. You may answer several tasks, once each."
    ),
    anonymous=frozenset({"trl", "trial_months", "unit_price_won", "delivery_days"}),
    extra={
        "groups": proposal_groups,
        "for_whom": _("Companies with a business registration number"),
        "next": [
            _("After the closing the proposals are opened on the announced day."),
            _(
                "The institution that proposed the task reads them and gives an opinion; evaluators score them."
            ),
            _("For a selected proposal the committee decides on the designation."),
        ],
    },
)
