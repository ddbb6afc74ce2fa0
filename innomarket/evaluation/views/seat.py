"""The round and one's own place on its panel: what every page of an evaluator begins with."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from innomarket.common import clock

from ..models import Panelist, Round
from ..states import RoundState

ROUND_TONES = {
    RoundState.PREPARING: "neutral",
    RoundState.SCORING: "primary",
    RoundState.FINISHED: "information",
    RoundState.PUBLISHED: "success",
    RoundState.CANCELLED: "danger",
}


class SeatMixin(LoginRequiredMixin):
    """Finds the round by its number among those that the person may know, and their seat on its panel."""

    round: Round
    panelist: Panelist

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        rounds = Round.objects.visible_to(request.user).select_related("lot__call", "stage")
        self.round = get_object_or_404(rounds, number=kwargs["number"])
        panelist = self.round.panelists.filter(user=request.user, left_at=None).first()
        if panelist is None:
            return self.without_seat(request)
        self.panelist = panelist
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def without_seat(self, request: HttpRequest) -> HttpResponse:
        raise Http404

    @property
    def now(self) -> Any:
        return clock.now()
