"""Listed products as the service makes them from an adopted decision: ``product()``; ``designation()`` alone."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from catalog import shipped
from catalog.models import Category, ItemClass, ListingChange, Product, ProfileAttribute
from catalog.services import change as changes
from catalog.services import known_version, public_listing, search
from catalog.services.product import EDITABLE, list_product
from designation.models import Designation
from innomarket.accounts.models import Organisation
from innomarket.common.clock import today
from innomarket.submissions.models import Submission
from tests.designation.factories import adopted_decision, proposal_lot, submitted_proposal

_serial = count(1)


def rules() -> None:
    """The categories and the rule for listings that the portal ships."""
    shipped.load()


def category(code: str = "environment") -> Category:
    """A shipped category."""
    rules()
    return Category.objects.get(code=code)


def attribute() -> ProfileAttribute:
    """A number that products of the environment say of themselves."""
    return ProfileAttribute.objects.create(
        category=category(), code="weight", name_ko="무게", name_en="Weight", kind="number", unit="kg"
    )


def item_class(code: str = "4617162401") -> ItemClass:
    """A detailed item with the classes above it."""
    for end in range(2, len(code) + 1, 2):
        found, _ = ItemClass.objects.get_or_create(
            code=code[:end], defaults={"name_ko": f"물품 {code[:end]}"}
        )
    return found


def proposed_change(product: Product, by: Any, **fields: Any) -> ListingChange:
    """A change that the supplier proposes."""
    rules()
    change = changes.begin_change(product=product, by=by)
    changes.save_change(change=change, by=by, fields=fields or {"unit": "대"})
    return changes.propose_change(change=change, by=by)


def designation(
    *, supplier: Organisation | None = None, story: bool = True, days: tuple[int, int] = (-10, 1085)
) -> Designation:
    """Valid from and until so many days from today (the second day is no longer valid)."""
    submission: Submission = submitted_proposal(proposal_lot(story=story), supplier=supplier)
    day: date = today()
    return Designation.objects.create(
        number=f"TEST-CD-{next(_serial)}",
        decision=adopted_decision(submission),
        submission=submission,
        organisation=submission.applicant_organisation,
        product_name_ko="물길 점검 로봇",
        product_name_en="Waterway inspection robot",
        designated_on=day + timedelta(days=days[0]),
        valid=DateRange(day + timedelta(days=days[0]), day + timedelta(days=days[1])),
        story=submission.story,
    )


def product(
    *,
    supplier: Organisation | None = None,
    story: bool = True,
    days: tuple[int, int] = (-10, 1085),
    **fields: Any,
) -> Product:
    """A listed product; ``fields`` are set on its row as staff or pilots would have left them."""
    assert set(fields) <= {*EDITABLE, "pilot_count", "pilot_verdict"}
    made = list_product(designation=designation(supplier=supplier, story=story, days=days))
    Product.objects.filter(pk=made.pk).update(**fields)
    search.learn(search.refresh([made.pk]))  # a test's transaction never commits
    made.refresh_from_db()
    public_listing.refresh([made.pk])
    settle()
    return made


def settle() -> None:
    """Give the changes of the test's transaction their places in the feed; outside of tests the commit does."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    known_version.rise()
