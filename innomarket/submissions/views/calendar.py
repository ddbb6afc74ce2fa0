"""All calls by the month in which they close, with the time that is left by the server's clock."""

from datetime import date, datetime
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language
from django.views.generic import TemplateView

from innomarket.common.clock import KST, kst, now, today

from .. import deadlines, kinds, outcomes
from ..models import Call, ClosingRule
from ..states import CallState
from ..words import closing_rule_lines
from .call import state_of

MONTHS_AHEAD = 3
"""How many months are shown to whoever asks for none: on the last day of one, the next matters more."""


class CallCalendar(TemplateView):
    """``?month=2026-11``; without it the running month and the next two. Nothing before 2000 or after 2199."""

    template_name = "submissions/calendar.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at, asked = now(), self.request.GET.get("month", "")
        first = _month(asked, at.astimezone(KST).date())
        firsts = [first] if asked else [_shifted(first, by) for by in range(MONTHS_AHEAD)]
        before, after = _shifted(first, -1), _shifted(firsts[-1], 1)
        rows = self._rows(at, first, after)
        found = {
            "now": at,
            "rules": closing_rule_lines(ClosingRule.objects.filter(valid__contains=today()).first()),
            "months": [
                (f"{one:%Y-%m}", _name(one), [row for row in rows if row["month"] == one]) for one in firsts
            ],
            "before": f"{before:%Y-%m}",
            "before_name": _name(before),
            "after": f"{after:%Y-%m}",
            "after_name": _name(after),
        }
        return super().get_context_data(**{**found, **kwargs})

    def _rows(self, at: datetime, first: date, after: date) -> list[dict[str, Any]]:
        """The announced calls that close from the one day until before the other."""
        calls = list(
            Call.objects.filter(announced_at__isnull=False)
            .filter(
                closes_at__gte=kst(first.year, first.month, 1), closes_at__lt=kst(after.year, after.month, 1)
            )
            .order_by("closes_at", "pk")
        )
        decided = outcomes.published(call.pk for call in calls)
        own = deadlines.closings_for_person(self.request.user, calls)
        rows = []
        for call in calls:
            state, tone = state_of(call, at, decided=call.pk in decided)
            kind, closes_at = kinds.get(call.kind), own.get(call.pk, call.closes_at)
            ahead = call.state != CallState.CANCELLED and call.opened_at is None and closes_at > at
            rows.append(
                {
                    "call": call,
                    "month": call.closes_at.astimezone(KST).date().replace(day=1),
                    "state": state,
                    "tone": tone,
                    "kind": kind.label,
                    "for_person": kind.applicant == "person",
                    "until": closes_at if ahead else None,
                    "own_closing": own.get(call.pk),
                    "url": reverse("submissions:call", args=[call.number]),
                }
            )
        return rows


def _month(text: str, today: date) -> date:
    if not text:
        return today.replace(day=1)
    year, _dash, month = text.partition("-")
    plain = len(text) == 7 and text.isascii() and year.isdecimal() and month.isdecimal()
    if not plain or not (2000 <= int(year) < 2200 and 1 <= int(month) <= 12):
        raise Http404
    return date(int(year), int(month), 1)


def _shifted(first: date, by: int) -> date:
    months = first.year * 12 + first.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)


def _name(first: date) -> str:
    if (get_language() or "ko").startswith("en"):
        return f"{first:%B %Y}"
    return f"{first.year}년 {first.month}월"
