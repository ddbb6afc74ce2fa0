"""Similar products: the same goods before the same use, with the reason, in a fixed number of queries."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Certificate
from catalog.similar import rows, similar_to
from tests.catalog.factories import category, item_class, product

pytestmark = pytest.mark.django_db


def certified(listed, *kinds):
    for place, kind in enumerate(kinds):
        Certificate.objects.create(product=listed, order=place, kind=kind, number="1", issuer="x")
    return listed


def test_same_goods_stand_before_same_category_and_strangers_are_left_out():
    item, near, far = item_class(), item_class("4617162499"), item_class("4111351701")
    environment, safety = category(), category("safety")
    mine = certified(product(item_class=item, category=environment), "nep", "gs")
    same = product(item_class=item, category=safety)
    like = product(item_class=near, category=safety)
    proven = certified(product(item_class=far, category=environment), "gs", "nep", "kc")
    plain = product(item_class=far, category=environment)
    product(item_class=far, category=safety)
    found = similar_to(mine, AnonymousUser())
    assert found == [same, proven, like, plain]
    assert [one.score for one in found] == [13, 5, 5, 3]
    assert found[1].shared == 2
    assert all(row["text"] for row in rows(found))


def test_product_without_class_and_category_has_none():
    product(category=category())
    assert similar_to(product(), AnonymousUser()) == []


def test_queries_do_not_grow_and_the_page_shows_them(client):
    mine, counts = product(category=category()), []
    other = product(category=category(), name_ko="비슷한 제품")
    for _turn in range(3):
        with CaptureQueriesContext(connection) as captured:
            page = client.get(f"/catalog/{mine.number}/").content.decode()
        counts.append(len(captured))
        product(category=category())
    assert other.name_ko in page and counts[0] == counts[2]
    assert f"/catalog/compare/?p={mine.number}&amp;p=" in page
