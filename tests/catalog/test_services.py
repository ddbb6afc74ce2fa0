import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from catalog import shipped
from catalog.models import Category, Product
from catalog.services import product as services
from designation.hooks import designated
from innomarket.audit.models import Entry
from innomarket.common.refusals import Refused
from tests.accounts.factories import person, staff
from tests.catalog.factories import category, designation, product

pytestmark = pytest.mark.django_db


def test_list_product_takes_what_was_frozen():
    decided = designation()
    decided.submission.title = "changed later"
    decided.submission.save()
    listed = services.list_product(designation=decided)
    assert (listed.name_ko, listed.name_en) == ("물길 점검 로봇", "Waterway inspection robot")
    assert listed.summary == "물이 흐르는 관로를 지나며 균열을 찾는다."
    assert listed.price_won == 80_000_000 and listed.unit == "" and listed.trl is None
    assert listed.supplier == decided.organisation and listed.story == decided.story
    assert listed.number[1:].lstrip("0123456789").startswith("PD")
    entry = Entry.objects.get(verb="catalog.list_product")
    assert entry.actor is None and entry.changes == {"designation": decided.number}


def test_list_product_twice_is_one_product():
    decided = designation()
    assert services.list_product(designation=decided) == services.list_product(designation=decided)
    assert Product.objects.count() == 1


def test_designated_lists_the_product_in_the_same_transaction():
    decided = designation()
    designated.announce(designation=decided)
    assert Product.objects.get().designation == decided


def test_reconcile_products_lists_what_is_missing_once(capsys):
    decided, _listed = designation(), product()
    for _ in range(2):
        call_command("reconcile_products")
    assert Product.objects.filter(designation=decided).count() == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 listed"


def test_edit_product_by_staff_is_audited_without_its_text():
    listed, by = product(), staff("keep_catalogue")
    services.edit_product(
        product=listed, by=by, reason="typo", summary="새 문장", price_won=5_000, category=category().code
    )
    listed.refresh_from_db()
    assert (listed.summary, listed.price_won, listed.category.code) == ("새 문장", 5_000, "environment")
    entry = Entry.objects.get(verb="catalog.edit_product")
    assert entry.actor == by and entry.reason == "typo" and entry.changes["price_won"] == [80_000_000, 5_000]
    assert "새 문장" not in str(entry.changes)


def test_edit_product_without_a_change_leaves_no_entry():
    listed = product()
    before = listed.changed_at
    services.edit_product(product=listed, by=staff("keep_catalogue"), name_ko=listed.name_ko)
    listed.refresh_from_db()
    assert listed.changed_at == before and not Entry.objects.filter(verb="catalog.edit_product").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price_won", 0),
        ("price_won", -5),
        ("name_ko", ""),
        ("name_en", ""),
        ("summary", "x" * 301),
        ("trl", -1),
        ("name_ko", "a" * 121),
    ],
)
def test_edit_product_wrong_value_is_refused_at_its_field(field, value):
    listed = product()
    with pytest.raises(Refused) as caught:
        services.edit_product(product=listed, by=staff("keep_catalogue"), **{field: value})
    assert caught.value.field == field and str(caught.value.reason)
    assert Product.objects.get(pk=listed.pk).changed_at == listed.changed_at


@pytest.mark.parametrize("field", ["number", "designation", "supplier", "pilot_verdict", "story"])
def test_edit_product_other_fields_cannot_be_given(field):
    with pytest.raises(TypeError):
        services.edit_product(product=product(), by=staff("keep_catalogue"), **{field: None})


def test_edit_product_by_others_is_refused():
    listed = product()
    for by in (person(), staff("keep_budget"), staff("run_rounds", "keep_committee")):
        with pytest.raises(Refused) as caught:
            services.edit_product(product=listed, by=by, name_ko="x")
        assert caught.value.status == 403


def test_note_pilot_writes_count_and_verdict():
    listed = product()
    services.note_pilot(product=listed, pilot_count=2, verdict="failure")
    listed.refresh_from_db()
    assert (listed.pilot_count, listed.pilot_verdict) == (2, "failure")


@pytest.mark.parametrize("fields", [{"pilot_verdict": "perhaps"}, {"price_won": 0}, {"name_en": ""}])
def test_database_refuses(fields):
    listed = product()
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=listed.pk).update(**fields)


def test_shipped_categories_again_keep_what_staff_changed():
    count = shipped.load()
    Category.objects.filter(code="city").update(name_ko="우리 도시")
    assert (
        shipped.load()
        == count
        == Category.objects.filter(code__in=[c for c, *_ in shipped.CATEGORIES]).count()
    )
    assert Category.objects.get(code="city").name_ko == "우리 도시"
