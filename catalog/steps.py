"""The steps in which a supplier writes a change of its listing, and where each part of the content stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Step:
    """``parts`` are names of ``services.content``: what the step writes."""

    code: str
    title: str | Promise
    parts: tuple[str, ...]
    hint: str | Promise = ""


STEPS = (
    Step("names", _("Names and summary"), ("name_ko", "name_en", "summary", "description")),
    Step(
        "class",
        _("Category and class of goods"),
        ("category", "item_class", "models"),
        _("The category decides which values of a model are asked for."),
    ),
    Step(
        "models",
        _("Models and specifications"),
        ("models",),
        _("Name values with their units: buyers compare products by them."),
    ),
    Step(
        "price",
        _("Price and delivery"),
        (
            *("price_won", "unit", "price_includes_vat", "price_basis", "delivery_days", "regions"),
            *("origin", "manufacturer", "collaborators", "trl"),
        ),
    ),
    Step(
        "papers",
        _("Certificates, rights and goals"),
        ("certificates", "patents", "sdgs"),
        _("A certificate that has ended stays listed and is shown as ended."),
    ),
    Step(
        "pictures",
        _("Pictures"),
        ("images",),
        _(
            "The first one is the main picture. What a camera wrote into the file, as place and time, is not shown."
        ),
    ),
    Step(
        "documents",
        _("Documents and video"),
        ("documents", "video_url"),
        _("Anyone may download these once the change is live."),
    ),
)
CORRECTION = (
    _("A draft is made of the listing as it stands; staff who keep the catalogue see it, and nobody else"),
    _("The listing changes when you make it live, with a reason; what its supplier is writing stays"),
)
"""What beginning a correction by staff does."""
BY_CODE = {step.code: step for step in STEPS}


def step_of(field: str | None) -> Step | None:
    """The step that writes the part of a refusal's field, as "certificates.0.number"; None where none does."""
    part = (field or "").split(".")[0]
    found = [step for step in STEPS if part in step.parts]
    return found[-1] if found else None


def address_of(number: str, field: str | None) -> str:
    """Where the value of a refusal's field is corrected; "" where no step writes it."""
    step, steps = step_of(field), (field or "").split(".")
    if step is None:
        return ""
    if step.code == "models" and len(steps) > 1:
        return reverse("catalog:change_model", args=[number, int(steps[1])])
    return reverse("catalog:change_step", args=[number, step.code])


def neighbours(code: str) -> tuple[Step | None, Step | None]:
    """The steps before and behind."""
    place = STEPS.index(BY_CODE[code])
    return (
        STEPS[place - 1] if place else None,
        STEPS[place + 1] if place + 1 < len(STEPS) else None,
    )


def shown(number: str, changed: set[str], *, now: str = "") -> list[dict[str, Any]]:
    """For components/steps.html: a step in which something differs from the listing is marked as done."""
    return [
        {
            "title": step.title,
            "url": reverse("catalog:change_step", args=[number, step.code]),
            "state": "now" if step.code == now else "done" if changed & set(_marked(step)) else "todo",
            "note": _("changed") if changed & set(_marked(step)) else "",
        }
        for step in STEPS
    ]


def _marked(step: Step) -> tuple[str, ...]:
    """A part that two steps write marks the later one."""
    return tuple(part for part in step.parts if step_of(part) is step)
