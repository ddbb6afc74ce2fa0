"""What a call's times allow at an instant: each answer is None or a Refusal in words.

The rule is half-open and written once, in ``Call.is_open_at``; services ask it with the database's
clock after they hold the lock. An organisation that was named in an extension has a closing of its own:
whoever asks for an applicant gives its organisation, or the person where a person applies.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from innomarket.accounts import reads as accounts
from innomarket.common.refusals import Refusal

from . import kinds, outage_rule
from .models import Call, ClosingRule, Outage, OutageRule, OwnClosing, Submission
from .states import CallState, OutageState
from .words import moment


def closing_for(call: Call, organisation: Any = None, *, person: Any = None) -> datetime:
    """The closing of an applicant: the call's, or a later one that was given to it by name."""
    closings = [call.closes_at]
    for named, asked in ((own_closings, organisation), (closings_of_people, person)):
        pk = getattr(asked, "pk", asked)
        if pk:
            closings.append(named(call, pk).get(pk, call.closes_at))
    return max(closings)


def own_closings(call: Call, organisation: int | None = None) -> dict[int, datetime]:
    """Organisation → its own latest closing, for those named in an extension of the call."""
    return _own(call, "own_closings__organisation", organisation)


def closings_of_people(call: Call, person: int | None = None) -> dict[int, datetime]:
    """Person → their own latest closing, for those named in an extension of the call."""
    return _own(call, "own_closings__person", person)


def _own(call: Call, field: str, wanted: int | None) -> dict[int, datetime]:
    moves = call.moves.filter(for_all=False)
    if wanted is not None:
        moves = moves.filter(**{field: wanted})
    found = moves.values_list(field).annotate(last=Max("closes_at")).order_by()
    return {pk: last for pk, last in found if pk is not None and wanted in (None, pk)}


def closing_of(submission: Submission) -> datetime:
    """The closing that holds for a submission; for lists, ``note_closings`` has asked it for all at once."""
    noted = submission.__dict__.get("noted_closing")
    return noted or closing_for(
        submission.lot.call, submission.applicant_organisation_id, person=submission.applicant_person_id
    )


def note_closings(submissions: Iterable[Submission]) -> None:
    """Ask the closings of many submissions with one query, for ``closing_of``."""
    rows = list(submissions)
    own = OwnClosing.objects.filter(
        Q(organisation__in={row.applicant_organisation_id for row in rows} - {None})
        | Q(person__in={row.applicant_person_id for row in rows} - {None}),
        move__call__in={row.lot.call_id for row in rows},
    )
    found = own.values_list("move__call", "organisation", "person").annotate(last=Max("move__closes_at"))
    last = {(call, *applicant): closes_at for call, *applicant, closes_at in found.order_by()}
    for row in rows:
        closes_at = row.lot.call.closes_at
        applicant = (row.lot.call_id, row.applicant_organisation_id, row.applicant_person_id)
        row.__dict__["noted_closing"] = max(closes_at, last.get(applicant, closes_at))


def is_open_for(submission: Submission, at: datetime) -> bool:
    """Whether the call still takes this submission, by its applicant's own closing."""
    return _is_open_until(submission.lot.call, at, closing_of(submission))


def closings_for_person(user: Any, calls: Iterable[Call]) -> dict[int, datetime]:
    """Call → the later closing that was given to an organisation of this person, or to this person; one query.

    To the person in a call that people answer, to the organisation in the others: nobody else can submit there.
    """
    if not user.is_authenticated:
        return {}
    calls = list(calls)
    standing = {call.pk: call.closes_at for call in calls}
    personal = [call.pk for call in calls if kinds.get(call.kind).applicant == "person"]
    own = OwnClosing.objects.filter(
        Q(organisation__in=accounts.organisations_of(user), move__call__in=standing.keys() - personal)
        | Q(person=user, move__call__in=personal)
    )
    found = own.values_list("move__call").annotate(last=Max("move__closes_at")).order_by()
    return {pk: last for pk, last in found if last > standing[pk]}


def is_open_for_person(call: Call, at: datetime, own: datetime | None) -> bool:
    """Whether the call takes something of a person who has this closing, by name or organisation (None: none)."""
    return _is_open_until(call, at, own or call.closes_at)


def _is_open_until(call: Call, at: datetime, closes_at: datetime) -> bool:
    unread = call.state in (CallState.ANNOUNCED, CallState.CLOSED) and call.opened_at is None
    return call.is_open_at(at) or (unread and call.closes_at <= at < closes_at)


def last_closing(call: Call) -> datetime:
    """The instant from which nobody can submit any more."""
    return max([call.closes_at, *own_closings(call).values(), *closings_of_people(call).values()])


def not_open_for_any(call: Call, at: datetime, organisations: Iterable[Any]) -> Refusal | None:
    """None where the call still takes something from one of these organisations."""
    refusal = not_open(call, at)
    if refusal is None or any(not_open(call, at, one) is None for one in organisations):
        return None
    return refusal


def not_open(call: Call, at: datetime, organisation: Any = None, *, person: Any = None) -> Refusal | None:
    """None while the call takes submissions (of this organisation), else why it does not."""
    if call.is_open_at(at):
        return None
    if call.state == CallState.CANCELLED:
        return Refusal("call_cancelled", _("This call was cancelled. It takes no submissions."))
    if call.state == CallState.DRAFT:
        return Refusal("call_not_announced", _("This call has not been announced yet."))
    if at < call.opens_at:
        return Refusal(
            "call_not_open_yet", _("This call opens on %(when)s.") % {"when": moment(call.opens_at)}
        )
    closes_at = closing_for(call, organisation, person=person)
    if call.opened_at is None and call.closes_at <= at < closes_at:
        return None
    if call.closes_at < closes_at <= at:  # who was given more time is told of that time's end
        return Refusal(
            "call_closed", _("This call closed for you on %(when)s.") % {"when": moment(closes_at)}
        )
    return Refusal("call_closed", _("This call closed on %(when)s.") % {"when": moment(call.closes_at)})


def not_due(call: Call, at: datetime) -> Refusal | None:
    """None from the closing instant on."""
    if at >= call.closes_at:
        return None
    return Refusal("call_not_due", _("This call is open until %(when)s.") % {"when": moment(call.closes_at)})


def not_announceable(call: Call, at: datetime) -> Refusal | None:
    if call.state != CallState.DRAFT:
        return Refusal("announce_not_now", _("This call has already been announced or cancelled."))
    if at >= call.closes_at:
        return Refusal(
            "closing_is_past", _("The closing time is already past. Choose a later one."), field="closes_at"
        )
    return None


def not_a_closing(call: Call, rule: ClosingRule) -> Refusal | None:
    """What the dated rule asks of an announced closing: on the hour, and not too many in one hour."""
    hour = call.closes_at.replace(minute=0, second=0, microsecond=0)
    if rule.on_the_hour and settings.CLOSING_ON_THE_HOUR and call.closes_at != hour:
        return Refusal(
            "not_on_the_hour", _("Calls close on the hour. Change the closing time."), field="closes_at"
        )
    others = Call.objects.filter(
        state=CallState.ANNOUNCED, closes_at__gte=hour, closes_at__lt=hour + timedelta(hours=1)
    )
    if others.exclude(pk=call.pk).count() >= rule.most_in_an_hour:
        return Refusal(
            "hour_full",
            _("%(n)s calls already close in this hour, and more are not allowed. Choose another hour.")
            % {"n": rule.most_in_an_hour},
            field="closes_at",
        )
    return None


def earlier_outage(outage: Outage) -> Refusal | None:
    """Outages are applied in the order of time: each is judged on what those before it made of a closing."""
    earlier = Outage.objects.filter(state=OutageState.RECORDED, starts_at__lt=outage.starts_at)
    first = earlier.order_by("starts_at").first()
    if first is None:
        return None
    return Refusal(
        "earlier_outage",
        _("The outage from %(when)s comes first and is not applied yet. Apply or discard it before this one.")
        % {"when": moment(first.starts_at)},
    )


def not_extendable(call: Call, at: datetime) -> Refusal | None:
    """A standing closing is moved only while it lies ahead."""
    if call.state != CallState.ANNOUNCED:
        return Refusal("extend_not_now", _("Only a call that is announced can be extended."))
    if at >= call.closes_at:
        return Refusal("call_closed", _("This call closed on %(when)s.") % {"when": moment(call.closes_at)})
    return None


def not_cancellable(call: Call, at: datetime) -> Refusal | None:
    """An announced call is cancelled only before its closing, whether the worker has closed it by then or not.

    Own later closings give no more time for it: what closed on time stands.
    """
    is_over = call.state == CallState.ANNOUNCED and at >= call.closes_at
    if is_over or call.state not in (CallState.DRAFT, CallState.ANNOUNCED):
        return Refusal("cancel_not_now", _("A call can be cancelled only until it closes."))
    return None


def not_openable(call: Call, at: datetime) -> Refusal | None:
    """The recorded opening: once, of a closed call, from its announced time on."""
    if call.opened_at is not None:
        return Refusal(
            "opened_already",
            _("The submissions were opened on %(when)s.") % {"when": moment(call.opened_at)},
        )
    if call.state != CallState.CLOSED:
        return Refusal(
            "opening_before_closing", _("Submissions can be opened only when the call has closed.")
        )
    # Who was given more time must have had it before anybody reads.
    ready = max(call.opening_at, last_closing(call))
    if at < ready:
        return Refusal(
            "opening_too_early", _("Submissions can be opened from %(when)s on.") % {"when": moment(ready)}
        )
    return _outage_waits(call)


def _outage_waits(call: Call) -> Refusal | None:
    """An outage that is recorded and not applied may still move this call: it is not opened under it."""
    waiting = Outage.objects.filter(state=OutageState.RECORDED)
    if not waiting:
        return None
    terms = OutageRule.objects.at().terms()
    closings = [call.closes_at, *own_closings(call).values(), *closings_of_people(call).values()]
    for outage in waiting:
        if outage.starts_at <= call.opening_at < outage.ends_at or any(
            outage_rule.closing_is_affected(one, outage.span, terms) for one in closings
        ):
            return Refusal(
                "outage_waits",
                _(
                    "An outage from %(when)s is recorded and may move this call. Apply or discard it before the "
                    "opening."
                )
                % {"when": moment(outage.starts_at)},
            )
    return None
