"""Who may do what in a round: each answer is None (yes) or a Refusal that says why not."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from innomarket.accounts import reads as people
from innomarket.accounts.permissions import staff_with
from innomarket.common.refusals import Refusal, first, forbidden
from innomarket.submissions import permissions as submission_permissions
from innomarket.submissions.models import Lot, Submission
from innomarket.submissions.states import SubmissionState

from . import beside, blindness, conflicts
from .models import Assignment, Evaluator, Objection, Panelist, Pledge, PublishedRound, Result, Round, Sheet
from .states import RoundState

may_run_rounds = staff_with("run_rounds")


def may_run(user: Any, round: Round | None = None) -> Refusal | None:
    """Agency staff who run rounds make, fill, start, finish, select, publish, reopen and cancel them."""
    return may_run_rounds(user)


may_create = may_seat = may_start = may_finish = may_select = may_publish = may_reopen = may_cancel = may_run
may_set_aside = may_read_progress = may_record = may_remind = may_run
may_keep_pool = may_run_rounds


def takes_a_selection(round: Round) -> Refusal | None:
    """Staff select among those who pass by points; fit or unfit leaves nothing to choose."""
    if round.stage.by_points:
        return None
    return Refusal("checks_decide", _("In this stage the checks decide: who is fit goes on."))


def may_return(user: Any, round: Round, assignment: Assignment) -> Refusal | None:
    """The chief of the round gives sheets back, while their evaluators sit on the panel and are not recused."""
    refusal = may_run_rounds(user)
    if refusal is None and round.chief_id != user.pk:
        refusal = forbidden("not_the_chief", _("Only the chief of the round gives a sheet back."))
    if refusal is None and (assignment.panelist.left_at is not None or assignment.recusal_id is not None):
        refusal = Refusal(
            "nobody_to_write",
            _("Its evaluator has left the panel or is recused. Set the sheet aside instead."),
        )
    return refusal


def may_be_seated(user: Any, lot: Lot) -> Refusal | None:
    """Anybody with an account, except who belongs or belonged to the institution whose need the lot is.

    Who belongs to an applicant may sit: they are recused from that entry when the round starts.
    """
    if not user.is_active:
        return Refusal("not_active", _("The account of %(name)s is closed.") % {"name": user}, field="user")
    for conflict in conflicts.find([user.pk], conflicts.Sides(owner=lot.owner_id)):
        return Refusal(
            "owner_is_barred",
            _("%(name)s cannot judge this: %(why)s") % {"name": user, "why": conflict.sentence},
            field="user",
        )
    return None


def is_new_to(user: Any, round: Round) -> Refusal | None:
    """Who sat in the former panel does not judge the same anew."""
    if user.pk not in beside.former_panel(round):
        return None
    return Refusal(
        "sat_before",
        _("%(name)s had a seat in the former panel. What is evaluated anew is judged by others.")
        % {"name": user},
        field="user",
    )


def keep_blind(people: Iterable[Any], round: Round) -> Refusal | None:
    """Nobody judges a blind stage of a lot and knows who applied: refused for the first of these who would."""
    asked = list(people)
    unfit = blindness.unfit([user.pk for user in asked], round)
    for user in asked:
        if user.pk in unfit:
            text = (
                _("%(name)s knows who applied and cannot judge a blind stage of this lot.")
                if round.stage.blind
                else _("%(name)s judges a blind stage of this lot and would learn here who applied.")
            )
            return Refusal("not_blind", text % {"name": user}, field="user")
    return None


def may_lead_anew(chief: Any, round: Round) -> Refusal | None:
    """Who led a round of the lot leads no evaluation anew in it; a cancelled one decided nothing. (Our default.)"""
    led = Round.objects.filter(lot=round.lot_id, chief=chief.pk, started_at__isnull=False)
    if not led.exclude(state=RoundState.CANCELLED).exists():
        return None
    return Refusal(
        "led_before",
        _("%(name)s led a round of this lot. Somebody else leads the evaluation anew.") % {"name": chief},
        field="chief",
    )


def may_declare(user: Any, panelist: Panelist | None) -> Refusal | None:
    """Panel members speak for themselves."""
    return is_on_panel(user, panelist)


def is_on_panel(user: Any, panelist: Panelist | None) -> Refusal | None:
    if panelist is not None and panelist.left_at is None and user.pk and panelist.user_id == user.pk:
        return None
    return forbidden("not_on_panel", _("You are not on the panel of this round."))


def has_pledged(panelist: Panelist) -> Refusal | None:
    """Before anything opens an evaluator signs the pledge for the round."""
    if Pledge.objects.filter(panelist=panelist).exists():
        return None
    return forbidden("pledge_first", _("Sign the pledge for this round first. Nothing opens before that."))


def has_declared(panelist: Panelist) -> Refusal | None:
    """Nothing opens before the conflicts of interest are declared."""
    if panelist.declared_at is not None:
        return None
    return forbidden(
        "declare_first", _("Declare your conflicts of interest first. Nothing opens before that.")
    )


def may_score(user: Any, assignment: Assignment) -> Refusal | None:
    """The evaluator to whom the entry is assigned, after declaring, unless recused."""
    refusal = first(is_on_panel(user, assignment.panelist), has_declared(assignment.panelist))
    if refusal is not None:
        return refusal
    if assignment.recusal_id is not None:
        return forbidden("recused", _("You are recused from this entry and do not judge it."))
    return is_not_partial(user, assignment.entry.submission)


def may_keep_evaluator(user: Any, evaluator: Evaluator) -> Refusal | None:
    """Evaluators keep what is said of them themselves."""
    if user.pk and evaluator.user_id == user.pk:
        return None
    return forbidden("not_yours", _("Only the evaluator keeps this."))


def is_not_partial(user: Any, submission: Submission) -> Refusal | None:
    """Who has come to belong to the applicant or to the lot's institution since the start stops judging."""
    sides = [submission.applicant_organisation_id, submission.lot.owner_id]
    if submission.applicant_person_id != user.pk and not (
        people.memberships_of(user).filter(organisation__in=[pk for pk in sides if pk]).exists()
    ):
        return None
    return forbidden(
        "partial", _("You belong to one of the organisations concerned. Declare the conflict of interest.")
    )


def may_edit_sheet(user: Any, sheet: Sheet) -> Refusal | None:
    """Only its evaluator; staff read it and do not write in it."""
    return may_score(user, sheet.assignment)


def may_give_opinion(user: Any, submission: Submission) -> Refusal | None:
    """Who writes for the institution whose task it is, after the recorded opening."""
    owner = submission.lot.owner
    if owner is None or not people.may_edit_for(user, owner):
        return forbidden(
            "not_the_owner", _("Only those who write for the institution whose task this is give an opinion.")
        )
    applicant = submission.applicant_organisation_id
    if applicant and people.memberships_of(user).filter(organisation=applicant).exists():
        return forbidden("own_submission", _("You belong to the applicant and cannot give an opinion on it."))
    if submission.lot.call.opened_at is None or submission.state != SubmissionState.SUBMITTED:
        return Refusal("not_opened", _("The submissions of this call have not been opened yet."))
    return None


def may_write_objection(user: Any, result: Result) -> Refusal | None:
    """Who writes for the applicant, of a published result."""
    return submission_permissions.may_edit(user, result.entry.submission)


def may_file_objection(user: Any, result: Result) -> Refusal | None:
    """Filing binds the applicant as submitting does."""
    return submission_permissions.may_submit(user, result.entry.submission)


def may_answer_objection(user: Any, objection: Objection) -> Refusal | None:
    """Staff who run rounds, but nobody who decided: it is about them.

    That are the chief of the round, whoever had a seat in its panel, and the two of its publication. The database
    holds to it too.
    """
    refusal = may_run_rounds(user)
    if refusal is not None:
        return refusal
    entry = objection.result.entry
    published = PublishedRound.objects.filter(
        Q(publication__prepared_by=user.pk) | Q(publication__confirmed_by=user.pk),
        round=entry.round_id,
        standing=True,
    )
    seat = Panelist.objects.filter(round=entry.round_id, user=user.pk)
    if user.pk == entry.round.chief_id or published.exists() or seat.exists():
        return forbidden(
            "own_decision",
            _(
                "You led this round, sat in its panel or published its results. "
                "Another member of staff answers the objection."
            ),
        )
    if people.memberships_of(user).filter(organisation=entry.submission.applicant_organisation_id).exists():
        return forbidden("own_submission", _("You belong to the applicant. Another member of staff answers."))
    return None
