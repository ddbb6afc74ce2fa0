"""Staff keep the categories and what their profiles ask for; forms, pages, search and data follow."""

import pytest

from catalog import shipped
from catalog.models import Category, ProfileAttribute, PublicListing
from catalog.services import category as services
from catalog.services.content import profile_of
from catalog.services.product import edit_product
from innomarket.common.refusals import Refused
from tests.accounts.factories import company, member, person, staff
from tests.catalog.factories import category, product, rules
from tests.support.staff import sign_in

pytestmark = pytest.mark.django_db
VALUE = {"name_ko": "처리 용량", "name_en": "Throughput", "kind": "number", "unit": "m³/d"}


@pytest.fixture
def keeper():
    rules()
    return staff("keep_catalogue")


@pytest.fixture
def large(keeper):
    return services.add_category(by=keeper, code="space", name_ko="우주", name_en="Space")


def refusal(call, **given) -> Refused:
    with pytest.raises(Refused) as caught:
        call(**given)
    return caught.value


def test_shipped_categories_have_middle_ones_and_profiles_and_what_staff_removed_stays_away(keeper):
    assert Category.objects.filter(parent__code="environment").count() == 3
    profile = profile_of(Category.objects.get(code="environment-water"))
    assert {row.code for row in profile} >= {"power", "mass"}  # of the large one
    gone = ProfileAttribute.objects.get(category__code="environment", code="power")
    services.remove_attribute(attribute=gone, by=keeper)
    shipped.load()
    assert not ProfileAttribute.objects.filter(category__code="environment", code="power").exists()


def test_an_older_installation_gets_middle_categories_and_profiles_once(keeper):
    """As it stood before them: large categories alone, one of which staff have described and divided themselves."""
    ProfileAttribute.objects.all().delete()
    Category.objects.exclude(parent=None).delete()
    Category.objects.filter(code="environment").update(name_en="Environment!")
    safety = Category.objects.get(code="safety")
    services.add_category(by=keeper, code="rail", name_ko="철도", name_en="Rail", parent=safety)
    services.add_attribute(by=keeper, category=safety, code="range", **VALUE)
    shipped.load()
    assert {row.code for row in safety.children.all()} == {"rail"}
    assert [row.code for row in profile_of(safety)] == ["range"]
    assert Category.objects.get(code="environment").name_en == "Environment!"
    assert Category.objects.filter(parent__code="environment").count() == 3
    assert len(profile_of(Category.objects.get(code="disaster"))) == len(shipped.DEVICE)
    before = list(ProfileAttribute.objects.values_list("pk")), Category.objects.count()
    shipped.load()
    assert (list(ProfileAttribute.objects.values_list("pk")), Category.objects.count()) == before


def test_a_profile_that_staff_emptied_stays_empty(keeper):
    health = Category.objects.get(code="health")
    for row in profile_of(health):
        services.remove_attribute(attribute=row, by=keeper)
    shipped.load()
    assert profile_of(health) == []
    assert len(profile_of(Category.objects.get(code="disaster"))) == len(shipped.DEVICE)


def test_two_levels_and_codes_once(keeper, large):
    middle = services.add_category(by=keeper, code="orbit", name_ko="궤도", name_en="Orbit", parent=large)
    names = {"name_ko": "달", "name_en": "Moon"}
    assert refusal(services.add_category, by=keeper, code="moon", parent=middle, **names).field == "parent"
    assert refusal(services.add_category, by=keeper, code="space", **names).field == "code"
    services.add_attribute(by=keeper, category=large, code="flow", **VALUE)
    for place in (large, middle):  # the large one's stands in both
        assert (
            refusal(services.add_attribute, by=keeper, category=place, code="flow", **VALUE).field == "code"
        )


def test_only_staff_of_the_catalogue(large):
    other = staff("keep_budget")
    names = {"name_ko": "달", "name_en": "Moon"}
    assert refusal(services.add_category, by=other, code="moon", **names).status == 403
    assert refusal(services.change_category, category=large, by=other, **names).status == 403
    assert refusal(services.add_attribute, by=other, category=large, code="x", **VALUE).status == 403


def test_new_name_of_a_category_is_found_and_read_at_once(client, keeper):
    listed, other = product(supplier=company()), product(supplier=company())
    edit_product(product=listed, by=keeper, category="environment-water")
    edit_product(product=other, by=keeper, category="environment")
    services.change_category(
        category=category("environment"), by=keeper, name_ko="기후환경", name_en="Climate and environment"
    )
    assert "기후환경" in PublicListing.objects.get(product=other).document_ko
    assert "Climate and environment" in client.get(f"/en/catalog/{listed.number}/").content.decode()
    services.change_category(
        category=category("environment-water"), by=keeper, name_ko="맑은물", name_en="Clear water"
    )
    assert "맑은물" in PublicListing.objects.get(product=listed).document_ko
    assert listed.number in client.get("/catalog/", {"q": "맑은물"}).content.decode()


def test_value_of_a_profile_is_asked_for_and_its_new_name_is_shown(client, keeper, large):
    listed = product(supplier=company())
    services.add_attribute(by=keeper, category=large, code="flow", **VALUE)
    spec = {"attribute": "flow", "name_ko": "", "name_en": "", "value": "28", "unit": ""}
    model = {"name": "M", "identification_number": "", "price_won": None, "specifications": [spec]}
    edit_product(product=listed, by=keeper, category="space", models=[model])
    attribute = ProfileAttribute.objects.get(code="flow")
    assert refusal(services.remove_attribute, attribute=attribute, by=keeper).code == "in_use"
    services.change_attribute(attribute=attribute, by=keeper, name_ko="하루 처리량", name_en="Daily flow")
    page = client.get(f"/catalog/{listed.number}/").content.decode()
    assert "하루 처리량" in page and "28 m³/d" in page
    assert "하루 처리량" in PublicListing.objects.get(product=listed).document_ko


def test_choice_that_a_product_says_stays(keeper, large):
    given = {"name_ko": "설치", "name_en": "Placed", "kind": "choice"}
    for choices, field in (((), "choices"), ((("실내", "indoors"),), None)):
        if field:
            assert (
                refusal(
                    services.add_attribute, by=keeper, category=large, code="p", choices=choices, **given
                ).field
                == field
            )
        else:
            services.add_attribute(by=keeper, category=large, code="p", choices=choices, **given)
    spec = {"attribute": "p", "name_ko": "", "name_en": "", "value": "실내", "unit": ""}
    model = {"name": "M", "identification_number": "", "price_won": None, "specifications": [spec]}
    edit_product(product=product(supplier=company()), by=keeper, category="space", models=[model])
    attribute = ProfileAttribute.objects.get(code="p")
    words = {"attribute": attribute, "by": keeper, "name_ko": "설치", "name_en": "Placed"}
    assert refusal(services.change_attribute, choices=[("실외", "outdoors")], **words).field == "choices"
    services.change_attribute(choices=[("실내", "inside"), ("실외", "outdoors")], **words)
    attribute.refresh_from_db()
    assert attribute.choices_en == ["inside", "outdoors"]


def test_console_adds_a_middle_category_with_a_value_that_suppliers_are_asked_for(client, keeper, large):
    sign_in(client, keeper)
    answer = client.post(
        "/admin/catalog/category/add-category/",
        {"code": "orbit", "parent": large.pk, "name_ko": "궤도", "name_en": "Orbit", "order": ""},
    )
    assert answer.status_code == 302, answer.context["form"].errors
    middle = Category.objects.get(code="orbit")
    given = {
        "category": middle.pk,
        "code": "placed",
        "name_ko": "설치",
        "name_en": "Placed",
        "kind": "choice",
    }
    address = "/admin/catalog/profileattribute/add-value/"
    for wrong in ("실내", "실내 = ", "실내 = in\n실내 = inside"):
        assert client.post(address, given | {"choices": wrong}).status_code == 422
    answer = client.post(address, given | {"choices": "실내 = indoors\n실외 = outdoors", "required": "on"})
    assert answer.status_code == 302, answer.context["form"].errors
    attribute = ProfileAttribute.objects.get(code="placed")
    step = f"/admin/catalog/profileattribute/{attribute.pk}/change-value/"
    page = client.get(step)
    assert "실내 = indoors" in page.content.decode() and "궤도" in page.content.decode()
    data = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    assert client.post(step, data | {"name_en": "Where it stands"}).status_code == 302
    editor = member(person(), company(), role="editor")
    listed = product(supplier=editor.organisation)
    edit_product(product=listed, by=keeper, category="orbit")
    client.force_login(editor.user)
    client.post(f"/catalog/{listed.number}/change/begin/")
    page = client.get(f"/en/catalog/{listed.number}/change/models/0/").content.decode()
    assert "Where it stands" in page and "indoors" in page
    sign_in(client, keeper)
    assert client.post(f"/admin/catalog/profileattribute/{attribute.pk}/remove-value/").status_code == 302
    assert not ProfileAttribute.objects.filter(code="placed").exists()
