"""The console of motions: votes, recusals, putting off."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from innomarket.common.admin import ActionView
from innomarket.common.refusals import Refusal
from innomarket.common.shown import name_of
from innomarket.submissions.words import moment

from .. import votes
from ..forms import (
    RecusalForm,
)
from ..models import Motion
from ..services import motion as motions
from ..states import MEETING_MOVES, MOTION_MOVES, MeetingState, MotionState
from .steps import KEEP, StepsAdmin, ended, not_now, seats_on


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
            (_("The vote is on"), obj.question),
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
            _("If adopted, the designation ends with this day and the company is told; else it stands.")
            if obj.wanted_id
            else _(
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
            "heading": obj.question,
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
