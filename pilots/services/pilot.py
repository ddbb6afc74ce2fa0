"""Match a product to an institution, commit the purchase, give back what is not needed, or cancel."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from innomarket.accounts.models import Organisation
from innomarket.audit.services import changed, created
from innomarket.common.clock import now, today
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.numbers import next_number
from innomarket.common.refusals import Refused, ask
from innomarket.evaluation.objections import is_held_back
from innomarket.submissions.models import Submission

from .. import messages
from ..models import BudgetLine, Pilot, PilotRule
from ..permissions import may_keep_budget
from ..reads import institution_that_proposed, releasable
from ..states import PILOT_MOVES
from ..words import day as day_
from ..words import money, name_of
from . import ledger, news
from .budget import ask_reason, free_limit
from .limits import Limit, ask_within

# The columns hold 2,147,483,647; nobody buys a million of a prototype.
MOST_UNITS = 1_000_000


def match(
    *, product: Product, institution: Organisation, line: BudgetLine, quantity: int, amount_won: int, by: Any
) -> Pilot:
    """Reserve money of the year's line (won, VAT included) for a pilot of the product at the institution.

    The institution that proposed the task comes first (domain.md §4); others are refused until it
    has had its match. Raises Refused where the designation is not in force today, where an objection that
    concerns its proposal is not answered, where the product has its institutions, or where the amount is
    above the tightest of the limits.
    """
    with transaction.atomic():
        line = lock(BudgetLine, line.pk)
        # The product's lock makes its institutions countable: two matches of it never run at once.
        product = lock(Product.objects.select_related("designation__submission__lot__owner"), product.pk)
        ask(may_keep_budget(by, line))
        day = today()
        rule = PilotRule.objects.at(day)
        ask_in_force(product, day)
        ask(is_held_back(lock(Submission, product.designation.submission_id)))
        proposer = institution_that_proposed(product)
        _ask_institution(product, institution, proposer, rule)
        _ask_units(quantity)
        _ask_year(line, day)
        ask_within(amount_won, [free_limit(line), _pilot_limit(rule)], field="amount_won")
        pilot = Pilot(
            number=next_number("PL"),
            product=product,
            institution=institution,
            line=line,
            is_proposer=proposer == institution,
            quantity=quantity,
            reserved_won=amount_won,
            story=product.story,
        )
        created(pilot, actor=by, verb="pilots.match", amount_won=amount_won, quantity=quantity)
        ledger.reserve(line, pilot=pilot, amount=amount_won, by=by)
        news.note_in_catalogue(pilot)
        news.add_news(
            pilot,
            kind="matched",
            text=_("%(institution)s is matched for a pilot purchase: %(amount)s reserved"),
            institution=name_of(institution),
            amount=money(amount_won),
        )
        news.tell_people(pilot, messages.MATCHED, amount=money(amount_won))
    return pilot


def commit_purchase(*, pilot: Pilot, by: Any, amount_won: int) -> Pilot:
    """Commit the purchase (won, VAT included) out of what is reserved for it.

    What is left of the reservation stays reserved until it is released. Raises Refused above the
    reservation or the limit for one pilot, outside the line's year, or without a valid designation.
    """
    with transaction.atomic():
        line, pilot = lock_both(pilot)
        ask(may_keep_budget(by, pilot))
        state = ask_move(PILOT_MOVES, "commit", pilot)
        day = today()
        ask_in_force(pilot.product, day)
        _ask_year(line, day)
        limits = [_reservation_limit(pilot), _pilot_limit(PilotRule.objects.at(day))]
        ask_within(amount_won, limits, field="amount_won")
        changed(
            pilot,
            actor=by,
            verb="pilots.commit",
            state=state,
            committed_won=amount_won,
            committed_at=now(),
        )
        ledger.commit(line, pilot=pilot, amount=amount_won, by=by)
        news.tell_people(pilot, messages.COMMITTED, amount=money(amount_won))
    return pilot


def release_rest(*, pilot: Pilot, by: Any, reason: str) -> Pilot:
    """Give back to the budget what this pilot no longer needs.

    That is the reservation above the commitment; once the contract is signed also the commitment
    above the contract; and after the verdict the part of the contract that was not accepted.
    """
    with transaction.atomic():
        line, pilot = lock_both(pilot)
        ask(may_keep_budget(by, pilot))
        ask_move(PILOT_MOVES, "release", pilot)
        ask_reason(reason)
        reserved, committed = releasable(pilot)
        if not reserved and not committed:
            raise Refused("nothing_to_release", _("Nothing is left over here: all of it is still needed."))
        _release(line, pilot, reserved, committed, by=by, verb="pilots.release", reason=reason)
    return pilot


def cancel_pilot(*, pilot: Pilot, by: Any, reason: str) -> Pilot:
    """Cancel before a contract exists; all of its money is free again. The reason is told to both sides."""
    with transaction.atomic():
        line, pilot = lock_both(pilot)
        ask(may_keep_budget(by, pilot))
        state = ask_move(PILOT_MOVES, "cancel", pilot)
        ask_reason(reason)
        _release(
            line,
            pilot,
            pilot.still_reserved,
            pilot.still_committed,
            by=by,
            verb="pilots.cancel",
            reason=reason,
            state=state,
        )
        news.note_in_catalogue(pilot)
        news.add_news(
            pilot,
            kind="cancelled",
            text=_("The pilot purchase for %(institution)s is cancelled"),
            institution=name_of(pilot.institution),
        )
        news.tell_people(pilot, messages.CANCELLED, reason=reason)
    return pilot


def lock_both(pilot: Pilot) -> tuple[BudgetLine, Pilot]:
    """The budget line first, then the pilot: everyone who moves money waits in this order."""
    line = lock(BudgetLine, pilot.line_id)
    return line, lock_pilot(pilot)


def lock_pilot(pilot: Pilot) -> Pilot:
    """The pilot alone, with what its refusals and messages name; for steps that move no money."""
    related = ("product__supplier", "product__designation", "institution", "story")
    return lock(Pilot.objects.select_related(*related), pilot.pk)


def ask_in_force(product: Product, day: date) -> None:
    """Only a product whose designation is in force on that day is bought (asked from its dates)."""
    valid = product.designation.valid
    if day in valid:
        return
    if valid.upper is not None and day >= valid.upper:
        text = _("The designation of this product ended before %(day)s. It cannot be bought as a pilot.")
    else:
        text = _("The designation of this product is not yet in force on %(day)s.")
    raise Refused("not_designated", text % {"day": day_(day)}, field="product")


def _release(
    line: BudgetLine,
    pilot: Pilot,
    reserved: int,
    committed: int,
    *,
    by: Any,
    verb: str,
    reason: str,
    **fields: Any,
) -> None:
    changed(
        pilot,
        actor=by,
        verb=verb,
        reason=reason,
        reserved_released_won=pilot.reserved_released_won + reserved,
        committed_released_won=pilot.committed_released_won + committed,
        **fields,
    )
    if reserved:
        ledger.release_reserved(line, pilot=pilot, amount=reserved, by=by, reason=reason)
    if committed:
        ledger.release_committed(line, pilot=pilot, amount=committed, by=by, reason=reason)


def _ask_institution(
    product: Product, institution: Organisation, proposer: Organisation | None, rule: PilotRule
) -> None:
    if not institution.is_verified or not institution.kind.has_institution_code:
        raise Refused(
            "not_an_institution",
            _("A pilot purchase is for a verified institution with a demand-institution code."),
            field="institution",
        )
    pilots = Pilot.objects.filter(product=product)
    if proposer not in (None, institution) and not pilots.filter(institution=proposer).exists():
        raise Refused(
            "proposer_first",
            _("%(institution)s proposed the task and is matched first. Match it before any other.")
            % {"institution": name_of(proposer)},
            field="institution",
        )
    standing = set(pilots.standing().values_list("institution", flat=True))
    if institution.pk in standing:
        raise Refused(
            "already_matched", _("This institution is already matched to this product."), field="institution"
        )
    if len(standing) >= rule.most_institutions_a_product:
        raise Refused(
            "institutions_full",
            _("This product already has its pilots: at most %(most)s institutions for one product.")
            % {"most": rule.most_institutions_a_product},
            field="institution",
        )


def _ask_units(quantity: int) -> None:
    if not 1 <= quantity <= MOST_UNITS:
        raise Refused(
            "quantity",
            _("Enter a quantity from 1 to %(most)s.") % {"most": f"{MOST_UNITS:,}"},
            field="quantity",
        )


def _ask_year(line: BudgetLine, day: date) -> None:
    """At a year's end reservations are released and free money lapses (rules.md "Money")."""
    if line.year != day.year:
        raise Refused(
            "other_year",
            _("This line belongs to the budget of %(year)s. New money is bound only within its year.")
            % {"year": line.year},
            field="line",
        )


def _pilot_limit(rule: PilotRule) -> Limit:
    return Limit(
        "over_pilot_limit",
        rule.most_won_a_pilot,
        _("%(amount)s is more than the limit for one pilot purchase: at most %(most)s."),
    )


def _reservation_limit(pilot: Pilot) -> Limit:
    return Limit(
        "over_reservation",
        pilot.still_reserved,
        _("%(amount)s is more than what is reserved for this pilot purchase: at most %(most)s."),
    )
