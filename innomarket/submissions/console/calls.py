"""The steps of a call in the console: prepared, changed, announced, extended, amended, cancelled."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.admin import ActionView
from innomarket.common.clock import now
from innomarket.common.refusals import Refusal

from .. import announced_forms, call_forms, deadlines, kinds, reads
from ..models import Call, ClosingRule, Submission
from ..permissions import RUNS_ROUNDS
from ..services import call as services
from ..services.call_parts import ONE_SCORED
from ..services.call_parts import stages_of as stages_as_written
from ..states import CallState, SubmissionState
from ..words import closing_rule_lines, moment


class CallStep(ActionView):
    permission_required = RUNS_ROUNDS

    def people(self, obj: Call) -> int:
        """How many are told: everyone with a draft or a submission."""
        taking_part = Submission.objects.filter(lot__call=obj).exclude(state=SubmissionState.WITHDRAWN)
        return reads.people_behind(taking_part).count()

    def told(self, n: int) -> str:
        if not n:
            return _("Nobody takes part yet: nobody is told")
        return ngettext("%(n)s person is told", "%(n)s people are told", n) % {"n": n}


class CallFormStep(CallStep):
    """The page with the whole call: its times, criteria and lots. "More rows" only adds empty rows."""

    form_class = call_forms.CallForm
    template_name = "admin/submissions/call/form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | self.rows() | {"more": "more" in self.request.POST}

    def rows(self) -> dict[str, Any]:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "more" in request.POST:
            form = self.get_form()
            form.forget_errors()
            return self.render_to_response(self.get_context_data(form=form))
        return super().post(request, *args, **kwargs)


class CreateCall(CallFormStep):
    """First the kind (a link each), then the form, filled with the criteria that the kind ships."""

    name = "create"
    title = gettext_lazy("Prepare a call")
    object_less = True
    done = gettext_lazy("The call is prepared. Nobody sees it before it is announced.")

    @property
    def kind(self) -> kinds.Kind | None:
        code = self.request.GET.get("kind", "")
        return next((kind for kind in kinds.all_kinds() if kind.code == code), None)

    def effects(self, obj: None) -> list[Any]:
        return [_("The call is kept as a draft that only staff see. Announcing it is another step.")]

    def rows(self) -> dict[str, Any]:
        shipped = self.kind.extra.get("groups") if self.kind else None
        return {"groups": shipped() if shipped else [], "stages": ONE_SCORED}

    def perform(self, obj: None, form: Any) -> Call:  # type: ignore[override]
        return services.create_call(
            by=self.request.user, kind=self.kind.code if self.kind else "", **form.specs()
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        choices = [
            {
                "title": kind.label,
                "text": kind.extra.get("for_whom", ""),
                "url": f"{self.request.path}?kind={kind.code}",
            }
            for kind in kinds.all_kinds()
        ]
        return super().get_context_data(**{"kind": self.kind, "choices": choices, **kwargs})


class EditCall(CallFormStep):
    name = "edit"
    title = gettext_lazy("Change the call")
    done = gettext_lazy("The call is changed.")

    def available(self, obj: Call) -> Refusal | None:
        if obj.state == CallState.DRAFT:
            return None
        return Refusal("announced", _("Stages, criteria and lots are fixed since the call was announced."))

    def effects(self, obj: Call) -> list[Any]:
        return [_("Stages, criteria and lots are replaced by those on this page.")]

    def rows(self) -> dict[str, Any]:
        lots = [] if self.has_stories() else call_forms.lots_of(self.object)
        stages = stages_as_written(self.object)
        return {"groups": call_forms.groups_of(self.object), "lots": lots, "stages": stages}

    def has_stories(self) -> bool:
        """Lots that carry on the story of a need were made with it, and are not typed again."""
        return self.object.lots.filter(story__isnull=False).exists()

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in call_forms.CallForm.base_fields}

    def perform(self, obj: Call, form: Any) -> Call:  # type: ignore[override]
        specs = form.specs() | ({"lots": None} if self.has_stories() else {})
        return services.edit_call(call=obj, by=self.request.user, **specs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        more = {"kind": kinds.get(self.object.kind), "fixed_lots": self.has_stories()}
        return super().get_context_data(**{**more, **kwargs})


class AnnounceCall(CallStep):
    name = "announce"
    title = gettext_lazy("Announce the call")
    form_class = forms.Form
    done = gettext_lazy("The call is announced.")

    def available(self, obj: Call) -> Refusal | None:
        return deadlines.not_announceable(obj, now())

    def effects(self, obj: Call) -> list[Any]:
        return [
            _("Everyone sees the call, its criteria and its lots."),
            _("It takes submissions from %(opens)s to %(closes)s.")
            % {"opens": moment(obj.opens_at), "closes": moment(obj.closes_at)},
            _("Criteria, weights and lots cannot be changed any more."),
            *closing_rule_lines(ClosingRule.objects.at()),
            *self.owners(obj),
        ]

    def owners(self, obj: Call) -> list[str]:
        """Only a call whose lots belong to institutions tells somebody when it is announced."""
        n = reads.owners_of_lots(obj).count()
        return [self.told(n)] if n else []

    def perform(self, obj: Call, form: Any) -> Call:  # type: ignore[override]
        return services.announce_call(call=obj, by=self.request.user)


class ExtendCall(CallStep):
    name = "extend"
    title = gettext_lazy("Extend the call")
    form_class = announced_forms.ExtendForm
    done = gettext_lazy("The call closes later.")

    def available(self, obj: Call) -> Refusal | None:
        return deadlines.not_extendable(obj, now())

    def get_initial(self) -> dict[str, Any]:
        return {"closes_at": self.object.closes_at, "opening_at": self.object.opening_at}

    def effects(self, obj: Call) -> list[Any]:
        when = {"when": moment(obj.closes_at)}
        return [
            _("If you name nobody, the closing moves for all, from %(when)s to what you enter.") % when,
            _("Everyone who takes part is then told, with the reason: %(told)s.")
            % {"told": self.told(self.people(obj))},
            _(
                "If you name organisations or people, only their closing moves. For all others the call closes on "
                "%(when)s as before."
            )
            % when,
            _(
                "Those who are named are told with the reason. Where the opening of the submissions moves, it moves "
                "for all: the others who take part are told that, without the reason."
            ),
        ]

    def get_success_message(self, form: Any) -> Any:
        if form.cleaned_data["organisations"] or form.cleaned_data["people"]:
            return _("Those who were named may submit later. For all others the call closes as before.")
        return self.done

    def perform(self, obj: Call, form: Any) -> Call:  # type: ignore[override]
        return services.extend_call(call=obj, by=self.request.user, **form.cleaned_data)


class AmendCall(CallStep):
    name = "amend"
    title = gettext_lazy("Amend the call")
    form_class = announced_forms.AmendForm
    done = gettext_lazy("The call is amended.")

    def available(self, obj: Call) -> Refusal | None:
        return deadlines.not_extendable(obj, now())

    def get_initial(self) -> dict[str, Any]:
        names = ("title_ko", "title_en", "summary_ko", "summary_en")
        return {name: getattr(self.object, name) for name in names}

    def effects(self, obj: Call) -> list[Any]:
        return [
            _("What changes is listed on the call's page with its number."),
            _("Criteria, weights and lots cannot be changed any more."),
            self.told(self.people(obj)),
        ]

    def perform(self, obj: Call, form: Any) -> Any:  # type: ignore[override]
        return services.amend_call(call=obj, by=self.request.user, **form.cleaned_data)


class CancelCall(CallStep):
    name = "cancel"
    title = gettext_lazy("Cancel the call")
    danger = True
    done = gettext_lazy("The call is cancelled.")

    def available(self, obj: Call) -> Refusal | None:
        return deadlines.not_cancellable(obj, now())

    def effects(self, obj: Call) -> list[Any]:
        counts = reads.counts_of(obj)
        return [
            _("This cannot be taken back."),
            _("%(drafts)s drafts and %(submitted)s submissions end with it; they stay sealed.")
            % {"drafts": counts[SubmissionState.DRAFT], "submitted": counts[SubmissionState.SUBMITTED]},
            self.told(self.people(obj)),
        ]

    def perform(self, obj: Call, form: Any) -> Call:  # type: ignore[override]
        return services.cancel_call(call=obj, by=self.request.user, reason=form.cleaned_data["reason"])
