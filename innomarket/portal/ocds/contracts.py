"""Pilot purchases: matched (pending), signed (active), tried and paid (terminated); deliveries, payments, results."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.public_documents import instant, site
from catalog.states import UseAfter
from pilots import reads
from pilots.states import Verdict

from .facts import Answer, Purchase
from .parties import Parties
from .values import first_moment, korean, last_moment, page, won

CLASSES = "X-KR-G2B"
MET = {True: "met", False: "notMet"}
VERDICTS = {
    Verdict.SUCCESS: ("met", _("The trial was successful")),
    Verdict.FAILURE: ("notMet", _("The trial was not successful")),
}


def contract_at(answer: Answer, purchase: Purchase, at: datetime, parties: Parties) -> dict[str, Any] | None:
    """Nothing before the match."""
    pilot = purchase.pilot
    if pilot.matched_at > at:
        return None
    signed = purchase.contract if purchase.contract and purchase.contract.recorded_at <= at else None
    parties.agency("buyer")
    parties.organisation(pilot.institution, "user")
    contract: dict[str, Any] = {
        "id": pilot.number,
        "awardID": answer.submission.number,
        "title": korean(_("Pilot purchase %(number)s"), number=pilot.number),
        "description": korean(_("User institution: %(name)s"), name=pilot.institution.name_ko),
        "status": _status(purchase, at),
        "value": won(_value(purchase, at)),
        "items": [_item(purchase, signed.quantity if signed else pilot.quantity)],
        "documents": [
            page(pilot.number, "contractNotice", _path(purchase), _("Pilot purchase"), pilot.matched_at)
        ],
    }
    if signed:
        contract["dateSigned"] = first_moment(signed.signed_on)
        contract["period"] = {
            "startDate": first_moment(signed.signed_on),
            "endDate": last_moment(signed.due_on),
        }
        contract["milestones"] = [_delivery(purchase, at)]
    if implementation := _implementation(answer, purchase, at, parties):
        contract["implementation"] = implementation
    return contract


def _path(purchase: Purchase) -> str:
    return f"/pilots/{purchase.pilot.number}/"


def _status(purchase: Purchase, at: datetime) -> str:
    if purchase.cancelled_at and purchase.cancelled_at <= at:
        return "cancelled"
    if purchase.contract is None or purchase.contract.recorded_at > at:
        return "pending"
    concluded = purchase.result is not None and purchase.result.given_at <= at
    due = reads.accepted_share(purchase.contract, purchase.inspection)
    paid = sum(entry.amount for entry in purchase.payments if entry.at <= at)
    return "terminated" if concluded and paid >= due else "active"


def _value(purchase: Purchase, at: datetime) -> int:
    """Won, VAT included: of the contract; before it what is committed, or reserved, for it."""
    pilot = purchase.pilot
    if purchase.contract and purchase.contract.recorded_at <= at:
        return purchase.contract.amount_won
    if pilot.committed_won is not None and pilot.committed_at and pilot.committed_at <= at:
        return pilot.committed_won
    return pilot.reserved_won


def _item(purchase: Purchase, quantity: int) -> dict[str, Any]:
    product = purchase.pilot.product
    item: dict[str, Any] = {
        "id": product.number,
        "description": product.designation.product_name_ko,
        "quantity": quantity,
    }
    if purchase.item_class:
        item["classification"] = {"scheme": CLASSES, "id": purchase.item_class}
    return item


def _delivery(purchase: Purchase, at: datetime) -> dict[str, Any]:
    contract, inspection = purchase.contract, purchase.inspection
    assert contract is not None
    milestone: dict[str, Any] = {
        "id": "delivery",
        "title": korean(_("Delivery and inspection")),
        "type": "delivery",
        "dueDate": last_moment(contract.due_on),
        "status": "scheduled",
    }
    if inspection is None or purchase.inspected_at is None or purchase.inspected_at > at:
        return milestone
    whole = inspection.accepted == contract.quantity
    milestone["status"] = "met" if whole else "partiallyMet" if inspection.accepted else "notMet"
    if inspection.accepted:
        milestone["dateMet"] = first_moment(inspection.delivered_on)
    milestone["dateModified"] = instant(purchase.inspected_at)
    milestone["description"] = korean(
        _("%(contracted)s contracted, %(accepted)s accepted, %(refused)s refused"),
        contracted=contract.quantity,
        accepted=inspection.accepted,
        refused=inspection.refused,
    )
    return milestone


def _implementation(answer: Answer, purchase: Purchase, at: datetime, parties: Parties) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if payments := [entry for entry in purchase.payments if entry.at <= at]:
        company = answer.designation.organisation if answer.designation else None
        found["transactions"] = [
            {
                "id": f"{purchase.pilot.number}-{place}",
                "date": instant(entry.at),
                "value": won(entry.amount),
                "payer": parties.agency("payer"),
                **({"payee": parties.organisation(company, "payee")} if company else {}),
                "uri": site(_path(purchase), "ko"),
            }
            for place, entry in enumerate(payments, start=1)
        ]
    if milestones := [*_trial(purchase, at), *_uses(purchase, at)]:
        found["milestones"] = milestones
    return found


def _trial(purchase: Purchase, at: datetime) -> list[dict[str, Any]]:
    """The verdict and each measure, published with it as they are."""
    result = purchase.result
    if result is None or result.given_at > at:
        return []
    status, title = VERDICTS[Verdict(result.verdict)]
    verdict = {
        "id": "verdict",
        "title": korean(title),
        "type": "assessment",
        "description": result.summary,
        "dateModified": instant(result.given_at),
        "status": status,
    }
    if status == "met":
        verdict["dateMet"] = instant(result.given_at)
    return [
        verdict,
        *(
            {
                "id": f"measure-{measure.order}",
                "title": measure.name,
                "type": "assessment",
                "description": korean(
                    _("Target: %(target)s / Method: %(method)s / Found: %(found)s"),
                    target=measure.target,
                    method=measure.method,
                    found=measure.found,
                ),
                "dateModified": instant(result.given_at),
                "status": MET[measure.reached],
            }
            for measure in purchase.measures
        ),
    ]


def _uses(purchase: Purchase, at: datetime) -> list[dict[str, Any]]:
    """Each word of the institution on whether it goes on using the product."""
    return [
        {
            "id": f"use-{place}",
            "title": korean(_("Use after the trial: %(use)s"), use=korean(UseAfter(note.use).label)),
            "type": "reporting",
            "description": note.words,
            "dateModified": instant(note.said_at),
            "dateMet": instant(note.said_at),
            "status": "met",
        }
        for place, note in enumerate(purchase.uses, start=1)
        if note.said_at <= at
    ]
