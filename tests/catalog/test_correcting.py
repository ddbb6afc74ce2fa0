"""Staff correct every part of a listing in the steps of its suppliers, and make it live with a reason."""

import pytest
from django.utils.translation import override

from catalog import differing
from catalog.models import ListingChange, ListingVersion, ProfileAttribute
from catalog.services import change as services
from catalog.services.file import add_file, on_document_refused
from catalog.services.product import edit_product
from catalog.steps import STEPS
from innomarket.audit.models import Entry
from innomarket.common.refusals import Refused
from innomarket.documents.models import Document
from innomarket.notifications.models import Message
from tests.accounts.factories import company, member, person, staff
from tests.catalog.factories import attribute, category, item_class, product
from tests.catalog.test_editing import typed
from tests.catalog.test_files import picture
from tests.documents.factories import upload
from tests.support.staff import sign_in

pytestmark = pytest.mark.django_db
REASON = "공급기업이 전화로 알려 온 오기를 바로잡음"


@pytest.fixture
def listed():
    attribute()
    item_class()
    return product(supplier=company())


@pytest.fixture
def keeper(client):
    found = staff("keep_catalogue")
    sign_in(client, found)
    return found


@pytest.fixture
def home(listed):
    return f"/catalog/{listed.number}/change/"


@pytest.fixture
def draft(listed, keeper):
    return services.begin_change(product=listed, by=keeper, by_staff=True)


def made_live(client, home, **more):
    seen = client.get(f"{home}send/").context["seen"]
    return client.post(f"{home}send/", {"seen": seen.mark, "shown": seen.shown, "reason": REASON} | more)


def test_every_part_is_corrected_by_the_pages_and_stands_in_the_history(client, listed, keeper, home):
    begun = client.post(f"/admin/catalog/product/{listed.pk}/edit/")
    assert begun.url == home
    assert client.get(home).status_code == 200
    for step, fields in {
        "names/": {"name_ko": "바로잡은 이름", "description": "자세한 설명"},
        "class/": {"category": "environment", "item_class": "4617162401"},
        "models/0/": {"name": "M-1", "profile-weight": "28"},
        "price/": {
            "price_won": "1,234,000",
            "price_includes_vat": "false",
            "regions": ["서울특별시"],
            "origin": "독일",
        },
        "papers/": {
            "certificates-0-kind": "nep",
            "certificates-0-number": "1",
            "certificates-0-issuer": "국표원",
        },
        "documents/": {"video_url": "https://example.org/v"},
    }.items():
        answer = client.post(f"{home}{step}", typed(client, f"{home}{step}", **fields))
        assert answer.status_code == 302, (step, answer.context["sheet"])
    listed.refresh_from_db()
    assert listed.name_ko != "바로잡은 이름"
    assert "바로잡은 이름" in client.get(f"/catalog/{listed.number}/preview/?correction=1").content.decode()
    page = client.get(f"{home}send/").content.decode()
    assert all(words in page for words in ("바로잡은 이름", "서울특별시", "독일", "28", "국표원"))
    assert made_live(client, home).url == f"/catalog/{listed.number}/"
    listed.refresh_from_db()
    assert (listed.name_ko, listed.price_won, listed.origin) == ("바로잡은 이름", 1_234_000, "DE")
    assert listed.models.get().specifications.get().value == "28"
    assert listed.certificates.get().kind == "nep" and listed.item_class_id == "4617162401"
    version = ListingVersion.objects.get(product=listed, ordinal=1)
    assert version.note == REASON and not version.by_supplier
    client.logout()
    assert REASON in client.get(f"/catalog/{listed.number}/history/").content.decode()
    assert Entry.objects.filter(verb="catalog.correct_listing").get().actor == keeper


@pytest.mark.parametrize(
    ("language", "lines"), [("ko", ["28 kg", "예", "45일"]), ("en", ["28 kg", "Yes", "45 days"])]
)
def test_comparison_says_a_value_of_the_profile_in_one_line_with_its_unit(draft, keeper, language, lines):
    ProfileAttribute.objects.create(
        category=category(), code="indoors", name_ko="실내용", name_en="For indoors", kind="flag"
    )
    specs = [
        {"attribute": code, "name_ko": "", "name_en": "", "value": value, "unit": unit}
        for code, value, unit in (("weight", "28", "kg"), ("indoors", "true", ""))
    ]
    model = {"name": "M", "identification_number": "", "price_won": None, "specifications": specs}
    after = draft.base | {"models": [model], "delivery_days": 45}
    with override(language):
        found = differing.lines(draft.base | {"models": [model | {"specifications": []}]}, after)
    assert [line["after"] for line in found] == [lines[2], *lines[:2]]
    assert [line["label"].rpartition(" › ")[2] for line in found][1:] == (
        ["무게", "실내용"] if language == "ko" else ["Weight", "For indoors"]
    )


def test_value_that_a_supplier_names_is_one_line_with_its_unit_where_it_is_new_or_gone(draft):
    def lines(before, after):
        with_values = (
            draft.base
            | {
                "models": [
                    {"name": "M", "identification_number": "", "price_won": None, "specifications": specs}
                ]
            }
            for specs in (before, after)
        )
        with override("en"):
            found = differing.lines(*with_values)
        return [(line["label"].rpartition(" › ")[2], line["before"], line["after"]) for line in found]

    flow = {"attribute": "", "name_ko": "환기량", "name_en": "Airflow", "value": "80", "unit": "m³/h"}
    assert lines([], [flow]) == [("Name in Korean", "", "환기량"), ("Airflow", "", "80 m³/h")]
    assert lines([flow], []) == [("Name in Korean", "환기량", ""), ("Airflow", "80 m³/h", "")]
    assert lines([flow], [flow | {"unit": "L/s"}]) == [("Unit", "m³/h", "L/s")]
    assert lines([], [flow | {"value": ""}])[0] == (
        "Name in Korean",
        "",
        "환기량",
    )  # half typed, and not hidden


def test_day_of_a_certificate_is_written_out(draft):
    paper = {"kind": "kc", "number": "1", "issuer": "A", "issued_on": "2026-01-02", "valid_until": None}
    with override("en"):
        found = differing.lines(draft.base, draft.base | {"certificates": [paper]})
    assert [line["after"] for line in found][-1] == "Fri 2 Jan 2026"


def test_picture_is_uploaded_by_staff_and_goes_live(client, listed, draft, keeper, home):
    words = {"alt_ko": "로봇", "alt_en": ""}
    row = add_file(
        change=draft,
        by=keeper,
        part="images",
        upload=upload("jpg", name="a.jpg", content=picture()),
        words=words,
    )
    private = f"/catalog/{listed.number}/pictures/{row['document']}/"
    assert client.get(private).status_code == 200
    assert made_live(client, home).status_code == 302
    assert listed.images.get().document_id == row["document"]


def test_file_that_staff_uploaded_and_the_check_refuses_is_told_to_them(draft, keeper, listed):
    member(person(), listed.supplier, role="owner")
    file = upload("jpg", name="a.jpg", content=picture())
    row = add_file(
        change=draft, by=keeper, part="images", upload=file, words={"alt_ko": "로봇", "alt_en": ""}
    )
    on_document_refused(document=Document.objects.get(pk=row["document"]))
    assert Message.objects.get(kind="catalog.file_refused").recipient == keeper


def test_reason_is_asked_and_what_was_typed_stays(client, draft, keeper, home):
    services.save_change(change=draft, by=keeper, fields={"unit": "식"})
    assert made_live(client, home, reason="").status_code == 422
    with pytest.raises(Refused) as caught:
        services.correct_listing(change=draft, by=keeper, reason=" ")
    assert caught.value.field == "reason"
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_each_side_has_its_own_draft_and_neither_sees_the_others(client, listed, draft, keeper, home):
    editor = member(person(), listed.supplier, role="editor").user
    own = services.begin_change(product=listed, by=editor)
    services.save_change(change=own, by=editor, fields={"summary": "공급기업의 문장"})
    services.save_change(change=draft, by=keeper, fields={"unit": "전담기관 단위"})
    assert "공급기업의 문장" not in client.get(home).content.decode()
    assert client.get(f"/catalog/{listed.number}/preview/").status_code == 404  # not sent yet
    assert made_live(client, home).status_code == 302
    client.force_login(editor)
    page = client.get(home).content.decode()
    assert "공급기업의 문장" in page and "전담기관 단위" in page  # what was corrected since
    assert client.get(f"/catalog/{listed.number}/preview/?correction=1").status_code == 404
    services.propose_change(change=own, by=editor)
    services.take_change(change=own, by=keeper)
    listed.refresh_from_db()
    assert (listed.summary, listed.unit) == ("공급기업의 문장", "전담기관 단위")


def test_neither_side_does_the_others_step(listed, draft, keeper):
    editor = member(person(), listed.supplier, role="editor").user
    own = services.begin_change(product=listed, by=editor)
    for change, by in ((own, keeper), (draft, editor)):
        with pytest.raises(Refused) as caught:
            services.save_change(change=change, by=by, fields={"unit": "x"})
        assert caught.value.status == 403
    services.save_change(change=own, by=editor, fields={"unit": "x"})
    with pytest.raises(Refused) as caught:
        services.correct_listing(change=own, by=editor, reason=REASON)
    assert caught.value.status == 403
    services.save_change(change=draft, by=keeper, fields={"unit": "y"})
    with pytest.raises(Refused):
        services.propose_change(change=draft, by=keeper)
    with pytest.raises(Refused):
        services.begin_change(product=listed, by=staff("keep_catalogue"), by_staff=True)
    assert set(ListingChange.objects.values_list("state", flat=True)) == {"draft"}


def test_what_was_changed_since_they_looked_is_not_made_live(client, listed, draft, keeper, home):
    services.save_change(change=draft, by=keeper, fields={"unit": "식"})
    seen = client.get(f"{home}send/").context["seen"]
    colleague = staff("keep_catalogue")
    services.save_change(change=draft, by=colleague, fields={"unit": "동료의 단위"})
    answer = client.post(f"{home}send/", {"seen": seen.mark, "shown": seen.shown, "reason": REASON})
    assert answer.status_code == 409 and "동료의 단위" in answer.content.decode()
    edit_product(product=listed, by=colleague, unit="대")
    assert made_live(client, home).status_code == 409  # both changed the same part
    assert client.post(f"{home}renew/").status_code == 302
    assert made_live(client, home).status_code == 302
    listed.refresh_from_db()
    assert listed.unit == "동료의 단위"


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_speak_to_staff(client, draft, home, prefix):
    words = "make it live" if prefix else "반영"
    for step in STEPS:
        page = client.get(f"{prefix}{home}{step.code}/")
        assert page.status_code == 200 and words in page.content.decode(), step.code
    assert client.get(f"{prefix}{home}withdraw/").status_code == 200
    assert client.get(f"{prefix}{home}rewrite/").status_code == 404


def test_console_of_proposals_shows_no_corrections(client, draft, keeper):
    services.save_change(change=draft, by=keeper, fields={"unit": "식"})
    services.correct_listing(change=draft, by=keeper, reason=REASON)
    assert client.get(f"/admin/catalog/listingchange/{draft.pk}/change/").status_code in (302, 404)
