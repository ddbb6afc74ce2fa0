"""What suppliers propose, what staff decide, and the versions that stay."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from catalog.models import Certificate, ListingFile, ListingVersion, ProductModel, ProfileAttribute
from catalog.services import change as services
from catalog.services.comparing import differences, stamp
from catalog.services.content import content_of
from catalog.services.product import edit_product
from innomarket.audit.models import Entry
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from tests.accounts.factories import company, member, person, staff
from tests.catalog.factories import attribute, item_class, product
from tests.catalog.factories import proposed_change as proposed
from tests.documents.factories import document

pytestmark = pytest.mark.django_db

FULL = {
    "category": "environment",
    "item_class": "4617162401",
    "price_won": 48_000_000,
    "price_basis": "설치와 교육",
    "regions": ["서울특별시", "경기도"],
    "collaborators": ["가온정밀"],
    "sdgs": [6, 11],
    "video_url": "https://video.example/water",
    "models": [
        {
            "name": "MR2-600",
            "identification_number": "24681012",
            "price_won": 48_000_000,
            "specifications": [
                {"attribute": "weight", "name_ko": "", "name_en": "", "value": "28", "unit": "kg"},
                {"attribute": "", "name_ko": "방수", "name_en": "Water", "value": "IP68", "unit": ""},
            ],
        }
    ],
    "certificates": [
        {
            "kind": "nep",
            "number": "NEP-1",
            "issuer": "국가기술표준원",
            "issued_on": "2026-01-02",
            "valid_until": None,
        }
    ],
    "patents": [{"kind": "patent", "number": "10-1", "title": "관로 점검"}],
    "images": [],
    "documents": [],
}


@pytest.fixture
def listed():
    attribute()
    item_class()
    return product(supplier=company())


@pytest.fixture
def editor(listed):
    return member(person(), listed.supplier, role="editor").user


def test_change_goes_live_when_staff_take_it_over(listed, editor):
    change = proposed(listed, editor, **FULL)
    assert listed.models.count() == 0 and not ListingVersion.objects.exists()  # tried out, and undone
    services.take_change(change=change, by=staff("keep_catalogue"))
    listed.refresh_from_db()
    content = content_of(listed)
    assert {name: content[name] for name in FULL} == FULL
    assert listed.models.get().specifications.get(attribute__code="weight").number == 28
    assert list(ListingVersion.objects.values_list("ordinal", "by_supplier").order_by("ordinal")) == [
        (0, False),
        (1, True),
    ]
    assert Message.objects.filter(kind="catalog.change_taken", recipient=editor).count() == 1


def test_messages_name_product_and_supplier_in_the_language_of_the_reader():
    listed = product(
        supplier=company(name_ko="물길테크", name_en="Mulgil Tech"),
        name_ko="물길 로봇",
        name_en="Waterway robot",
    )
    keeper = staff("keep_catalogue", language="en")
    writer = member(person(language="en"), listed.supplier, role="editor").user
    services.take_change(change=proposed(listed, writer), by=keeper)
    # Of these two alone: others at the supplier read Korean.
    told = Message.objects.filter(kind__startswith="catalog.change_", recipient__in=[keeper, writer])
    bodies = {message.kind: message.body for message in told}
    assert (
        "Mulgil Tech" in bodies["catalog.change_proposed"]
        and "Waterway robot" in bodies["catalog.change_taken"]
    )
    assert not any("물길" in body for body in bodies.values())


def test_change_is_audited_without_its_texts(listed, editor):
    proposed(listed, editor, summary="은밀한 문장", **FULL)
    entry = Entry.objects.get(verb="catalog.save_change")
    assert "summary" in entry.changes["parts"]
    assert not any("은밀한" in str(one.changes) for one in Entry.objects.all())


def test_versions_show_the_whole_history_of_staff_and_supplier(listed, editor):
    keeper = staff("keep_catalogue")
    edit_product(product=listed, by=keeper, reason="오타", summary="첫 문장")
    services.take_change(change=proposed(listed, editor, unit="대"), by=keeper)
    found = {version.ordinal: version.content for version in listed.versions.all()}
    assert [one.path for one in differences(found[0], found[1])] == ["summary"]
    assert [(one.path, one.after) for one in differences(found[1], found[2])] == [("unit", "대")]


def test_differences_of_a_row_stand_in_the_order_of_the_page(listed, editor):
    """Also of a content that comes back from the database, which orders keys by their length."""
    change = proposed(listed, editor, models=FULL["models"], category="environment")
    change.refresh_from_db()
    paths = [one.path for one in differences(change.base, change.content) if one.part == "models"]
    assert [path.rpartition(".")[2] for path in paths] == [
        *("name", "identification_number", "price_won"),
        *("attribute", "name_ko", "name_en", "value", "unit") * 2,
    ]


def test_correction_in_between_is_not_undone(listed, editor):
    change = proposed(listed, editor, unit="대")
    keeper = staff("keep_catalogue")
    edit_product(product=listed, by=keeper, summary="고친 문장")
    services.take_change(change=change, by=keeper)
    listed.refresh_from_db()
    assert (listed.unit, listed.summary) == ("대", "고친 문장")


def test_correction_of_the_same_part_refuses_the_change(listed, editor):
    change = proposed(listed, editor, unit="대")
    keeper = staff("keep_catalogue")
    edit_product(product=listed, by=keeper, unit="식")
    with pytest.raises(Refused) as caught:
        services.take_change(change=change, by=keeper)
    assert caught.value.code == "changed_meanwhile"
    listed.refresh_from_db()
    assert listed.unit == "식"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"price_won": 0}, "price_won"),
        ({"sdgs": [18]}, "sdgs"),
        ({"origin": "korea"}, "origin"),
        ({"video_url": "http://video.example"}, "video_url"),
        ({"regions": ["아틀란티스"]}, "regions"),
        ({"category": "nonsense"}, "category"),
        ({"item_class": "99999999"}, "item_class"),
        ({"item_class": "4617"}, "item_class"),
        ({"collaborators": ["가", "나", "다", "라"]}, "collaborators"),
        ({"models": [{"name": "", "specifications": []}]}, "models.0.name"),
        (
            {
                "category": "environment",
                "models": [{"name": "A", "specifications": [{"attribute": "weight", "value": "무거움"}]}],
            },
            "models.0.specifications.0.value",
        ),
        (
            {"models": [{"name": "A", "specifications": [{"attribute": "nonsense", "value": "1"}]}]},
            "models.0.specifications.0.attribute",
        ),
        ({"certificates": [{"kind": "nonsense", "number": "1", "issuer": "x"}]}, "certificates.0.kind"),
        ({"patents": [{"kind": "patent", "number": "", "title": ""}]}, "patents.0.number"),
    ],
)
def test_propose_wrong_value_is_refused_at_its_place_and_kept(listed, editor, fields, field):
    change = services.begin_change(product=listed, by=editor)
    services.save_change(change=change, by=editor, fields=fields)
    with pytest.raises(Refused) as caught:
        services.propose_change(change=change, by=editor)
    assert caught.value.field == field and str(caught.value.reason)
    change.refresh_from_db()
    assert change.state == "draft" and {name: change.content[name] for name in fields} == fields


def test_propose_without_what_the_profile_asks_for_is_refused(listed, editor):
    ProfileAttribute.objects.filter(code="weight").update(required=True)
    change = services.begin_change(product=listed, by=editor)
    services.save_change(change=change, by=editor, fields={"category": "environment"})
    with pytest.raises(Refused) as caught:
        services.propose_change(change=change, by=editor)
    assert caught.value.code == "profile_incomplete" and "무게" in str(caught.value.reason)


def test_propose_unchanged_is_refused(listed, editor):
    with pytest.raises(Refused) as caught:
        services.propose_change(change=services.begin_change(product=listed, by=editor), by=editor)
    assert caught.value.code == "unchanged"


def test_save_over_a_newer_version_overwrites_nothing(listed, editor):
    change = services.begin_change(product=listed, by=editor)
    seen, other = stamp(change.content, ["unit"]), stamp(change.content, ["summary"])
    services.save_change(change=change, by=editor, fields={"unit": "대"}, seen=seen)
    services.save_change(change=change, by=editor, fields={"summary": "다른 곳"}, seen=other)
    with pytest.raises(Refused) as caught:
        services.save_change(change=change, by=editor, fields={"unit": "식"}, seen=seen)
    assert caught.value.code == "changed_elsewhere"
    change.refresh_from_db()
    assert change.content["unit"] == "대"


def test_change_of_another_supplier_is_refused(listed, editor):
    stranger = member(person(), company(), role="owner").user
    viewer = member(person(), listed.supplier, role="viewer").user
    change = services.begin_change(product=listed, by=editor)
    for by in (stranger, viewer, person(), staff("keep_catalogue")):
        for write in (
            lambda by=by: services.begin_change(product=listed, by=by),
            lambda by=by: services.save_change(change=change, by=by, fields={"unit": "x"}),
            lambda by=by: services.propose_change(change=change, by=by),
            lambda by=by: services.withdraw_change(change=change, by=by),
        ):
            with pytest.raises(Refused) as caught:
                write()
            assert caught.value.status == 403


def test_decision_by_the_supplier_is_refused(listed, editor):
    change = proposed(listed, editor, unit="대")
    for decide in (
        lambda: services.take_change(change=change, by=editor),
        lambda: services.refuse_change(change=change, by=editor, reason="x"),
    ):
        with pytest.raises(Refused) as caught:
            decide()
        assert caught.value.status == 403


def test_refused_change_says_why_and_another_can_be_begun(listed, editor):
    change, keeper = proposed(listed, editor, unit="대"), staff("keep_catalogue")
    with pytest.raises(Refused):
        services.refuse_change(change=change, by=keeper, reason=" ")
    services.refuse_change(change=change, by=keeper, reason="단위가 계약과 다릅니다.")
    assert Message.objects.filter(kind="catalog.change_refused", recipient=editor).exists()
    services.begin_change(product=listed, by=editor)
    with pytest.raises(Refused):
        services.begin_change(product=listed, by=editor)


def test_picture_without_words_is_refused(listed, editor):
    change = services.begin_change(product=listed, by=editor)
    file = ListingFile.objects.create(product=listed, document=document(editor), is_picture=True)
    images = [{"document": file.document_id, "alt_ko": "", "alt_en": ""}]
    services.save_change(change=change, by=editor, fields={"images": images})
    with pytest.raises(Refused) as caught:
        services.propose_change(change=change, by=editor)
    assert caught.value.field == "images.0.alt_ko"


def test_database_keeps_one_open_change_and_every_version(listed, editor):
    change = proposed(listed, editor, unit="대")
    services.take_change(change=change, by=staff("keep_catalogue"))
    services.begin_change(product=listed, by=editor)
    for statement in (
        "UPDATE catalog_listingchange SET state = 'draft' WHERE state = 'taken'",
        "UPDATE catalog_listingversion SET note = 'x'",
        "DELETE FROM catalog_listingversion",
        "UPDATE catalog_category SET parent_id = id",
    ):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
        ):
            connection.cursor().execute(statement)


def test_certificate_cannot_end_before_it_was_issued(listed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(
            product=listed,
            order=0,
            kind="nep",
            number="1",
            issuer="x",
            issued_on="2026-02-01",
            valid_until="2026-01-01",
        )


def test_identification_number_is_of_one_model(listed):
    ProductModel.objects.create(product=listed, order=0, name="A", identification_number="12345678")
    with pytest.raises(IntegrityError), transaction.atomic():
        ProductModel.objects.create(product=listed, order=1, name="B", identification_number="12345678")
