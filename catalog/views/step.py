"""The steps of a change: what is typed is kept in the draft, and nothing is overwritten unseen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic.base import View

from innomarket.common.refusals import Refused
from innomarket.common.views import PrivateMixin

from .. import differing, steps
from ..forms.sheets import ModelSheet, Sheet, category_name
from ..models import ListingChange, ListingRule
from ..services import change as services
from ..services.comparing import changed_parts, stamp
from ..states import ChangeState
from .change import OfProduct, steps_url


class StepPage(OfProduct, View):
    """Base: one page of the draft. Without a draft it leads to where one is begun."""

    template_name = "catalog/step.html"
    step: steps.Step
    parts: tuple[str, ...] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        code = kwargs.get("step", "models")
        if code not in steps.BY_CODE:
            raise Http404
        self.step = steps.BY_CODE[code]
        self.parts = self.step.parts
        return super().dispatch(request, *args, **kwargs)

    def draft(self) -> ListingChange | None:
        return self.change if self.change and self.change.state == ChangeState.DRAFT else None

    def sheet(self, content: dict[str, Any], data: Any = None) -> Any:
        return Sheet(self.step.code, content, data)

    def fields(self, sheet: Any) -> dict[str, Any]:
        found: dict[str, Any] = sheet.fields()
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        change = self.draft()
        if change is None:
            return HttpResponseRedirect(self.home())
        return self.page(change, self.sheet(change.content))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        change = self.draft()
        if change is None:
            messages.warning(request, _("There is no draft of a change any more: see what became of it."))
            return HttpResponseRedirect(self.home())
        sheet = self.sheet(change.content, request.POST)
        seen = request.POST.get("seen", "")
        if sheet.asks_nothing:
            return self.page(change, sheet, seen=seen)
        if not sheet.is_valid():
            return self.page(change, sheet, seen=seen, status=422)
        fields = self.fields(sheet)
        if not changed_parts(change.content, change.content | fields):
            return HttpResponseRedirect(self.then())
        try:
            self.save(change, sheet, fields, seen)
        except Refused as refused:
            return self.refused(change, sheet, refused, fields)
        messages.success(request, _("Saved in the draft."))
        return HttpResponseRedirect(self.then())

    def save(self, change: ListingChange, sheet: Any, fields: dict[str, Any], seen: str) -> None:
        services.save_change(change=change, by=self.request.user, fields=fields, seen=seen)

    def mark(self, change: ListingChange) -> str:
        """What the page hands back of what it shows."""
        return stamp(change.content, self.parts)

    def refused(
        self, change: ListingChange, sheet: Any, refused: Refused, fields: dict[str, Any]
    ) -> HttpResponse:
        """What is saved stands beside what was typed; pressing the button again keeps what was typed."""
        change.refresh_from_db()
        lines = differing.lines(change.content, change.content | fields)
        return self.page(change, sheet, status=refused.status, refusal=refused, both=lines)

    def then(self) -> str:
        _before, behind = steps.neighbours(self.step.code)
        if "later" in self.request.POST or behind is None:
            return self.home()
        return steps_url(self.product.number, behind.code)

    def page(self, change: ListingChange, sheet: Any, *, status: int = 200, **context: Any) -> HttpResponse:
        before, _behind = steps.neighbours(self.step.code)
        return render(
            self.request,
            self.template_name,
            {
                "product": self.product,
                "change": change,
                "title": self.step.title,
                "lead": self.step.hint,
                "crumbs": self.crumbs(),
                "sheet": sheet,
                "steps": steps.shown(
                    self.product.number, changed_parts(change.base, change.content), now=self.step.code
                ),
                "back_url": steps_url(self.product.number, before.code) if before else self.home(),
                "by_staff": self.by_staff,
                "preview_url": self.preview_url(),
                "seen": self.mark(change),
                **context,
            },
            status=status,
        )


class ModelsPage(OfProduct, PrivateMixin, View):
    """The models of the draft as a list: open one, add one, take one away."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        change = self.change
        if change is None or change.state != ChangeState.DRAFT:
            return HttpResponseRedirect(self.home())
        step, number = steps.BY_CODE["models"], self.product.number
        before, behind = steps.neighbours("models")
        models = change.content["models"]
        return render(
            request,
            "catalog/models.html",
            {
                "product": self.product,
                "title": step.title,
                "lead": step.hint,
                "crumbs": self.crumbs(),
                "category": category_name(change.content["category"]),
                "class_url": steps_url(number, "class"),
                "models": [
                    {
                        "model": model,
                        "values": len(model.get("specifications", ())),
                        "url": reverse("catalog:change_model", args=[number, place]),
                        "place": place,
                    }
                    for place, model in enumerate(models)
                ],
                "most": ListingRule.objects.at().most_models,
                "add_url": reverse("catalog:change_model", args=[number, len(models)]),
                "seen": stamp(change.content, ["models"]),
                "steps": steps.shown(number, changed_parts(change.base, change.content), now="models"),
                "by_staff": self.by_staff,
                "preview_url": self.preview_url(),
                "back_url": steps_url(number, before.code) if before else self.home(),
                "next_url": steps_url(number, behind.code) if behind else self.home(),
            },
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take one model away; the button carries its place."""
        change, place = self.change, request.POST.get("remove", "")
        if change is not None and place in map(str, range(len(change.content["models"]))):
            models = [row for at, row in enumerate(change.content["models"]) if str(at) != place]
            try:
                services.save_change(
                    change=change,
                    by=request.user,
                    fields={"models": models},
                    seen=request.POST.get("seen", ""),
                )
            except Refused as refused:
                messages.error(request, str(refused.reason))
            else:
                messages.success(request, _("The model was taken out of the draft."))
        return HttpResponseRedirect(steps_url(self.product.number, "models"))


class ModelPage(StepPage):
    """One model, opened by its place in the draft; the place behind the last one is a new model.

    While it is open the others may come and go: what is saved is the model that the page showed, wherever it stands.
    """

    template_name = "catalog/model.html"
    place = 0

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.place = kwargs["place"]
        return super().dispatch(request, *args, **kwargs)

    def sheet(self, content: dict[str, Any], data: Any = None) -> ModelSheet:
        models = content["models"]
        if data is None and self.place > len(models):
            raise Http404
        return ModelSheet(content, models[self.place] if self.place < len(models) else {}, data)

    def fields(self, sheet: Any) -> dict[str, Any]:
        assert self.change is not None
        models = list(self.change.content["models"])
        found = services.place_of_model(models, self.request.POST.get("seen", ""))
        self.place = len(models) if found is None else found
        models[self.place : self.place + 1] = [sheet.model()]
        return {"models": models}

    def save(self, change: ListingChange, sheet: Any, fields: dict[str, Any], seen: str) -> None:
        services.save_model(change=change, by=self.request.user, model=sheet.model(), mark=seen)

    def mark(self, change: ListingChange) -> str:
        models = change.content["models"]
        return services.model_mark(models[self.place] if self.place < len(models) else None)

    def refused(
        self, change: ListingChange, sheet: Any, refused: Refused, fields: dict[str, Any]
    ) -> HttpResponse:
        """A model that is gone is added again by the next press of the button."""
        change.refresh_from_db()
        return super().refused(change, sheet, refused, self.fields(sheet))

    def then(self) -> str:
        return steps_url(self.product.number, "models")

    def page(self, change: ListingChange, sheet: Any, **context: Any) -> HttpResponse:
        return super().page(
            change, sheet, category=category_name(change.content["category"]), place=self.place + 1, **context
        )
