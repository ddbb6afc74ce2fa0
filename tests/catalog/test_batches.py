"""Products in batches by their keys."""

import pytest

from catalog.models import Product
from catalog.services.batches import in_batches
from tests.catalog.factories import product

pytestmark = pytest.mark.django_db


def test_batches_hold_what_is_wanted_of_each_stretch_of_keys(django_assert_num_queries):
    one, two, three, four, five = sorted(product().pk for _ in range(5))
    wanted = Product.objects.filter(pk__in=[two, three, four])
    with django_assert_num_queries(
        4 + 3
    ):  # stretches with the empty one behind the last, and what is wanted of each
        assert list(in_batches(wanted, 2)) == [[two], [three, four]]
    assert list(in_batches(Product.objects.all(), 2)) == [[one, two], [three, four], [five]]


def test_batches_of_nothing_are_none():
    assert list(in_batches(Product.objects.all())) == []
