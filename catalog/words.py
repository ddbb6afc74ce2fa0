"""How the listing is said: the state of a designation, the verdict of a pilot."""

from datetime import date
from typing import Any

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from designation.models import Designation
from innomarket.accounts.regions import REGIONS
from innomarket.common import formats

from .models import Product, ProductModel, ProfileAttribute, Specification
from .search.query import ALIKE
from .search.ranking import Rank
from .states import PilotVerdict

SOON = 60  # days


def designation_state(designation: Designation, day: date) -> tuple[str, str]:
    """(words, tone) of a designation on a day in Seoul, asked from its dates."""
    if day not in designation.valid:
        if day < designation.designated_on:
            return _("Not valid yet"), "information"
        return _("Designation ended"), "neutral"
    left = (designation.last_day - day).days
    if left < SOON:
        return ngettext("Ends in %(days)s day", "Ends in %(days)s days", left) % {"days": left}, "warning"
    return _("Designated now"), "success"


def pilot_words(product: Product) -> str:
    """What pilots have shown so far, in a few words; said as it is, good or bad."""
    if product.pilot_verdict:
        return {
            PilotVerdict.SUCCESS.value: _("Pilot successful"),
            PilotVerdict.FAILURE.value: _("Pilot not successful"),
        }[product.pilot_verdict]
    if product.pilot_count:
        return _("Pilot under way")
    return _("No pilot yet")


FIELDS = {
    "name": _lazy("name"),
    "kind": _lazy("category, class or certificate"),
    "summary": _lazy("summary"),
    "supplier": _lazy("company"),
    "body": _lazy("description and data"),
}


def found_in(rank: Rank) -> str:
    """Why it was found: the fields that matched, and which other word stood for one that was typed."""
    fields = ", ".join(str(FIELDS[field]) for field in rank.fields)
    others = ", ".join(f"{match.word} → {match.found}" for match in rank.matches if match.how == ALIKE)
    return f"{fields} ({others})" if others else fields


def model_shown(model: ProductModel) -> dict[str, Any]:
    """A model with its values, named by the profile or by the supplier, each with its unit."""
    return {"model": model, "rows": [_specification(row) for row in model.specifications.all()]}


def _specification(row: Specification) -> dict[str, Any]:
    attribute, english = row.attribute, get_language() == "en"
    if attribute is None:
        return {"label": (english and row.name_en) or row.name_ko, "value": row.value, "unit": row.unit}
    label = attribute.name_en if english else attribute.name_ko
    value: Any = row.value
    if attribute.kind == ProfileAttribute.Kind.FLAG:
        value = _("Yes") if row.value == "true" else _("No")
    elif attribute.kind == ProfileAttribute.Kind.CHOICE and english and row.value in attribute.choices_ko:
        value = attribute.choices_en[attribute.choices_ko.index(row.value)]
    return {"label": label, "value": value, "unit": row.unit}


def certificates_shown(product: Product, day: date) -> list[dict[str, Any]]:
    """Certificates with their state today, asked from the days that they name."""
    found = []
    for certificate in product.certificates.all():
        ended = certificate.valid_until is not None and certificate.valid_until < day
        found.append(
            {
                "certificate": certificate,
                "state": pgettext("a certificate", "ended") if ended else pgettext("a certificate", "valid"),
                "tone": "neutral" if ended else "success",
            }
        )
    return found


def regions_shown(product: Product) -> str:
    """Where it is supplied, in words."""
    if not product.regions:
        return _("The whole country")
    return ", ".join(str(REGIONS.get(region, region)) for region in product.regions)


def private_contract_checks(designation: Designation, day: date) -> list[dict[str, Any]]:
    """What a contract officer still has to find out before a private contract.

    State Contracts Act Decree Art. 26(1)5, Local Contracts Act Decree Art. 25 (domain.md §4). Never a yes or no:
    the portal knows the designation, not the buyer's law nor what exactly is bought.
    """
    in_force = day in designation.valid
    return [
        {
            "text": _("The designation is in force"),
            "done": in_force,
            "note": _("Until %(day)s") % {"day": _day(designation.last_day)},
        },
        {
            "text": _("What you buy is the designated product"),
            "done": None,
            "note": _("Model, specification and options: what is optional may lie outside the designation."),
        },
        {
            "text": _("The contract law that binds your institution"),
            "done": None,
            "note": _("It differs from institution to institution; your contract officer knows it."),
        },
        {
            "text": _("Quantity, amount and delivery"),
            "done": None,
            "note": _("The price here is the supplier's own; ask for a quotation."),
        },
    ]


def _day(day: date) -> str:
    return formats.kst_date(day, "en" if get_language() == "en" else "ko")
