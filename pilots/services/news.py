"""Tell the people of a pilot purchase, and add what is news to the public story."""

from typing import Any

from django.utils.functional import Promise

from catalog.models import Product
from catalog.services.product import note_pilot
from innomarket.accounts.reads import people_of, staff_of
from innomarket.common.clock import KST
from innomarket.common.locks import lock
from innomarket.notifications.kinds import MessageKind
from innomarket.notifications.services import tell
from innomarket.timeline.services import add_milestone

from ..models import Pilot, TestResult, UseNote
from ..words import name_of


def tell_people(
    pilot: Pilot,
    kind: MessageKind,
    *,
    institution: bool = True,
    company: bool = True,
    staff: bool = False,
    version: str | int = "",
    **values: Any,
) -> None:
    """One message for each person of the institution, the company and (where asked) budget staff."""
    people = {}
    for wanted, rows in (
        (institution, lambda: people_of(pilot.institution)),
        (company, lambda: people_of(pilot.product.supplier)),
        (staff, lambda: staff_of("keep_budget")),
    ):
        if wanted:
            people.update({user.pk: user for user in rows()})
    tell(
        kind=kind.code,
        people=list(people.values()),
        about=pilot,
        version=version,
        values={
            "number": pilot.number,
            "product": name_of(pilot.product),
            "supplier": name_of(pilot.product.supplier),
            "institution": name_of(pilot.institution),
            **values,
        },
        url=address(pilot),
    )


def add_news(pilot: Pilot, *, kind: str, text: Promise, **values: Any) -> None:
    """One public milestone in the story that began with the task, if there is one."""
    if pilot.story is not None:
        add_milestone(pilot.story, kind=f"pilots.{kind}", text=text, values=values, url=address(pilot))


def note_in_catalogue(pilot: Pilot) -> None:
    """Write downwards what the product's page says of its pilots: how many, verdicts, measures, use after the trial.

    Called in the transaction that changed a pilot. The product is locked before anything is read: where two of its
    pilots change at once, who comes second reads what the first one wrote.
    """
    lock(Product, pilot.product_id)
    results = TestResult.objects.filter(pilot__product=pilot.product_id).order_by("-given_at", "-pk")
    found = [_in_catalogue(result) for result in results.select_related("pilot__institution")]
    latest = UseNote.objects.filter(pilot__product=pilot.product_id).order_by("-pk").first()
    note_pilot(
        product=pilot.product,
        pilot_count=Pilot.objects.standing().filter(product=pilot.product_id).count(),
        verdict=found[0]["verdict"] if found else "",
        results=found,
        use_after=latest.use if latest else "",
    )


def _in_catalogue(result: TestResult) -> dict[str, Any]:
    """A concluded trial as the product's page shows it: what was measured, good or bad, and the use after it."""
    pilot = result.pilot
    use = pilot.uses.first()
    return {
        "number": pilot.number,
        "institution_ko": pilot.institution.name_ko,
        "institution_en": pilot.institution.name_en,
        "verdict": result.verdict,
        "given_on": result.given_at.astimezone(KST).date().isoformat(),
        "summary": result.summary,
        "measures": list(pilot.measures.values("name", "target", "found", "reached")),
        "use": use.use if use else "",
        "use_words": use.words if use else "",
        "use_on": use.said_at.astimezone(KST).date().isoformat() if use else "",
    }


def address(pilot: Pilot) -> str:
    """The page's path without a language prefix, as messages and milestones keep it."""
    return f"/pilots/{pilot.number}/"
