"""The supplier's side: its products, the change of one, and what is done with it before staff decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from innomarket.accounts import reads as people
from innomarket.common.refusals import Refused, allowed
from innomarket.common.views import ConfirmView, PrivateMixin, add_refusal

from .. import differing, permissions, steps
from ..console import TONES
from ..forms.product import CorrectionForm
from ..models import ListingChange, Product
from ..seen import MARK, Seen
from ..services import change as services
from ..services.comparing import changed_parts
from ..services.content import content_of
from ..services.draft import as_product
from ..shown import page_of
from ..states import OPEN_CHANGES, ChangeState

MOST = 200
WAITING_FOR_STAFF = _("agency staff, who compare it with the listing")
CORRECTION_ASKED = "correction"


class MyProducts(LoginRequiredMixin, PrivateMixin, TemplateView):
    """The listed products of one's organisations, each with the state of its change."""

    template_name = "catalog/mine.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        # One change of each product, without its texts: what was written over the years is not read for a list.
        newest = (
            ListingChange.objects.filter(by_staff=False)
            .order_by("product_id", "-pk")
            .distinct("product_id")
            .defer("base", "content")
        )
        products = list(
            Product.objects.filter(supplier__in=people.organisations_of(user))
            .select_related("supplier", "designation")
            .prefetch_related(Prefetch("changes", newest))
            .order_by("supplier", "-listed_at", "-pk")[:MOST]
        )
        writes = set(people.editable_organisations_of(user).values_list("organisation", flat=True))
        rows = [(product, _latest(product), product.supplier_id in writes) for product in products]
        return super().get_context_data(rows=rows, writes=bool(writes), **kwargs)


def _latest(product: Product) -> dict[str, Any] | None:
    """The newest change where it says something to the supplier: open, or refused."""
    change = next(iter(product.changes.all()), None)
    if change is None or change.state not in (*OPEN_CHANGES, ChangeState.REFUSED):
        return None
    return {
        "change": change,
        "tone": TONES[ChangeState(change.state)],
        "waiting": WAITING_FOR_STAFF if change.state == ChangeState.PROPOSED else "",
    }


class OfProduct(LoginRequiredMixin, PrivateMixin):
    """A page of a product's supplier, or with ``by_staff`` of who keeps the catalogue; for others it does not exist.

    Each side sees its own change: the supplier's is sent to staff, the correction of staff goes live by themselves.
    """

    product: Product
    change: ListingChange | None
    by_staff = False
    for_staff = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            products = Product.objects.select_related(
                "supplier", "category__parent", "item_class", "designation"
            )
            own = products.filter(supplier__in=people.editable_organisations_of(request.user))
            self.by_staff = (
                self.for_staff
                and allowed(permissions.may_edit(request.user))
                and not own.filter(number=kwargs["number"]).exists()
            )
            self.product = get_object_or_404(products if self.by_staff else own, number=kwargs["number"])
            self.change = self.changes().filter(state__in=OPEN_CHANGES).first()
        return super().dispatch(request, *args, **kwargs)

    def changes(self) -> QuerySet[ListingChange]:
        """Of the person's own side."""
        return self.product.changes.filter(by_staff=self.by_staff)

    def home(self) -> str:
        return reverse("catalog:change", args=[self.product.number])

    def crumbs(self) -> list[tuple[Any, str]]:
        return [*self.above(), (self.product.number, self.home())]

    def above(self) -> list[tuple[Any, str]]:
        if self.by_staff:
            return [(_("Staff console"), reverse("admin:catalog_product_change", args=[self.product.pk]))]
        return [(_("My products"), reverse("catalog:mine"))]

    def preview_url(self) -> str:
        address = reverse("catalog:preview", args=[self.product.number])
        return f"{address}?{CORRECTION_ASKED}=1" if self.by_staff else address

    def back_url(self) -> str:
        return self.home()


class ChangePage(OfProduct, TemplateView):
    """Where the change stands, what it changes, and the next step."""

    template_name = "catalog/change.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        change, product = self.change, self.product
        context = super().get_context_data(
            product=product,
            change=change,
            crumbs=self.above(),
            by_staff=self.by_staff,
            preview_url=self.preview_url(),
            **kwargs,
        )
        if change is None:
            context["last"] = self.changes().order_by("-pk").first()
            return context
        live = content_of(product)
        outlook = services.outlook(change, live)
        draft = change.state == ChangeState.DRAFT
        corrected = changed_parts(change.base, live) if draft else set()
        return context | {
            "state": change.get_state_display(),
            "tone": TONES[ChangeState(change.state)],
            "waiting": "" if draft else WAITING_FOR_STAFF,
            "draft": draft,
            "steps": steps.shown(product.number, changed_parts(live, outlook)) if draft else [],
            "differences": differing.lines(live, outlook),
            "corrected": differing.lines(change.base, live) if corrected else [],
        }


class OfChange(OfProduct, ConfirmView):
    """One step with the open change; without one it is not there."""

    form_class = forms.Form
    number: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    def opened(self) -> ListingChange:
        if self.change is None:
            raise Refused("no_change", _("There is no open change of this listing. Begin one."))
        return self.change

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(number=self.product.number, **kwargs)

    def get_success_url(self) -> str:
        return self.home()


class BeginChange(OfChange):
    title = _("Change the listing")
    submit_label = _("Begin a change")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.by_staff:
            kwargs |= {"title": _("Correct the listing"), "submit_label": _("Write a correction")}
        return super().get_context_data(**kwargs)

    def again(self) -> ListingChange | None:
        """The change that was refused or withdrawn last, where the person goes on with it."""
        given = self.request.GET.get("again", "")
        closed = self.changes().filter(state__in=[ChangeState.REFUSED, ChangeState.WITHDRAWN])
        return closed.filter(pk=given).first() if given.isdecimal() else None

    def effects(self) -> list[Any]:
        if self.by_staff:
            return [*steps.CORRECTION]
        found = [
            _("A draft is made of the listing as it stands; nobody but your organisation sees it"),
            _("The listing changes only when agency staff have compared and taken it over"),
        ]
        if self.again():
            found.insert(1, _("What you wrote in the earlier change stands in it"))
        return found

    def perform(self, form: forms.BaseForm) -> Any:
        return services.begin_change(
            product=self.product, by=self.request.user, again=self.again(), by_staff=self.by_staff
        )

    def get_success_url(self) -> str:
        return self.home() if self.again() else steps_url(self.product.number, steps.STEPS[0].code)


class SendChange(OfChange):
    """What differs from the live listing stands before the button. Staff make their correction live, with a reason."""

    template_name = "catalog/send.html"

    def get_form_class(self) -> Any:
        return CorrectionForm if self.by_staff else forms.Form

    def get_success_message(self, form: forms.BaseForm) -> Any:
        if self.by_staff:
            return _("The correction is live.")
        return _("Sent. Agency staff compare it with the listing and decide.")

    def get_success_url(self) -> str:
        return self.product.get_absolute_url() if self.by_staff else self.home()

    def effects(self) -> list[Any]:
        if self.by_staff:
            return [
                _("Page and data show it at once, and the history keeps what stood before"),
                _("Your reason stands in the public history"),
            ]
        return [
            _("Staff who keep the catalogue are told and compare it with the listing"),
            _("Until they decide you can take it back"),
            _(
                "When they take it over, page and data show it at once, and the history keeps what stood before"
            ),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        live = content_of(self.product)
        lines = differing.lines(live, services.outlook(self.opened(), live))
        seen = Seen(self.opened(), lines, self.request.POST)
        title, label = _("Send the change to agency staff"), _("Send")
        if self.by_staff:
            title, label = _("Make the correction live"), _("Make it live")
        return super().get_context_data(
            differences=lines,
            seen=seen,
            preview_url=self.preview_url(),
            title=title,
            submit_label=label,
            **kwargs,
        )

    def perform(self, form: forms.BaseForm) -> Any:
        seen = self.request.POST.get(MARK, "")
        if self.by_staff:
            reason = form.cleaned_data["reason"]
            return services.correct_listing(
                change=self.opened(), by=self.request.user, reason=reason, seen=seen
            )
        return services.propose_change(change=self.opened(), by=self.request.user, seen=seen)

    def refuse(self, form: forms.BaseForm, refused: Refused) -> HttpResponse:
        """With the way to the step in which it is corrected."""
        add_refusal(form, refused)
        where = steps.step_of(refused.field)
        context = self.get_context_data(
            form=form,
            where=where,
            where_url=steps.address_of(self.product.number, refused.field),
            place=differing.place_of(refused.field or "", self.opened().content),
        )
        return self.render_to_response(context, status=refused.status)


class WithdrawChange(OfChange):
    title = _("Give the change up")
    submit_label = _("Give it up")
    danger = True
    success_message = _("The change was given up. The listing stays as it is.")

    def effects(self) -> list[Any]:
        return [
            _("The listing stays as it is"),
            _("The change is kept, and you can go on with it later"),
        ]

    def perform(self, form: forms.BaseForm) -> Any:
        return services.withdraw_change(change=self.opened(), by=self.request.user)


class RewriteChange(OfChange):
    title = _("Take the change back and go on writing")
    submit_label = _("Take it back")
    success_message = _("The change is a draft again.")
    for_staff = False  # they send their corrections to nobody

    def effects(self) -> list[Any]:
        return [_("Staff no longer decide on it until you send it again")]

    def perform(self, form: forms.BaseForm) -> Any:
        return services.rewrite_change(change=self.opened(), by=self.request.user)


class RenewChange(OfChange):
    title = _("Put the change on the listing as it stands")
    submit_label = _("Go on from the listing as it stands")
    success_message = _("The change now stands on the listing as it is. Look at what differs.")

    def effects(self) -> list[Any]:
        return [
            _("What was changed in the listing since stands in the draft"),
            _("Where you changed the same, your own words stay"),
        ]

    def perform(self, form: forms.BaseForm) -> Any:
        return services.renew_change(change=self.opened(), by=self.request.user)


def preview(request: HttpRequest, number: str) -> HttpResponse:
    """The page of the product as the open change would make it: for its writers, and for staff once it is sent.

    With ``?correction=1`` as the correction by staff would make it.
    """
    product = get_object_or_404(
        Product.objects.visible_to(request.user).select_related("supplier", "designation"), number=number
    )
    by_staff = CORRECTION_ASKED in request.GET
    change = get_object_or_404(product.changes.filter(state__in=OPEN_CHANGES, by_staff=by_staff))
    keeps = allowed(permissions.may_edit(request.user)) and change.state == ChangeState.PROPOSED
    if not keeps and not allowed(permissions.may_write(request.user, product, by_staff=by_staff)):
        return render(request, "404.html", status=404)
    content = services.outlook(change, content_of(product))
    response = render(
        request,
        "catalog/preview.html",
        page_of(as_product(product, content), draft=True)
        | {"change": change, "keeps": keeps, "by_staff": by_staff},
    )
    response["Cache-Control"] = "private, no-store"
    return response


def steps_url(number: str, code: str) -> str:
    return reverse("catalog:change_step", args=[number, code])
