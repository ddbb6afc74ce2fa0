from catalog.models import Product
from catalog.services.product import edit_product, list_product, note_pilot
from tests.accounts.factories import staff
from tests.catalog.factories import designation, product
from tests.support.races import at_once, values


def test_list_product_at_once_is_one_product(fresh_database):
    decided = designation()
    found = values(at_once(*[lambda: list_product(designation=decided).pk] * 4))
    assert len(set(found)) == 1 and Product.objects.count() == 1


def test_edit_and_note_at_once_lose_nothing(fresh_database):
    listed, by = product(), staff("keep_catalogue")
    values(
        at_once(
            lambda: edit_product(product=listed, by=by, name_ko="새 이름"),
            lambda: edit_product(product=listed, by=by, unit="대"),
            lambda: note_pilot(product=listed, pilot_count=3, verdict="success"),
        )
    )
    listed.refresh_from_db()
    assert (listed.name_ko, listed.unit, listed.pilot_count, listed.pilot_verdict) == (
        "새 이름",
        "대",
        3,
        "success",
    )
