"""The designation that an adopted decision makes."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from challenges.names import frozen
from innomarket.accounts.reads import people_of
from innomarket.audit.services import created
from innomarket.common.clock import KST
from innomarket.common.locks import lock
from innomarket.common.numbers import next_number
from innomarket.common.refusals import Refused
from innomarket.notifications.services import tell
from innomarket.submissions.models import Submission
from innomarket.submissions.words import moment, titled
from innomarket.timeline.services import add_milestone

from .. import hooks, names
from ..models import Decision, Designation, DesignationRule


def designate(*, decision: Decision, by: Any) -> Designation:
    """Designate the product of an adopted decision, from its KST day on, for the years of the rule
    (Enforcement Decree of the Government Procurement Act, Art. 33: three years).

    Called by ``close_vote``, which holds the locks and asked the permission.
    """
    if not decision.adopted:
        raise Refused("not_adopted", _("The committee did not adopt this motion."))
    with transaction.atomic():
        # A revision that is published meanwhile sees the designation, or is seen by it (``review.py``).
        submission = lock(Submission, decision.motion.submission_id)
        day = decision.decided_at.astimezone(KST).date()
        name_ko, name_en = product_names(submission)
        designation = created(
            Designation(
                number=next_number("DS"),
                decision=decision,
                submission=submission,
                organisation=submission.applicant_organisation,
                product_name_ko=name_ko,
                product_name_en=name_en,
                designated_on=day,
                valid=DateRange(day, years_after(day, DesignationRule.objects.at(day).years)),
                designated_at=decision.decided_at,
                story=submission.story,
            ),
            actor=by,
            verb="designation.designate",
        )
        _tell(designation, submission)
        hooks.designated.announce(designation=designation)
    return designation


def years_after(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def product_names(submission: Submission) -> tuple[str, str]:
    """The product's names as they were frozen, in Korean and English."""
    revision = frozen(submission)
    answers = {section["key"]: section["value"] for section in revision.sections}
    return answers.get("product_name_ko") or revision.title, answers.get("product_name_en") or revision.title


def _tell(designation: Designation, submission: Submission) -> None:
    first_day: Any = designation.valid.lower
    last_day: Any = designation.last_day
    address = names.designation_url(designation)
    if designation.story:
        add_milestone(
            designation.story,
            kind="designated",
            text=_("“%(product)s” was designated as an innovation product (%(number)s)"),
            values={"product": titled(designation, "product_name"), "number": designation.number},
            url=address,
        )
    values = {
        "product": titled(designation, "product_name"),
        "number": designation.number,
        "from": moment(first_day),
        "until": moment(last_day),
    }
    tell(
        kind="designation.designated",
        people=people_of(designation.organisation),
        about=designation,
        values=values,
        url=address,
    )
    owner = submission.lot.owner
    if owner is not None:
        tell(
            kind="designation.designated_for_you",
            people=people_of(owner),
            about=designation,
            values={**values, "task": submission.lot.title_ko},
            url=address,
        )
