"""Meetings for members of the committee: the agenda, what is proposed, recusal and vote."""

from functools import cached_property
from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from innomarket.common.clock import KST
from innomarket.common.lists import KeysetListView
from innomarket.common.refusals import ask
from innomarket.common.views import ConfirmView, PrivateMixin
from innomarket.evaluation.models import Result
from innomarket.submissions.models import Submission

from .. import permissions, votes
from ..forms import OwnRecusalForm
from ..models import Meeting, Motion, Seat, VotingRule
from ..services.motion import cast_ballot, recuse
from ..states import Choice, MeetingState, MotionState

MEETING_TONES: dict[str, str] = {MeetingState.PLANNED: "information", MeetingState.HELD: "success"}
MOTION_TONES: dict[str, str] = {
    MotionState.TABLED: "neutral",
    MotionState.VOTING: "warning",
    MotionState.ADOPTED: "success",
    MotionState.REJECTED: "danger",
    MotionState.DEFERRED: "information",
}


class MeetingList(LoginRequiredMixin, PrivateMixin, KeysetListView):
    template_name = "designation/meeting_list.html"
    order = ("-held_at", "-pk")

    def get_queryset(self) -> Any:
        return Meeting.objects.visible_to(self.request.user).select_related("committee")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(section="workspace", **kwargs)
        for meeting in context["rows"]:
            meeting.tone = MEETING_TONES.get(meeting.state, "neutral")
        return context


class OfMeeting(LoginRequiredMixin, PrivateMixin):
    """A page below one meeting; who may not know of the meeting finds nothing."""

    kwargs: dict[str, Any]
    request: Any

    @cached_property
    def meeting(self) -> Meeting:
        return get_object_or_404(
            Meeting.objects.visible_to(self.request.user).select_related("committee"),
            number=self.kwargs["number"],
        )

    @cached_property
    def motion(self) -> Motion:
        return get_object_or_404(
            Motion.objects.select_related(
                "meeting__committee",
                "submission__current",
                "submission__applicant_organisation",
                "submission__lot",
            ),
            meeting=self.meeting,
            order=self.kwargs["order"],
        )

    @cached_property
    def seat(self) -> Seat | None:
        """The seat that the person holds on the day of the meeting."""
        day = self.meeting.held_at.astimezone(KST).date()
        return permissions.seat_of(self.request.user, self.meeting.committee, day)

    def motion_url(self) -> str:
        return reverse("designation:motion", args=[self.meeting.number, self.motion.order])


class MeetingDetail(OfMeeting, TemplateView):
    template_name = "designation/meeting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meeting, seat = self.meeting, self.seat
        motions = list(
            meeting.motions.select_related(
                "submission__current", "submission__applicant_organisation", "decision"
            ).order_by("order")
        )
        voted = (
            set(seat.ballots.filter(motion__in=motions).values_list("motion", flat=True)) if seat else set()
        )
        left = (
            set(seat.recusals.filter(motion__in=motions).values_list("motion", flat=True)) if seat else set()
        )
        for motion in motions:
            motion.tone = MOTION_TONES[motion.state]
            motion.voted, motion.recused = motion.pk in voted, motion.pk in left
        day = meeting.held_at.astimezone(KST).date()
        return super().get_context_data(
            meeting=meeting,
            tone=MEETING_TONES.get(meeting.state, "neutral"),
            seat=seat,
            motions=motions,
            seats=list(meeting.committee.seats.filled_on(day).select_related("holder").order_by("place")),
            present=set(meeting.attendances.values_list("seat", flat=True)),
            now_voting=next((m for m in motions if m.state == MotionState.VOTING), None),
            waiting=waiting_of(meeting),
            rule=VotingRule.objects.at(day),
            section="workspace",
            **kwargs,
        )


def waiting_of(meeting: Meeting) -> str:
    words: dict[str, str] = {
        MeetingState.PLANNED: _("The secretary: opens the meeting"),
        MeetingState.HELD: _("The members: their votes"),
    }
    return words.get(meeting.state, "")


class MotionDetail(OfMeeting, TemplateView):
    """One motion: the frozen proposal, its score, and what the member does."""

    template_name = "designation/motion.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        motion, seat = self.motion, self.seat
        submission = motion.submission
        may_read = Submission.objects.readable_by(self.request.user).filter(pk=submission.pk).exists()
        recusal = motion.recusals.filter(seat=seat).first() if seat else None
        ballot = motion.ballots.filter(seat=seat).first() if seat else None
        return super().get_context_data(
            meeting=self.meeting,
            motion=motion,
            tone=MOTION_TONES[motion.state],
            revision=submission.current if may_read and recusal is None else None,
            submission=submission,
            result=Result.objects.deciding().filter(entry__submission=submission).first(),
            seat=seat,
            recusal=recusal,
            ballot=ballot,
            recusals=motion.recusals.count(),
            refusal=permissions.may_vote(self.request.user, motion, seat) if seat else None,
            quorum=votes.quorum_of(motion),
            cast=motion.ballots.count(),
            rule=VotingRule.objects.at(votes.day_of(motion)),
            decision=getattr(motion, "decision", None),
            choices=Choice.choices,
            section="workspace",
            **kwargs,
        )


class RecuseView(OfMeeting, ConfirmView):
    """A member leaves the base of one motion, with a reason."""

    title = gettext_lazy("Recuse yourself from this motion")
    form_class = OwnRecusalForm
    submit_label = gettext_lazy("Recuse myself")
    success_message = gettext_lazy("You are recused from this motion.")
    danger = True

    def own_seat(self) -> Seat:
        if self.seat is None:
            raise Http404
        return self.seat

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.own_seat()
        return super().get_context_data(number=self.motion.submission.number, **kwargs)

    def effects(self) -> list[Any]:
        return [
            _("You do not vote on this motion, and you are not counted for its quorum."),
            _("You no longer read the proposal here."),
            _("The reason is kept in the record. A recusal is not taken back."),
        ]

    def perform(self, form: forms.BaseForm) -> Any:
        seat = self.own_seat()
        return recuse(motion=self.motion, by=self.request.user, seat=seat, reason=form.cleaned_data["reason"])

    def get_success_url(self) -> str:
        return self.motion_url()

    def crumbs(self) -> list[tuple[Any, str]]:
        return crumbs_of(self)

    def back_url(self) -> str:
        return self.motion_url()


class BallotForm(forms.Form):
    choice = forms.ChoiceField(
        label=gettext_lazy("Your vote"), choices=Choice.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choice"].cards = True


class VoteView(OfMeeting, ConfirmView):
    """The ballot: chosen before (?choice=for) or here, and confirmed once."""

    title = gettext_lazy("Confirm your vote")
    form_class = BallotForm
    submit_label = gettext_lazy("Cast this vote")
    success_message = gettext_lazy("Your vote is recorded.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """No ballot paper for who may not vote; whoever has voted is led to what stands."""
        ask(permissions.may_vote(request.user, self.motion, self.seat))
        if self.motion.ballots.filter(seat=self.seat).exists():
            return redirect(self.motion_url())
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        chosen = self.request.GET.get("choice", "")
        return {"choice": chosen} if chosen in Choice.values else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.seat is None:
            ask(permissions.may_vote(self.request.user, self.motion, None))
        return super().get_context_data(
            number=self.motion.submission.number,
            lead=self.motion.submission.current.title
            if permissions.may_vote(self.request.user, self.motion, self.seat) is None
            else "",
            **kwargs,
        )

    def effects(self) -> list[Any]:
        return [
            _("Your vote counts once, for your seat. It is not changed afterwards."),
            _("Until the vote is closed nobody sees how it stands."),
        ]

    def perform(self, form: forms.BaseForm) -> Any:
        return cast_ballot(motion=self.motion, by=self.request.user, choice=form.cleaned_data["choice"])

    def get_success_url(self) -> str:
        return self.motion_url()

    def crumbs(self) -> list[tuple[Any, str]]:
        return crumbs_of(self)

    def back_url(self) -> str:
        return self.motion_url()


def crumbs_of(view: OfMeeting) -> list[tuple[Any, str]]:
    meeting = view.meeting
    return [
        (_("Meetings"), reverse("designation:meeting_list")),
        (meeting.number, reverse("designation:meeting", args=[meeting.number])),
        (_("Motion %(order)s") % {"order": view.motion.order}, view.motion_url()),
    ]
