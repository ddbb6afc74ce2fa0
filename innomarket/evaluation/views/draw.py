"""The public pages of draws: what was promised, how it went on, the files, and how to check them."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.generic import ListView, TemplateView, View

from innomarket.submissions.models import Call
from innomarket.submissions.words import titled

from .. import drawfile
from ..grounds import ground_words
from ..models import Draw, DrawStep, Expertise, ExpertKind
from ..states import DrawState, RoundState

TONES = {DrawState.COMMITTED: "primary", DrawState.DRAWN: "success", DrawState.VOID: "neutral"}
SHOWN = 200
"""So many candidates stand on the page; the file holds all."""


class DrawList(ListView):
    """Every draw, the latest first; ``?call=`` those of one call."""

    template_name = "evaluation/draws.html"
    context_object_name = "draws"
    paginate_by = 50
    queryset = Draw.objects.select_related("round__lot__call").order_by("-pk")

    def get_queryset(self) -> Any:
        call = self.request.GET.get("call", "")
        rows = super().get_queryset()
        return rows.filter(round__lot__call__number=call) if call else rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        number = self.request.GET.get("call", "")
        call = Call.objects.visible_to(self.request.user).filter(number=number).first() if number else None
        context = super().get_context_data(call=call, section="calls", **kwargs)
        for draw in context["draws"]:
            draw.tone = TONES[DrawState(draw.state)]
        return context


class DrawMixin(View):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        draws = Draw.objects.select_related("round__lot__call")
        self.draw = get_object_or_404(draws, number=kwargs["number"])


class DrawView(DrawMixin, TemplateView):
    template_name = "evaluation/draw.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draw = self.draw
        pool = json.loads(draw.pool)
        steps = drawfile.steps_of(draw)
        kinds = dict(ExpertKind.choices)
        fields = {field.code: titled(field, "name") for field in Expertise.objects.all()}
        seated = [step for step in steps if step.result == DrawStep.Result.SEATED]
        known = {one["code"]: one for one in pool["candidates"]}
        for step in steps:
            step.why = ground_words(step.ground)
            step.kind_name = kinds.get(known[step.code]["kind"], "") if step.code else ""
            step.organisation = known[step.code]["organisation"] if step.code else ""
        candidates = pool["candidates"][:SHOWN]
        return super().get_context_data(
            **kwargs,
            draw=draw,
            tone=TONES[DrawState(draw.state)],
            title=titled(draw.round.lot, "title"),
            call=draw.round.lot.call,
            call_title=titled(draw.round.lot.call, "title"),
            fields=[fields.get(code, code) for code in pool["fields"]],
            published=draw.round.state == RoundState.PUBLISHED,
            section="calls",
            rule=pool["rule"],
            seats=[(kinds[kind], n) for kind, n in pool["rule"]["seats"].items()],
            count=len(pool["candidates"]),
            excluded=sum(bool(one["excluded"]) for one in pool["candidates"]),
            candidates=[
                one
                | {
                    "kind_name": kinds[one["kind"]],
                    "why": ground_words(one["excluded"]),
                    "fields": [fields.get(code, code) for code in one["fields"]],
                }
                for one in candidates
            ],
            shown=len(candidates),
            steps=steps,
            seated=seated,
            appointed=drawfile.appointed(draw),
        )


class PoolFile(DrawMixin):
    """pool.json, byte for byte as it was hashed."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _file(self.draw.pool.encode(), f"{self.draw.number}-pool.json")


class DrawFile(DrawMixin):
    """draw.json, as it stands now."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _file(drawfile.text_of(self.draw), f"{self.draw.number}-draw.json")


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
