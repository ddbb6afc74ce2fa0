"""One's own seat on a panel: the invitation, the pledge, and declining."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common.views import ConfirmView, ServiceFormView
from innomarket.submissions.words import titled

from ..forms.pool import DeclineForm, PledgeForm
from ..models import Pledge, PledgeText
from ..services.pledge import decline_seat, sign_pledge
from ..states import SEATING, RoundState
from .seat import ROUND_TONES, SeatMixin


class PledgeView(SeatMixin, ServiceFormView):
    """What is asked, by when, and the pledge; signed, it shows when."""

    template_name = "evaluation/pledge.html"
    form_class: Any = PledgeForm
    submit_label = gettext_lazy("Sign the pledge")
    success_message = gettext_lazy("You have signed the pledge.")

    def perform(self, form: forms.BaseForm) -> Any:
        return sign_pledge(panelist=self.panelist, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("evaluation:round", args=[self.round.number])

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("My evaluations"), reverse("evaluation:queue"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        signed = Pledge.objects.filter(panelist=self.panelist).select_related("text").first()
        return super().get_context_data(
            **kwargs,
            title=titled(self.round.lot, "title"),
            section="workspace",
            round=self.round,
            seat=self.panelist,
            tone=ROUND_TONES[RoundState(self.round.state)],
            signed=signed,
            text=signed.text if signed else PledgeText.objects.at(),
            open=self.round.state in SEATING,
            may_decline=self.round.state in SEATING and self.panelist.declared_at is None,
            now=self.now,
        )


class DeclineView(SeatMixin, ConfirmView):
    form_class: Any = DeclineForm
    title = gettext_lazy("Decline the seat")
    submit_label = gettext_lazy("Decline")
    success_message = gettext_lazy("You have declined. Thank you for saying so.")
    danger = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.panelist.declared_at is not None:
            return HttpResponseRedirect(self.back_url())
        return super().get(request, *args, **kwargs)

    def effects(self) -> list[Any]:
        lines = [_("You leave this panel and cannot return")]
        if self.panelist.kind:
            lines.append(_("The next in the order of the draw is called and told at once"))
        return lines

    def perform(self, form: forms.BaseForm) -> Any:
        return decline_seat(panelist=self.panelist, by=self.request.user, reason=form.cleaned_data["reason"])

    def get_success_url(self) -> str:
        return reverse("evaluation:queue")

    def back_url(self) -> str:
        return reverse("evaluation:seat", args=[self.round.number])

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("My evaluations"), reverse("evaluation:queue")), (self.round.number, self.back_url())]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            lead=titled(self.round.lot, "title"), number=self.round.number, section="workspace", **kwargs
        )
