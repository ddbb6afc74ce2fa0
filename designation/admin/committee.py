"""The console of committees and their seats."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.clock import today
from innomarket.common.shown import name_of

from ..forms import (
    CommitteeForm,
    SeatForm,
    VacateForm,
)
from ..models import Committee, Seat
from ..services import committee as committees
from .steps import KEEP


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
