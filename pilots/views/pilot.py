"""/pilots/<number>/: one pilot purchase, its money, its contract and what the trial showed."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from innomarket.common.refusals import allowed

from .. import reads
from ..models import Pilot, PilotRule
from ..permissions import may_keep_budget, may_record
from ..states import PilotState
from ..words import day, money, name_of

RELATED = (
    "product__supplier",
    "product__designation",
    "institution",
    "line",
    "contract__inspection",
    "result",
    "story",
)


def pilot_or_404(request: HttpRequest, number: str) -> Pilot:
    return get_object_or_404(Pilot.objects.visible_to(request.user).select_related(*RELATED), number=number)


class PilotPage(TemplateView):
    """Public: state, whose turn it is, amounts, contract, inspection, measures, verdict, story."""

    template_name = "pilots/pilot.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pilot = pilot_or_404(self.request, kwargs["number"])
        contract, inspection = reads.contract_of(pilot), reads.inspection_of(pilot)
        actions = actions_of(self.request.user, pilot)
        return super().get_context_data(
            **kwargs,
            pilot=pilot,
            title=_("%(product)s at %(institution)s")
            % {"product": name_of(pilot.product), "institution": name_of(pilot.institution)},
            tone=reads.TONES[PilotState(pilot.state)],
            waiting=reads.waiting_for(pilot),
            amounts=_amounts(pilot),
            contract=contract,
            contract_facts=_contract_facts(pilot, contract),
            inspection=inspection,
            inspection_facts=_inspection_facts(pilot, inspection),
            measures=list(pilot.measures.all()),
            result=reads.result_of(pilot),
            uses=list(pilot.uses.all()),
            entries=list(pilot.ledger.order_by("pk")),
            milestones=list(pilot.story.milestones.public()) if pilot.story else [],
            actions=actions,
            first_action=actions[0] if actions else None,
            is_proposer=pilot.is_proposer,
        )


def actions_of(user: Any, pilot: Pilot) -> list[dict[str, Any]]:
    """What this person may do now: institutions record here, budget staff in their console."""
    if not user.is_authenticated:
        return []
    if allowed(may_keep_budget(user)):
        return [
            {
                "title": _("Open in the staff console"),
                "url": reverse("admin:pilots_pilot_change", args=[pilot.pk]),
            }
        ]
    if not allowed(may_record(user, pilot)):
        return []
    steps = {
        PilotState.CONTRACTED: [("inspection", _("Record the inspection"))],
        PilotState.INSPECTED: [
            ("measures", _("Record the measures")),
            ("verdict", _("Give the verdict")),
        ],
        PilotState.CONCLUDED: [("use", _("Say whether you go on using it"))],
    }.get(PilotState(pilot.state), [])
    if pilot.state == PilotState.INSPECTED and pilot.measures.exists():
        steps.reverse()
    return [{"title": title, "url": reverse(f"pilots:{name}", args=[pilot.number])} for name, title in steps]


def _amounts(pilot: Pilot) -> list[dict[str, Any]]:
    rows = [{"label": _("Reserved at matching"), "value": money(pilot.reserved_won)}]
    if pilot.committed_won is not None:
        rows.append({"label": _("Committed"), "value": money(pilot.committed_won)})
        rows.append({"label": _("Paid"), "value": money(pilot.paid_won)})
    released = pilot.reserved_released_won + pilot.committed_released_won
    if released:
        rows.append({"label": _("Released to the budget"), "value": money(released)})
    rows.append({"label": _("Quantity"), "value": f"{pilot.quantity:,}"})
    return rows


def _contract_facts(pilot: Pilot, contract: Any) -> list[dict[str, Any]]:
    if contract is None:
        return []
    rule = PilotRule.objects.at(contract.signed_on)
    return [
        {"label": _("Number"), "value": contract.number},
        {"label": _("Supply price"), "value": money(contract.supply_won)},
        {
            "label": _("Value added tax"),
            "value": money(contract.vat_won),
            "note": _("%(percent)s %% of the supply price") % {"percent": rule.vat_percent},
        },
        {"label": _("Amount"), "value": money(contract.amount_won)},
        {"label": _("Quantity"), "value": f"{contract.quantity:,}"},
        {"label": _("Signed on"), "value": day(contract.signed_on)},
        {
            "label": _("Delivery due on"),
            "value": day(contract.due_on),
            "note": _("The institution inspects within %(days)s days of the delivery.")
            % {"days": rule.inspection_days},
        },
    ]


def _inspection_facts(pilot: Pilot, inspection: Any) -> list[dict[str, Any]]:
    if inspection is None:
        return []
    last = reads.inspect_by(pilot, inspection.delivered_on)
    late = inspection.inspected_on > last
    rows = [
        {"label": _("Delivered on"), "value": day(inspection.delivered_on)},
        {
            "label": _("Inspected on"),
            "value": day(inspection.inspected_on),
            "note": _("after the last day for it, %(day)s") % {"day": day(last)} if late else "",
        },
        {"label": _("Accepted units"), "value": f"{inspection.accepted:,}"},
        {"label": _("Refused units"), "value": f"{inspection.refused:,}"},
    ]
    if inspection.reason:
        rows.append({"label": _("Why a part was refused"), "value": inspection.reason})
    return rows
