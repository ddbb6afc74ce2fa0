"""The secretary's console: committees and seats, meetings, motions; and the register of designations."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.clock import KST, today
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refusal, Refused
from innomarket.common.shown import name_of
from innomarket.submissions.words import moment

from . import votes
from .forms import (
    AttendanceForm,
    CommitteeForm,
    MeetingForm,
    RecusalForm,
    SeatForm,
    TableForm,
    VacateForm,
)
from .models import Committee, Designation, DesignationRule, Meeting, Motion, Seat, VotingRule
from .services import committee as committees
from .services import meeting as meetings
from .services import motion as motions
from .states import MEETING_MOVES, MOTION_MOVES, MeetingState, MotionState

KEEP = "accounts.keep_committee"


WHEN = {
    "open": _("The meeting has been opened."),
    "attend": _("Possible while the meeting is in session: open it first."),
    "close": _("Possible while the meeting is in session: open it first."),
    "vote": _("Possible while the meeting is in session: open it first."),
    "open_vote": _("The vote on this motion has been opened."),
    "close_vote": _("Open the vote first."),
}


def not_now(moves: Any, verb: str, obj: Any) -> Refusal | None:
    """The answer of the table of moves, as a refusal for the list of what is not possible yet."""
    try:
        ask_move(moves, verb, obj)
    except Refused as refused:
        return Refusal(refused.code, WHEN.get(verb, refused.reason) if not ended(obj) else ENDED)
    return None


ENDED = _("This has ended.")


def ended(obj: Any) -> bool:
    """Whether a meeting is over or a motion decided: then nothing is "not possible yet"."""
    if isinstance(obj, Motion):
        return obj.state not in (MotionState.TABLED, MotionState.VOTING) or ended(obj.meeting)
    return obj.state == MeetingState.CLOSED


class StepsAdmin(ServiceAdmin):
    """The console of a meeting or a motion: without locked steps once it has ended."""

    def actions_for(self, request: HttpRequest, obj: Any) -> tuple[list[dict], list[dict]]:
        permits, locked = super().actions_for(request, obj)
        return permits, [] if obj is not None and ended(obj) else locked


def seats_on(meeting: Meeting) -> QuerySet[Seat]:
    """The seats filled on the day of the meeting."""
    day = meeting.held_at.astimezone(KST).date()
    return meeting.committee.seats.filled_on(day).select_related("holder").order_by("place")


# ── committees and seats ──


class CreateCommittee(ActionView):
    name = "create"
    title = _("Set up a committee")
    permission_required = KEEP
    object_less = True
    form_class = CommitteeForm
    done = _("The committee is set up. Now give its seats.")

    def effects(self, obj: Any) -> list[Any]:
        return [_("A committee without members is made. It decides nothing before seats are given.")]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return committees.create_committee(by=self.request.user, **form.cleaned_data)


class SeatMember(ActionView):
    name = "seat"
    title = _("Give a seat")
    permission_required = KEEP
    form_class = SeatForm
    done = _("The seat is given.")

    def effects(self, obj: Committee) -> list[Any]:
        return [
            _(
                "On these days the person is told of the committee's meetings, reads what is proposed, and votes."
            )
        ]

    def get_initial(self) -> dict[str, Any]:
        taken = self.object.seats.filled_on(today()).values_list("place", flat=True)
        return {"place": max(taken, default=0) + 1, "begins": today()}

    def perform(self, obj: Committee, form: forms.BaseForm) -> Any:
        data = form.cleaned_data
        begins, until = data.pop("begins"), data.pop("until")
        return committees.seat_member(
            committee=obj,
            by=self.request.user,
            valid=(begins, until + timedelta(days=1) if until else None),
            **data,
        )


@admin.register(Committee)
class CommitteeAdmin(ServiceAdmin):
    permission_required = KEEP
    list_display = ["name_ko", "name_en", "code", "least_present"]
    fields = ["name_ko", "name_en", "code", "least_present"]
    action_views = [CreateCommittee, SeatMember]

    def console_context(self, request: HttpRequest, obj: Committee) -> dict[str, Any]:
        day = today()
        seats = list(obj.seats.select_related("holder").order_by("place", "valid"))
        for seat in seats:
            seat.holds_today = day in seat.valid
            seat.last_day = seat.valid.upper - timedelta(days=1) if seat.valid.upper else None
        return {
            "heading": name_of(obj),
            "seats": seats,
            "stats": [
                {"label": _("Filled seats today"), "value": sum(seat.holds_today for seat in seats)},
                {"label": _("Fewest present"), "value": obj.least_present},
            ],
        }


class VacateSeat(ActionView):
    name = "vacate"
    title = _("End a seat")
    permission_required = KEEP
    form_class = VacateForm
    danger = True
    done = _("The seat ends on that day.")

    def effects(self, obj: Seat) -> list[Any]:
        return [
            _("%(name)s sits on the committee for the last time on that day. What was voted stands.")
            % {"name": obj.holder.name}
        ]

    def get_initial(self) -> dict[str, Any]:
        return {"last_day": today()}

    def perform(self, obj: Seat, form: forms.BaseForm) -> Any:
        return committees.vacate_seat(seat=obj, by=self.request.user, **form.cleaned_data)


@admin.register(Seat)
class SeatAdmin(ServiceAdmin):
    permission_required = KEEP
    list_display = ["committee", "place", "holder", "is_chair", "valid"]
    list_select_related = ["committee", "holder"]
    list_filter = ["committee"]
    fields = ["committee", "place", "holder", "title_ko", "title_en", "is_chair", "valid"]
    action_views = [VacateSeat]

    def heading_of(self, obj: Seat) -> str:
        return f"{name_of(obj.committee)} {obj.place} · {obj.holder.name}"


# ── meetings ──


class PlanMeeting(ActionView):
    name = "plan"
    title = _("Call a meeting")
    permission_required = KEEP
    object_less = True
    form_class = MeetingForm
    done = _("The meeting is called and its members are told.")

    def effects(self, obj: Any) -> list[Any]:
        return [_("Those who hold a seat on that day are told by mail.")]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return meetings.plan_meeting(by=self.request.user, **form.cleaned_data)


class TableMotions(ActionView):
    name = "table"
    title = _("Put proposals on the agenda")
    permission_required = KEEP
    form_class = TableForm
    done = _("The agenda is changed.")

    def available(self, obj: Meeting) -> Refusal | None:
        if not Motion.objects.proposals_to_table().exists():
            return Refusal("nothing_to_table", _("No selected proposal waits for a committee."))
        return not_now(MEETING_MOVES, "add_motion", obj)

    def effects(self, obj: Meeting) -> list[Any]:
        count = Motion.objects.proposals_to_table().filter(was_rejected=False).count()
        return [
            ngettext("%(n)s selected proposal waits.", "%(n)s selected proposals wait.", count)
            % {"n": count},
            _("Each becomes a motion to designate; its company is told the day of the meeting."),
            _("Members of the committee read the proposals from now on."),
        ]

    def perform(self, obj: Meeting, form: forms.BaseForm) -> Any:
        return motions.table_motions(
            meeting=obj, by=self.request.user, submissions=form.cleaned_data["submissions"]
        )


class OpenMeeting(ActionView):
    name = "open"
    title = _("Open the meeting")
    permission_required = KEEP
    form_class = forms.Form
    done = _("The meeting is in session.")

    def available(self, obj: Meeting) -> Refusal | None:
        if refusal := not_now(MEETING_MOVES, "open", obj):
            return refusal
        if today() < obj.held_at.astimezone(KST).date():
            return Refusal("before_its_day", _("Not before %(when)s.") % {"when": moment(obj.held_at)})
        return None

    def effects(self, obj: Meeting) -> list[Any]:
        return [_("Attendance can be recorded and votes be opened. Seats do not change until it is closed.")]

    def perform(self, obj: Meeting, form: forms.BaseForm) -> Any:
        return meetings.open_meeting(meeting=obj, by=self.request.user)


class RecordAttendance(ActionView):
    name = "attendance"
    title = _("Record who is present")
    permission_required = KEEP
    form_class = AttendanceForm
    done = _("The attendance is recorded.")

    def available(self, obj: Meeting) -> Refusal | None:
        if refusal := not_now(MEETING_MOVES, "attend", obj):
            return refusal
        return None if self.absent().exists() else Refusal("all_present", _("Every member is present."))

    def absent(self) -> QuerySet[Seat]:
        return seats_on(self.object).exclude(attendances__meeting=self.object)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "seats": self.absent()}

    def effects(self, obj: Meeting) -> list[Any]:
        present, seats = obj.attendances.count(), seats_on(obj).count()
        return [
            _("Present so far: %(present)s of %(seats)s.") % {"present": present, "seats": seats},
            _("Who is present counts for the quorum and may vote. It is not taken back."),
        ]

    def perform(self, obj: Meeting, form: forms.BaseForm) -> Any:
        return meetings.record_all_present(
            meeting=obj, by=self.request.user, seats=form.cleaned_data["seats"]
        )


class CloseMeeting(ActionView):
    name = "close"
    title = _("Close the meeting")
    permission_required = KEEP
    form_class = forms.Form
    danger = True
    done = _("The meeting is closed.")

    def available(self, obj: Meeting) -> Refusal | None:
        return not_now(MEETING_MOVES, "close", obj)

    def effects(self, obj: Meeting) -> list[Any]:
        count = obj.motions.filter(state__in=[MotionState.TABLED, MotionState.VOTING]).count()
        return [
            ngettext(
                "%(n)s motion without a decision is put off to a later meeting.",
                "%(n)s motions without a decision are put off to a later meeting.",
                count,
            )
            % {"n": count}
        ]

    def perform(self, obj: Meeting, form: forms.BaseForm) -> Any:
        return meetings.close_meeting(meeting=obj, by=self.request.user)


@admin.register(Meeting)
class MeetingAdmin(StepsAdmin):
    permission_required = KEEP
    list_display = ["number", "committee", "held_at", "state"]
    list_select_related = ["committee"]
    list_filter = ["state", "committee"]
    fields = ["number", "committee", "held_at", "place", "state", "closed_at"]
    action_views = [PlanMeeting, OpenMeeting, RecordAttendance, TableMotions, CloseMeeting]

    def console_context(self, request: HttpRequest, obj: Meeting) -> dict[str, Any]:
        agenda = obj.motions.select_related(
            "submission__current", "submission__applicant_organisation", "decision"
        )
        seats, present = list(seats_on(obj)), set(obj.attendances.values_list("seat", flat=True))
        for seat in seats:
            seat.present = seat.pk in present
        return {
            "heading": name_of(obj.committee),
            "number": obj.number,
            "waiting": meeting_waits(obj, len(present)),
            "waiting_until": moment(obj.held_at) if obj.state == MeetingState.PLANNED else "",
            "state": obj.get_state_display(),
            "tone": {"planned": "information", "held": "success"}.get(obj.state, "neutral"),
            "lead": moment(obj.held_at),
            "agenda": list(agenda.order_by("order")),
            "seats": seats,
            "stats": [
                {"label": _("Filled seats"), "value": len(seats)},
                {"label": _("Present"), "value": len(present)},
                {"label": _("Fewest present"), "value": obj.committee.least_present},
            ],
            "members_url": reverse("designation:meeting", args=[obj.number]),
        }


# ── motions ──


def meeting_waits(meeting: Meeting, present: int) -> Any:
    """Whose turn it is in a meeting; "" when it is over."""
    if meeting.state == MeetingState.CLOSED:
        return ""
    if meeting.state == MeetingState.PLANNED:
        if not meeting.motions.exists():
            return _("you: put proposals on the agenda")
        return _("you: open the meeting on its day")
    if present < meeting.committee.least_present:
        return _("you: record who is present")
    if meeting.motions.filter(state__in=[MotionState.TABLED, MotionState.VOTING]).exists():
        return _("you: open and close the vote on each motion")
    return _("you: close the meeting")


def motion_waits(motion: Motion) -> Any:
    """Whose turn it is with a motion; "" when it is decided or put off."""
    if ended(motion):
        return ""
    if motion.state == MotionState.VOTING:
        return _("the votes of the members, then you: close the vote")
    if motion.meeting.state == MeetingState.PLANNED:
        return _("the day of the meeting")
    return _("you: open the vote")


class MotionStep(ActionView):
    """A step on one motion: its page says which one."""

    permission_required = KEEP

    def facts(self, obj: Motion) -> list[tuple[Any, Any]]:
        return [
            (_("Proposal"), f"{obj.submission.number} · {obj.submission.current.title}"),
            (_("Company"), name_of(obj.submission.applicant_organisation)),
            (_("Meeting"), f"{obj.meeting.number}, {moment(obj.meeting.held_at)}"),
        ]


class OpenVote(MotionStep):
    name = "open-vote"
    title = _("Open the vote")
    form_class = forms.Form
    done = _("The vote is open.")

    def available(self, obj: Motion) -> Refusal | None:
        return not_now(MEETING_MOVES, "vote", obj.meeting) or not_now(MOTION_MOVES, "open_vote", obj)

    def effects(self, obj: Motion) -> list[Any]:
        return [*quorum_lines(obj), _("Members who belong to the company are recused by this.")]

    def perform(self, obj: Motion, form: forms.BaseForm) -> Any:
        return motions.open_vote(motion=obj, by=self.request.user)


class CloseVote(MotionStep):
    name = "close-vote"
    title = _("Close the vote")
    form_class = forms.Form
    done = _("The decision is recorded.")

    def available(self, obj: Motion) -> Refusal | None:
        return not_now(MOTION_MOVES, "close_vote", obj)

    def effects(self, obj: Motion) -> list[Any]:
        return [
            *quorum_lines(obj),
            _("Votes cast: %(cast)s. Present members who have not voted count for the quorum only.")
            % {"cast": obj.ballots.count()},
            _(
                "If adopted, the product is designated at once and the company is told. Nothing of this is taken back."
            ),
        ]

    def perform(self, obj: Motion, form: forms.BaseForm) -> Any:
        return motions.close_vote(motion=obj, by=self.request.user)


class RecordRecusal(MotionStep):
    name = "recuse"
    title = _("Record a recusal")
    form_class = RecusalForm
    danger = True
    done = _("The recusal is recorded.")

    def available(self, obj: Motion) -> Refusal | None:
        return not_now(MEETING_MOVES, "recuse", obj.meeting) or not_now(MOTION_MOVES, "recuse", obj)

    def get_form_kwargs(self) -> dict[str, Any]:
        seats = seats_on(self.object.meeting).exclude(recusals__motion=self.object)
        return {**super().get_form_kwargs(), "seats": seats.exclude(ballots__motion=self.object)}

    def effects(self, obj: Motion) -> list[Any]:
        return [_("The member leaves the base of this motion and does not vote. It is not taken back.")]

    def perform(self, obj: Motion, form: forms.BaseForm) -> Any:
        return motions.recuse(motion=obj, by=self.request.user, **form.cleaned_data)


class DeferMotion(MotionStep):
    name = "defer"
    title = _("Take it off the agenda")
    danger = True
    done = _("The motion is put off. It can be tabled again.")

    def available(self, obj: Motion) -> Refusal | None:
        if obj.state == MotionState.VOTING:
            return Refusal("vote_is_open", _("The vote is open."))
        return not_now(MOTION_MOVES, "defer", obj)

    def effects(self, obj: Motion) -> list[Any]:
        return [_("The motion is not decided in this meeting; its proposal may be tabled again.")]

    def perform(self, obj: Motion, form: forms.BaseForm) -> Any:
        return motions.defer_motion(motion=obj, by=self.request.user, reason=form.cleaned_data["reason"])


def quorum_lines(motion: Motion) -> list[Any]:
    """Where the quorum stands, in words."""
    quorum = votes.quorum_of(motion)
    line = _("Present: %(present)s of %(base)s entitled members; needed: %(needed)s.") % {
        "present": quorum.present,
        "base": quorum.base,
        "needed": quorum.needed,
    }
    return [line] if quorum.reached else [line, _("The quorum is missing: nothing can be decided.")]


@admin.register(Motion)
class MotionAdmin(StepsAdmin):
    permission_required = KEEP
    list_display = ["submission", "meeting", "order", "state"]
    list_select_related = ["submission", "meeting"]
    list_filter = ["state"]
    fields = ["meeting", "order", "submission", "state", "voting_opened_at"]
    action_views = [OpenVote, CloseVote, RecordRecusal, DeferMotion]

    def heading_of(self, obj: Motion) -> str:
        return f"{obj.meeting.number} – {obj.order}"

    def console_context(self, request: HttpRequest, obj: Motion) -> dict[str, Any]:
        quorum = votes.quorum_of(obj)
        return {
            "heading": obj.submission.current.title,
            "waiting": motion_waits(obj),
            "waiting_until": moment(obj.meeting.held_at)
            if obj.meeting.state == MeetingState.PLANNED and not ended(obj)
            else "",
            "number": obj.submission.number,
            "state": obj.get_state_display(),
            "tone": {"voting": "warning", "adopted": "success", "rejected": "danger"}.get(
                obj.state, "neutral"
            ),
            "decision": getattr(obj, "decision", None),
            "recusals": list(obj.recusals.select_related("seat__holder")),
            "meeting_url": reverse("admin:designation_meeting_change", args=[obj.meeting_id]),
            "meeting": obj.meeting,
            "stats": [
                {"label": _("Entitled"), "value": quorum.base},
                {"label": _("Present"), "value": quorum.present},
                {"label": _("Needed"), "value": quorum.needed},
                {"label": _("Votes cast"), "value": obj.ballots.count()},
            ],
        }


# ── the register and the rules ──


@admin.register(Designation)
class DesignationAdmin(ServiceAdmin):
    permission_required = KEEP
    list_display = ["number", "product_name_ko", "organisation", "designated_on", "valid"]
    list_select_related = ["organisation"]
    search_fields = ["number", "product_name_ko", "product_name_en", "organisation__name_ko"]
    fields = [
        "number",
        "type",
        "product_name_ko",
        "product_name_en",
        "organisation",
        "submission",
        "designated_on",
        "valid",
        "designated_at",
    ]


@admin.register(DesignationRule)
class DesignationRuleAdmin(ServiceAdmin):
    permission_required = KEEP
    list_display = ["valid", "years", "source", "is_default"]


@admin.register(VotingRule)
class VotingRuleAdmin(ServiceAdmin):
    permission_required = KEEP
    list_display = ["valid", "majority_base", "source", "is_default"]
