"""The calls that are open, one call, and beginning an answer to it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from innomarket.accounts.models import Organisation
from innomarket.accounts.reads import memberships_of
from innomarket.common.clock import now
from innomarket.common.lists import KeysetListView
from innomarket.common.refusals import Refused, first
from innomarket.common.views import ServiceFormView

from .. import deadlines, kinds, outcomes, permissions, reads
from ..forms import BeginForm
from ..models import Call, Lot, Submission
from ..services import submission as services
from ..states import CallState, SubmissionState
from ..words import moment, titled
from .own import TONES
from .progress import page_url, step_url


def state_of(call: Call, at: Any, *, decided: bool = False) -> tuple[str, str]:
    """The state of a call in words and as a tone, by the clock: a stopped worker shows nothing open."""
    if call.state == CallState.CANCELLED:
        return _("cancelled"), "neutral"
    if call.state == CallState.DRAFT:
        return _("being prepared"), "neutral"
    if call.opened_at and decided:
        return _("results published"), "neutral"
    if call.opened_at:
        return _("opened, in evaluation"), "information"
    if call.is_open_at(at):
        return _("open now"), "success"
    if call.state == CallState.ANNOUNCED and at < call.opens_at:
        return _("opens soon"), "primary"
    return _("closed, not opened yet"), "neutral"


def waiting_for(call: Call, at: Any, *, decided: bool = False) -> tuple[str, Any]:
    """(whom, until when) the call waits for."""
    if decided or call.state in (CallState.CANCELLED, CallState.DRAFT):
        return "", None
    if call.opened_at:
        return _("the evaluators"), None
    if call.is_open_at(at):
        return _("applicants"), call.closes_at
    if call.state == CallState.ANNOUNCED and at < call.opens_at:
        return _("the opening of the call"), call.opens_at
    return _("the opening of the submissions by the agency"), call.opening_at


class CallList(KeysetListView):
    """What is open and what opens soon, by closing; beneath it the closed ones, page by page."""

    template_name = "submissions/call_list.html"
    order = ("-closes_at", "-pk")

    def get_queryset(self):
        self.at = now()
        return self._visible().exclude(self._current())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        current = list(self._visible().filter(self._current()).order_by("closes_at", "pk"))
        own = deadlines.closings_for_person(self.request.user, current)
        shown = [self._shown(call) | {"own_closing": own.get(call.pk)} for call in current]
        context["open_calls"] = [card for card in shown if card["open"]]
        context["coming"] = [card for card in shown if not card["open"]]
        decided = outcomes.published(call.pk for call in context["rows"])
        context["past"] = [self._shown(call, decided=call.pk in decided) for call in context["rows"]]
        context["now"] = self.at
        return context

    def _visible(self):
        return (
            Call.objects.visible_to(self.request.user)
            .filter(announced_at__isnull=False)
            .annotate(n_lots=Count("lots"))
        )

    def _current(self) -> Q:
        return Q(state=CallState.ANNOUNCED, closes_at__gt=self.at)

    def _shown(self, call: Call, *, decided: bool = False) -> dict[str, Any]:
        state, tone = state_of(call, self.at, decided=decided)
        kind = kinds.get(call.kind)
        return {
            "call": call,
            "open": call.is_open_at(self.at),
            "state": state,
            "tone": tone,
            "kind": kind.label,
            "for_whom": kind.extra.get("for_whom", ""),
            "url": reverse("submissions:call", args=[call.number]),
        }


class CallView(TemplateView):
    """One call: what is asked for, until when, how it is judged, and the way to apply."""

    template_name = "submissions/call.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        call = get_object_or_404(Call.objects.visible_to(self.request.user), number=kwargs["number"])
        at = now()
        kind = kinds.get(call.kind)
        decided = call.pk in outcomes.published([call.pk])
        state, tone = state_of(call, at, decided=decided)
        waiting, until = waiting_for(call, at, decided=decided)
        own_closing = deadlines.closings_for_person(self.request.user, [call]).get(call.pk)
        is_open = deadlines.is_open_for_person(call, at, own_closing)
        counts = reads.counts_of(call)
        context = {
            "call": call,
            "kind": kind,
            "now": at,
            "state": state,
            "tone": tone,
            "waiting": waiting,
            "waiting_until": until,
            "decided": decided,
            "own_closing": own_closing,
            "closes_at": own_closing or call.closes_at,
            "is_open": is_open,
            "apply_url": reverse("submissions:begin", args=[call.number]) if is_open else "",
            "for_whom": kind.extra.get("for_whom", ""),
            "stages": stages_of(call),
            "lots": lots_of(call, at),
            "own": own_in(call, self.request.user),
            "counts": [
                (_("Being written"), counts[SubmissionState.DRAFT]),
                (_("Submitted"), counts[SubmissionState.SUBMITTED]),
            ],
            "timeline": timeline_of(call, at),
        }
        return super().get_context_data(**{**context, **kwargs})


def stages_of(call: Call) -> list[dict[str, Any]]:
    """The stages in their order, each with its checks, or its groups, criteria and weights, as they were announced."""
    stages = call.stages.prefetch_related("checks", "groups__criteria")
    return [
        {
            "stage": stage,
            "checks": list(stage.checks.all()),
            "groups": [
                {
                    "group": group,
                    "criteria": list(group.criteria.all()),
                    "weight": sum(criterion.weight for criterion in group.criteria.all()),
                }
                for group in stage.groups.all()
            ],
        }
        for stage in stages
    ]


def lots_of(call: Call, at: Any) -> list[dict[str, Any]]:
    """The lots with the institutions whose needs they are; nothing where the call is its own lot."""
    lots = list(call.lots.select_related("owner", "story").order_by("order"))
    if len(lots) == 1 and lots[0].owner_id is None:
        return []
    begin = reverse("submissions:begin", args=[call.number])
    return [
        {
            "lot": lot,
            "title": titled(lot, "title"),
            "owner": titled(lot.owner, "name") if lot.owner else "",
            "apply_url": f"{begin}?lot={lot.order}" if call.is_open_at(at) else "",
        }
        for lot in lots
    ]


def own_in(call: Call, user: Any) -> list[dict[str, Any]]:
    """One's own drafts and submissions in this call, each with the address where it goes on."""
    own = (
        Submission.objects.of_applicant(user)
        .filter(lot__call=call)
        .select_related("lot")
        .order_by("-saved_at")
    )
    rows = []
    for submission in own[:50]:
        submission.lot.call = call
        draft = submission.state == SubmissionState.DRAFT
        rows.append(
            {
                "title": submission.title or _("Without a title yet"),
                "number": submission.number,
                "state": submission.get_state_display(),
                "tone": TONES[submission.state],
                "url": page_url(submission, "check")
                if draft or submission.state == SubmissionState.WITHDRAWN
                else page_url(submission, "receipt"),
                "meta": [str(titled(submission.lot, "title"))],
            }
        )
    return rows


def timeline_of(call: Call, at: Any) -> list[dict[str, Any]]:
    """What has happened and what comes: the instants of the call in their order."""
    lines = [
        (call.announced_at, _("Announced")),
        (call.opens_at, _("The call opens")),
        (call.closes_at, _("The call closes")),
        (call.opened_at or call.opening_at, _("The submissions are opened")),
    ]
    for amendment in call.amendments.filter(ordinal__gt=0):
        what = {"ordinal": f"{amendment.ordinal:02}", "what": titled(amendment, "what")}
        lines.append((amendment.made_at, _("Amendment %(ordinal)s: %(what)s") % what))
    for move in call.moves.all():
        values = {"when": moment(move.closes_at), "reason": move.reason}
        if not move.for_all:
            # Who was named, and why, is theirs; that all wait longer for the opening is everybody's.
            if move.moves_opening:
                values["when"] = moment(move.opening_at)
                lines.append(
                    (
                        move.decided_at,
                        _("Opening moved to %(when)s: some applicants were given more time") % values,
                    )
                )
        elif move.closes_at == move.old_closes_at:
            values["when"] = moment(move.opening_at)
            lines.append((move.decided_at, _("Opening moved to %(when)s: %(reason)s") % values))
        else:
            lines.append((move.decided_at, _("Closing moved to %(when)s: %(reason)s") % values))
    known = [(when, text) for when, text in lines if when is not None]
    known.sort(key=lambda line: line[0])
    return [{"at": when, "text": text, "is_next": when > at} for when, text in known]


class BeginView(LoginRequiredMixin, ServiceFormView):
    """Choose for whom and to what one answers; one click where there is nothing to choose."""

    template_name = "submissions/begin.html"
    form_class = BeginForm
    submit_label = gettext_lazy("Begin")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.call_shown = get_object_or_404(Call.objects.visible_to(request.user), number=kwargs["number"])
        self.kind = kinds.get(self.call_shown.kind)
        self.title = _("Apply: %(call)s") % {"call": titled(self.call_shown, "title")}
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        self.lots = list(self.call_shown.lots.order_by("order"))
        self.organisations = self._organisations()
        return super().get_form_kwargs() | {"lots": self.lots, "organisations": self.organisations}

    def get_initial(self) -> dict[str, Any]:
        wanted = self.request.GET.get("lot", "")
        lot = (
            self.call_shown.lots.filter(order=int(wanted)).first()
            if wanted.isdecimal() and len(wanted) < 6
            else None
        )
        return {"lot": lot}

    def perform(self, form: Any) -> Submission:
        lot, organisation = form.chosen()
        if lot is None:
            raise Refused("lot_needed", _("Choose what you answer."), field="lot")
        return services.begin_submission(by=self.request.user, lot=lot, organisation=organisation)

    def get_success_url(self) -> str:
        messages.success(
            self.request,
            _("Your draft %(number)s has been begun. It is saved whenever you press “Save”.")
            % {"number": self.result.number},
        )
        return step_url(self.result, self.kind.steps[0].code)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        at = now()
        closed = deadlines.not_open_for_any(self.call_shown, at, self.organisations)
        closings = [deadlines.closing_for(self.call_shown, one) for one in (None, *self.organisations)]
        if self.kind.applicant == "person":
            person = self.request.user
            closed = deadlines.not_open(self.call_shown, at, person=person)
            closings.append(deadlines.closing_for(self.call_shown, person=person))
        context.update(
            closes_at=max(closings),
            call=self.call_shown,
            kind=self.kind,
            now=at,
            closed=closed,
            needs_organisation=self.kind.applicant == "organisation",
            organisations=self.organisations,
            only_organisation=self.organisations[0] if len(self.organisations) == 1 else None,
            only_lot=self.lots[0] if len(self.lots) == 1 else None,
            barred=self._barred(),
            may_begin=closed is None and bool(self.organisations or self.kind.applicant == "person"),
            own=own_in(self.call_shown, self.request.user),
            call_url=reverse("submissions:call", args=[self.call_shown.number]),
            crumbs=[
                (_("Calls"), reverse("submissions:call_list")),
                (self.call_shown.number, reverse("submissions:call", args=[self.call_shown.number])),
            ],
        )
        return context

    def _memberships(self) -> list[Any]:
        if not hasattr(self, "_found"):
            rows = memberships_of(self.request.user).select_related("organisation__kind").order_by("pk")
            self._found = list(rows)
        return self._found

    def _organisations(self) -> list[Organisation]:
        """Those for which this person may begin here; asked of the lot only when one is chosen."""
        if self.kind.applicant != "organisation" or not self.lots:
            return []
        return [
            membership.organisation for membership in self._memberships() if self._refusal(membership) is None
        ]

    def _refusal(self, membership: Any) -> Any:
        if membership.role not in ("owner", "editor"):
            return permissions.may_edit(
                self.request.user, Submission(applicant_organisation=membership.organisation)
            )
        return first(
            permissions.is_not_refused(membership.organisation),
            self.kind.may_apply(self.request.user, membership.organisation, self._lot_asked()),
        )

    def _lot_asked(self) -> Lot:
        wanted = self.request.POST.get("lot", "")
        return next((lot for lot in self.lots if str(lot.pk) == wanted), self.lots[0])

    def _barred(self) -> list[tuple[str, Any]]:
        """The organisations of this person that cannot apply here, each with the reason."""
        if self.kind.applicant != "organisation" or not self.lots:
            return []
        asked = ((membership, self._refusal(membership)) for membership in self._memberships())
        return [(str(titled(m.organisation, "name")), refusal.reason) for m, refusal in asked if refusal]
