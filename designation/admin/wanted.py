"""The console of motions that are wanted after an evaluation anew."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.refusals import Refusal
from innomarket.submissions.words import moment

from ..forms import ReviewForm
from ..models import Motion, WantedMotion
from ..services import review
from .steps import KEEP


class TableReview(ActionView):
    name = "table"
    title = _("Put the motion on an agenda")
    permission_required = KEEP
    form_class = ReviewForm
    done = _("The agenda is changed.")

    def available(self, obj: WantedMotion) -> Refusal | None:
        if not WantedMotion.objects.to_table().filter(pk=obj.pk).exists():
            return Refusal("already_tabled", _("The motion is already on an agenda, or was voted on."))
        return None

    def effects(self, obj: WantedMotion) -> list[Any]:
        return [
            _("The committee votes on whether designation %(number)s ends. Until then it stands.")
            % {"number": obj.designation.number},
            _("Adopted, it ends with the day of the decision; what was contracted before stays."),
            _("Its company is told the day of the meeting."),
        ]

    def perform(self, obj: WantedMotion, form: forms.BaseForm) -> Motion:
        return review.table_review(meeting=form.cleaned_data["meeting"], by=self.request.user, wanted=obj)

    def get_success_url(self) -> str:
        return reverse("admin:designation_meeting_change", args=[self.result.meeting_id])


@admin.register(WantedMotion)
class WantedMotionAdmin(ServiceAdmin):
    permission_required = KEEP
    empty_text = _("No evaluation anew contradicts a designation.")
    list_display = ["number", "designation", "made_at", "taken_up"]
    list_select_related = ["designation", "result__entry__round"]
    fields = ["designation", "made_at"]
    action_views = [TableReview]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("motions__meeting")

    @admin.display(description=_("number"))
    def number(self, obj: WantedMotion) -> str:
        return obj.designation.number

    @admin.display(description=_("motion"))
    def taken_up(self, obj: WantedMotion) -> str:
        motion = max(obj.motions.all(), key=lambda one: one.pk, default=None)
        return f"{motion.meeting.number} – {motion.get_state_display()}" if motion else "–"

    def console_context(self, request: HttpRequest, obj: WantedMotion) -> dict[str, Any]:
        open_ = WantedMotion.objects.to_table().filter(pk=obj.pk).exists()
        result = obj.result
        return {
            "heading": obj.designation.product_name_ko,
            "number": obj.designation.number,
            "lead": _("Evaluated anew in round %(round)s: %(outcome)s, published %(at)s")
            % {
                "round": result.entry.round.number,
                "outcome": result.get_outcome_display(),
                "at": moment(result.published_at),
            },
            "state": _("wanted") if open_ else _("taken up"),
            "tone": "danger" if open_ else "neutral",
            "waiting": _("you: put the motion on an agenda") if open_ else "",
            "seen_by": _("The secretary of the committee"),
        }
