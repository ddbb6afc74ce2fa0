"""Staff look at what a supplier proposes, beside what stands, and decide."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from innomarket.accounts.reads import people_of
from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.refusals import Refusal
from innomarket.common.templatetags.innomarket import lang
from innomarket.common.views import ReasonForm, refusal_page

from . import differing
from .models import ListingChange
from .seen import MARK, Seen
from .services import change as services
from .states import ChangeState

TONES = {
    ChangeState.DRAFT: "neutral",
    ChangeState.PROPOSED: "primary",
    ChangeState.TAKEN: "success",
    ChangeState.REFUSED: "danger",
    ChangeState.WITHDRAWN: "neutral",
}


class AnswerForm(ReasonForm):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The supplier reads it."),
        max_length=services.REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class _Decision(ActionView):
    """What changes stands before the button, and only that is decided."""

    permission_required = "accounts.keep_catalogue"
    template_name = "admin/catalog/listingchange/decide.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A change that its supplier took back is no longer staff's to see; who just decided on it is told so."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            drafts, pk = ListingChange.objects.filter(state=ChangeState.DRAFT), kwargs["pk"]
            if request.method == "POST" and pk.isdecimal() and drafts.filter(pk=pk).exists():
                text = _("The supplier took this change back. You are told when it is sent again.")
                return refusal_page(request, Refusal("taken_back", text))
            raise

    def available(self, obj: Any) -> Refusal | None:
        if obj.state == ChangeState.PROPOSED:
            return None
        return Refusal("not_proposed", _("Only a proposed change is decided."))

    def effects(self, obj: Any) -> list[Any]:
        n = people_of(obj.product.supplier).count()
        told = ngettext("%(n)s person of the supplier is told", "%(n)s people of the supplier are told", n)
        return [*self.what, told % {"n": n}]

    what: tuple[Any, ...] = ()

    def seen(self) -> str:
        return self.request.POST.get(MARK, "")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = differing.lines(self.object.base, self.object.content)
        seen = Seen(self.object, lines, self.request.POST)
        preview_url = reverse("catalog:preview", args=[self.object.product.number])
        return super().get_context_data(differences=lines, seen=seen, preview_url=preview_url, **kwargs)


class Take(_Decision):
    name = "take"
    title = _("Take the change over")
    form_class = forms.Form
    what = (
        _("Page and data show it at once, and the history keeps what stood before"),
        _("Only what the supplier changed is written; your corrections in between stay"),
    )
    done = _("The change is live.")

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:  # type: ignore[override]
        return services.take_change(change=obj, by=self.request.user, seen=self.seen())


class Refuse(_Decision):
    name = "refuse"
    title = _("Refuse the change")
    form_class = AnswerForm
    danger = True
    what = (
        _("The listing stays as it is"),
        _("The supplier reads the reason and can go on from what it wrote"),
    )
    done = _("The change was refused.")

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:  # type: ignore[override]
        reason = form.cleaned_data["reason"]
        return services.refuse_change(change=obj, by=self.request.user, reason=reason, seen=self.seen())


@admin.register(ListingChange)
class ListingChangeAdmin(ServiceAdmin):
    permission_required = "accounts.keep_catalogue"
    empty_text = _("No supplier has proposed a change.")
    list_display = ["number", "product", "supplier", "state", "proposed_at", "decided_at"]
    list_filter = ["state"]
    list_select_related = ["product"]
    search_fields = ["product__number", "product__name_ko", "product__supplier__name_ko"]
    fields = ["product", "proposed_by", "proposed_at", "decided_by", "decided_at", "answer"]
    action_views = [Take, Refuse]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Drafts are the supplier's own until they are proposed; corrections by staff stand in each history."""
        return (
            super()
            .get_queryset(request)
            .filter(by_staff=False)
            .exclude(state=ChangeState.DRAFT)
            .select_related("product__supplier")
        )

    @admin.display(description=_("number"), ordering="product__number")
    def number(self, obj: Any) -> str:
        return str(obj.product.number)

    @admin.display(description=_("supplier"))
    def supplier(self, obj: Any) -> Any:
        return lang(obj.product.supplier, "name")

    def heading_of(self, obj: Any) -> str:
        return str(obj.product)

    def console_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        return {
            "state": obj.get_state_display(),
            "tone": TONES[ChangeState(obj.state)],
            "number": obj.product.number,
            "seen_by": _("The supplier's people and staff who keep the catalogue"),
            "lead": obj.product.supplier.name_ko,
            "differences": differing.lines(obj.base, obj.content),
            "product_url": obj.product.get_absolute_url(),
            "preview_url": reverse("catalog:preview", args=[obj.product.number])
            if obj.state == ChangeState.PROPOSED
            else "",
        }
