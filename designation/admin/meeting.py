"""The console of meetings: agenda, attendance, opening and closing."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from innomarket.common.admin import ActionView
from innomarket.common.clock import KST, today
from innomarket.common.refusals import Refusal
from innomarket.common.shown import name_of
from innomarket.submissions.words import moment

from ..forms import (
    AttendanceForm,
    MeetingForm,
    TableForm,
)
from ..models import Meeting, Motion, Seat
from ..services import meeting as meetings
from ..services import motion as motions
from ..states import MEETING_MOVES, MeetingState, MotionState
from .steps import KEEP, StepsAdmin, not_now, seats_on


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
