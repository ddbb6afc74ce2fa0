"""The supplier's pages: what is typed is kept, shown beside the listing, sent, and live when staff take it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import ListingChange, ProfileAttribute
from catalog.services import change as services
from catalog.services.content import content_of
from catalog.services.product import edit_product
from tests.accounts.factories import company, member, person, staff
from tests.catalog.factories import attribute, item_class, product
from tests.support.staff import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed():
    attribute()
    item_class()
    return product(supplier=company())


@pytest.fixture
def editor(listed):
    return member(person(), listed.supplier, role="editor").user


@pytest.fixture
def draft(listed, editor, client):
    client.force_login(editor)
    return services.begin_change(product=listed, by=editor)


def url(change, step=""):
    return f"/catalog/{change.product.number}/change/{step}"


def typed(client, address: str, **fields) -> dict:
    """What the page's form holds, with what the person types over it."""
    sheet = client.get(address).context["sheet"]
    data = {"seen": client.get(address).context["seen"]}
    forms = [*sheet.every, *(rows.management_form for rows in sheet.rows)]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False and value != []:
                data[bound.html_name] = value
    return data | fields


def test_whole_change_goes_live_by_the_pages(client, listed, editor):
    client.force_login(editor)
    page = client.get("/catalog/mine/").content.decode()
    assert listed.number in page and f"/catalog/{listed.number}/change/" in page
    begun = client.post(f"/catalog/{listed.number}/change/begin/")
    change = listed.changes.get()
    assert begun.url == url(change, "names/")
    step = client.post(
        begun.url, typed(client, begun.url, name_en="River robot", summary="관로를 스스로 봅니다.")
    )
    assert step.url == url(change, "class/")
    step = client.post(step.url, typed(client, step.url, category="environment", item_class="4617162401"))
    assert step.url == url(change, "models/")
    model = url(change, "models/0/")
    data = typed(client, model, **{"name": "MR-1", "price_won": "48,000,000원", "profile-weight": "1,028.50"})
    data |= {"own-0-name_ko": "방수", "own-0-value": "IP68"}
    assert client.post(model, data).url == url(change, "models/")
    price = url(change, "price/")
    data = typed(client, price, price_won="50,000,000", origin="kr", regions=["서울특별시"])
    data["collaborators"] = "가온정밀\n\n다온테크"
    assert client.post(price, data).url == url(change, "papers/")
    papers = url(change, "papers/")
    data = typed(client, papers, sdgs=["6", "11"])
    data |= {
        "certificates-0-kind": "nep",
        "certificates-0-number": "NEP-1",
        "certificates-0-issuer": "국가기술표준원",
        "certificates-0-issued_on": "2026-01-02",
    }
    assert client.post(papers, data).status_code == 302
    preview = client.get(f"/catalog/{listed.number}/preview/").content.decode()
    assert "MR-1" in preview and "1028.5" in preview and "NEP-1" in preview and "가온정밀" in preview
    assert "MR-1" not in client.get(f"/catalog/{listed.number}/").content.decode()
    send = client.get(url(change, "send/"))
    assert "River robot" in send.content.decode()
    assert client.post(url(change, "send/"), {"seen": send.context["seen"].mark}).status_code == 302
    services.take_change(change=change, by=staff("keep_catalogue"))
    listed.refresh_from_db()
    content = content_of(listed)
    assert (content["name_en"], content["origin"], content["regions"]) == (
        "River robot",
        "KR",
        ["서울특별시"],
    )
    assert content["collaborators"] == ["가온정밀", "다온테크"] and content["sdgs"] == [6, 11]
    assert content["models"] == [
        {
            "name": "MR-1",
            "identification_number": "",
            "price_won": 48_000_000,
            "specifications": [
                {"attribute": "weight", "name_ko": "", "name_en": "", "value": "1028.5", "unit": "kg"},
                {"attribute": "", "name_ko": "방수", "name_en": "", "value": "IP68", "unit": ""},
            ],
        }
    ]
    assert content["certificates"][0]["issued_on"] == "2026-01-02"


@pytest.mark.parametrize(
    ("step", "wrong", "field"),
    [
        ("names", {"name_ko": ""}, "name_ko"),
        ("price", {"price_won": "무료"}, "price_won"),
        ("price", {"origin": "Korea"}, "origin"),
        ("class", {"item_class": "99999999"}, "item_class"),
        ("class", {"item_class": "4617"}, "item_class"),
        ("models/0", {"name": "A", "identification_number": "12"}, "identification_number"),
        ("models/0", {"name": "A", "profile-weight": "무거움"}, "profile-weight"),
        ("papers", {"certificates-0-kind": "nep"}, "certificates-0-number"),
        ("papers", {"patents-0-number": "10-1"}, "patents-0-kind"),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_wrong_value_is_said_at_its_field_and_what_was_typed_stays(client, draft, prefix, step, wrong, field):
    services.save_change(change=draft, by=draft.begun_by, fields={"category": "environment"})
    address = prefix + url(draft, f"{step}/")
    before = ListingChange.objects.get().content
    answer = client.post(address, typed(client, address, **wrong))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'href="#id_{field}' in page
    for value in (text for name, text in wrong.items() if name != "item_class"):
        assert value in page
    assert ListingChange.objects.get().content == before


def test_row_is_added_without_losing_or_judging_what_is_typed(client, draft):
    address = url(draft, "papers/")
    data = typed(client, address, **{"certificates-0-number": "반쯤"})
    answer = client.post(address, data | {"add": "certificates"})
    sheet = answer.context["sheet"]
    assert answer.status_code == 200 and "반쯤" in answer.content.decode()
    assert [len(rows.forms) for rows in sheet.rows] == [2, 0]
    assert not any(row.errors for row in sheet.every)
    assert ListingChange.objects.get().version == 1


def test_class_is_searched_without_a_script(client, draft):
    item_class("4111351701")
    address = url(draft, "class/")
    answer = client.post(address, typed(client, address, words="물품 4617", search="1"))
    page = answer.content.decode()
    assert answer.status_code == 200 and "4617162401" in page and "4111351701" not in page
    assert 'value="46171624"' in page and 'value="461716"' not in page


def test_class_that_was_chosen_can_be_taken_back(client, draft):
    address = url(draft, "class/")
    client.post(address, typed(client, address, item_class="4617162401"))
    page = client.get(address).content.decode()
    assert '<input type="radio" name="item_class" value=""' in page
    client.post(address, typed(client, address) | {"item_class": ""})
    draft.refresh_from_db()
    assert draft.content["item_class"] == ""


@pytest.mark.parametrize(
    ("step", "typed_"),
    [
        ("class", {"words": "a\0b", "search": "1"}),
        ("class", {"item_class": "a\0b"}),
        ("class", {"words": "가 " * 10_000, "search": "1"}),
        ("names", {"summary": "a\0b"}),
        ("price", {"price_won": "9" * 5000}),
        ("price", {"delivery_days": "9" * 5000}),
        ("price", {"trl": "9" * 5000}),
        ("papers", {"certificates-TOTAL_FORMS": "x"}),
        ("papers", {"patents-TOTAL_FORMS": "9" * 5000}),
        ("models/0", {"own-TOTAL_FORMS": "x"}),
        ("models/0", {"name": "a\0b"}),
        ("models", {"remove": "9" * 5000}),
    ],
)
def test_nonsense_is_refused_and_never_an_error(client, draft, step, typed_):
    address = url(draft, f"{step}/")
    data = typed(client, address) if step != "models" else {}
    status = client.post(address, data | typed_).status_code
    assert status in (200, 302, 422)
    assert (status == 422) == (step != "models" and "search" not in typed_)
    assert client.get(f"{url(draft, 'begin/')}?again={'9' * 400}").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        *("/catalog/{number}/pictures/{n}/", "/catalog/{number}/files/{n}/"),
        *("/catalog/{number}/change/models/{n}/", "/catalog/bulk/{n}/", "/catalog/{n}/change/"),
        "/pictures/{n}.webp",
    ],
)
def test_huge_number_in_an_address_is_not_found(client, draft, address):
    for n in (10**9, 10**19, 10**40):
        assert client.get(address.format(number=draft.product.number, n=n)).status_code == 404


@pytest.mark.parametrize("query", ["after_products=%00", "after_products=" + "9" * 3000, "after_models=가"])
def test_nonsense_behind_which_files_begin_is_no_error(client, draft, query):
    assert client.get(f"/catalog/bulk/?{query}").status_code == 200
    assert client.get(f"/catalog/bulk/products.csv?{query.replace('_products', '')}").status_code == 200


def test_value_that_is_too_large_is_refused_when_it_is_sent(client, draft):
    services.save_change(change=draft, by=draft.begun_by, fields={"delivery_days": 10**12})
    draft.refresh_from_db()
    assert client.get(f"/catalog/{draft.product.number}/preview/").status_code == 200
    answer = client.post(url(draft, "send/"), {"seen": draft.mark})
    assert answer.status_code == 422 and url(draft, "price/") in answer.content.decode()


def test_row_taken_away_and_row_left_empty_are_not_kept(client, draft):
    row = {"kind": "patent", "title": ""}
    services.save_change(
        change=draft,
        by=draft.begun_by,
        fields={"patents": [row | {"number": "10-1"}, row | {"number": "10-2"}]},
    )
    address = url(draft, "papers/")
    client.post(address, typed(client, address, **{"patents-0-DELETE": "on"}))
    draft.refresh_from_db()
    assert [one["number"] for one in draft.content["patents"]] == ["10-2"]


def test_two_people_never_overwrite_each_other_unseen(client, draft, listed):
    address = url(draft, "price/")
    mine = typed(client, address, unit="내 단위")
    services.save_change(change=draft, by=draft.begun_by, fields={"unit": "동료 단위"})
    answer = client.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 409 and "내 단위" in page and "동료 단위" in page
    draft.refresh_from_db()
    assert draft.content["unit"] == "동료 단위"
    seen = answer.context["seen"]
    assert client.post(address, mine | {"seen": seen}).status_code == 302
    draft.refresh_from_db()
    assert draft.content["unit"] == "내 단위"


def test_send_of_what_a_colleague_wrote_since_is_refused_and_both_are_shown(client, draft):
    services.save_change(change=draft, by=draft.begun_by, fields={"unit": "내 단위"})
    address = url(draft, "send/")
    seen = client.get(address).context["seen"]
    assert seen.since == []
    services.save_change(
        change=draft, by=draft.begun_by, fields={"unit": "동료 단위", "summary": "동료 문장"}
    )
    answer = client.post(address, {"seen": seen.mark, "shown": seen.shown})
    page = answer.content.decode()
    assert answer.status_code == 409 and "내 단위" in page and "동료 단위" in page
    assert [(line["before"], line["after"]) for line in answer.context["seen"].since] == [
        (draft.base["summary"], "동료 문장"),
        ("내 단위", "동료 단위"),
    ]
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert client.post(address).status_code == 409  # a form without the mark was no page of ours
    assert client.post(address, {"seen": answer.context["seen"].mark}).status_code == 302


@pytest.mark.parametrize("step", ["take", "refuse"])
def test_decision_on_what_staff_never_saw_is_refused_and_both_are_shown(client, draft, listed, step):
    services.save_change(change=draft, by=draft.begun_by, fields={"unit": "내 단위"})
    services.propose_change(change=draft, by=draft.begun_by)
    sign_in(client, staff("keep_catalogue"))
    address = f"/admin/catalog/listingchange/{draft.pk}/{step}/"
    page = client.get(address)
    assert "내 단위" in page.content.decode()
    given = {"seen": page.context["seen"].mark, "shown": page.context["seen"].shown, "reason": "x"}
    services.rewrite_change(change=draft, by=draft.begun_by)
    back = client.post(address, given)
    assert back.status_code == 409 and "내 단위" not in back.content.decode()
    services.save_change(change=draft, by=draft.begun_by, fields={"unit": "다른 단위"})
    services.propose_change(change=draft, by=draft.begun_by)
    answer = client.post(address, given)
    page = answer.content.decode()
    assert answer.status_code == 409 and "내 단위" in page and "다른 단위" in page
    draft.refresh_from_db()
    assert draft.state == "proposed"
    given |= {"seen": answer.context["seen"].mark}
    assert client.post(address, given).status_code == 302
    draft.refresh_from_db()
    assert draft.state == {"take": "taken", "refuse": "refused"}[step]


def model_of(name: str, value: str = "1") -> dict:
    spec = {"attribute": "", "name_ko": "방수", "name_en": "", "value": value, "unit": ""}
    return {"name": name, "identification_number": "", "price_won": None, "specifications": [spec]}


def names_of(draft) -> list[str]:
    draft.refresh_from_db()
    return [model["name"] for model in draft.content["models"]]


def test_two_windows_with_different_models_do_not_meet(client, draft):
    services.save_change(change=draft, by=draft.begun_by, fields={"models": [model_of("A"), model_of("B")]})
    first, second = url(draft, "models/0/"), url(draft, "models/1/")
    mine, other = typed(client, first, name="A2"), typed(client, second, name="B2")
    assert client.post(second, other).status_code == 302
    assert client.post(first, mine).status_code == 302
    assert names_of(draft) == ["A2", "B2"]


def test_two_windows_with_a_new_model_keep_both(client, draft):
    address = url(draft, "models/0/")
    rows = {"own-0-name_ko": "방수", "own-0-value": "IP68"}
    windows = [typed(client, address, name=name, **rows) for name in ("A", "B")]
    for data in windows:
        assert client.post(address, data).status_code == 302
    assert names_of(draft) == ["A", "B"]


def test_model_is_saved_where_it_stands_now_when_another_was_taken_out(client, draft):
    services.save_change(
        change=draft, by=draft.begun_by, fields={"models": [model_of("A"), model_of("B"), model_of("C")]}
    )
    address = url(draft, "models/2/")
    mine = typed(client, address, name="C2")
    services.save_change(change=draft, by=draft.begun_by, fields={"models": [model_of("B"), model_of("C")]})
    assert client.post(address, mine).status_code == 302
    assert names_of(draft) == ["B", "C2"]


@pytest.mark.parametrize("left", [["A"], []])
def test_model_that_was_taken_out_meanwhile_is_refused_and_then_added(client, draft, left):
    services.save_change(change=draft, by=draft.begun_by, fields={"models": [model_of("A"), model_of("B")]})
    address = url(draft, "models/1/")
    mine = typed(client, address, **{"own-0-value": "내 값"})
    services.save_change(
        change=draft, by=draft.begun_by, fields={"models": [model_of(name) for name in left]}
    )
    answer = client.post(address, mine)
    assert answer.status_code == 409 and "내 값" in answer.content.decode() and names_of(draft) == left
    assert client.post(address, mine | {"seen": answer.context["seen"]}).status_code == 302
    assert names_of(draft) == [*left, "B"]


def test_model_that_a_colleague_changed_is_shown_beside_what_was_typed(client, draft):
    services.save_change(change=draft, by=draft.begun_by, fields={"models": [model_of("A"), model_of("B")]})
    address = url(draft, "models/1/")
    mine = typed(client, address, **{"own-0-value": "내 값"})
    services.save_change(
        change=draft, by=draft.begun_by, fields={"models": [model_of("B", "동료 값"), model_of("A")]}
    )
    answer = client.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 409 and "내 값" in page and "동료 값" in page
    invalid = client.post(address, mine | {"seen": answer.context["seen"], "name": ""})
    assert invalid.status_code == 422 and invalid.context["seen"] == answer.context["seen"]
    assert client.post(address, mine | {"seen": invalid.context["seen"]}).status_code == 302
    draft.refresh_from_db()
    assert draft.content["models"] == [model_of("B", "내 값"), model_of("A")]


def test_other_category_keeps_values_as_the_suppliers_own(client, draft):
    spec = {"attribute": "weight", "name_ko": "", "name_en": "", "value": "28", "unit": "kg"}
    model = {"name": "A", "identification_number": "", "price_won": None, "specifications": [spec]}
    services.save_change(
        change=draft, by=draft.begun_by, fields={"category": "environment", "models": [model]}
    )
    address = url(draft, "class/")
    client.post(address, typed(client, address, category="safety"))
    draft.refresh_from_db()
    own = draft.content["models"][0]["specifications"]
    assert own == [spec | {"attribute": "", "name_ko": "무게", "name_en": "Weight"}]


def test_send_says_where_the_wrong_value_is_corrected(client, draft):
    model = {"name": "", "identification_number": "", "price_won": None, "specifications": []}
    services.save_change(change=draft, by=draft.begun_by, fields={"models": [model]})
    draft.refresh_from_db()
    answer = client.post(url(draft, "send/"), {"seen": draft.mark})
    assert answer.status_code == 422 and url(draft, "models/0/") in answer.content.decode()
    ProfileAttribute.objects.update(required=True)
    services.save_change(change=draft, by=draft.begun_by, fields={"category": "environment", "models": []})
    draft.refresh_from_db()
    answer = client.post(url(draft, "send/"), {"seen": draft.mark})
    assert answer.status_code == 422 and url(draft, "models/") in answer.content.decode()


def test_refused_change_comes_back_as_a_draft(client, draft, listed):
    services.save_change(change=draft, by=draft.begun_by, fields={"unit": "대", "summary": "새 문장"})
    services.propose_change(change=draft, by=draft.begun_by)
    services.refuse_change(change=draft, by=staff("keep_catalogue"), reason="단위가 계약과 다릅니다.")
    page = client.get(url(draft)).content.decode()
    assert "단위가 계약과 다릅니다." in page and f"?again={draft.pk}" in page
    client.post(url(draft, f"begin/?again={draft.pk}"))
    again = listed.changes.get(state="draft")
    assert (again.content["unit"], again.content["summary"]) == ("대", "새 문장")
    assert again.base == content_of(listed)


def test_correction_of_staff_is_shown_and_the_draft_goes_on_from_it(client, draft, listed):
    services.save_change(change=draft, by=draft.begun_by, fields={"unit": "대"})
    edit_product(product=listed, by=staff("keep_catalogue"), unit="식", summary="고친 문장")
    page = client.get(url(draft)).content.decode()
    assert "고친 문장" in page and url(draft, "renew/") in page
    client.post(url(draft, "renew/"))
    draft.refresh_from_db()
    assert (draft.content["unit"], draft.content["summary"]) == ("대", "고친 문장")
    services.propose_change(change=draft, by=draft.begun_by)
    services.take_change(change=draft, by=staff("keep_catalogue"))
    listed.refresh_from_db()
    assert (listed.unit, listed.summary) == ("대", "고친 문장")


def test_change_is_withdrawn_and_taken_back(client, draft):
    services.save_change(change=draft, by=draft.begun_by, fields={"unit": "대"})
    draft.refresh_from_db()
    client.post(url(draft, "send/"), {"seen": draft.mark})
    assert client.post(url(draft, "names/"), {}).url == url(draft)  # no draft: nothing is written
    client.post(url(draft, "rewrite/"))
    draft.refresh_from_db()
    assert draft.state == "draft"
    client.post(url(draft, "withdraw/"))
    draft.refresh_from_db()
    assert draft.state == "withdrawn"
    assert client.post(url(draft, "withdraw/")).status_code == 409


def test_pages_of_a_change_are_there_for_its_writers_alone(client, draft, listed):
    viewer = member(person(), listed.supplier, role="viewer").user
    stranger = member(person(), company(), role="owner").user
    for user in (viewer, stranger, person()):
        client.force_login(user)
        for step in ("", "names/", "models/", "models/0/", "send/", "withdraw/", "begin/"):
            assert client.get(url(draft, step)).status_code == 404
            assert client.post(url(draft, step)).status_code in (404, 405)
        assert client.get(f"/catalog/{listed.number}/preview/").status_code == 404
    keeper = staff("keep_catalogue")
    sign_in(client, keeper)
    assert (
        client.get(f"/catalog/{listed.number}/preview/").status_code == 404
    )  # a draft is the supplier's own
    services.save_change(change=draft, by=draft.begun_by, fields={"unit": "대"})
    services.propose_change(change=draft, by=draft.begun_by)
    assert client.get(f"/catalog/{listed.number}/preview/").status_code == 200


def test_queries_of_my_products_and_the_step_pages_do_not_grow(client, draft, listed):
    counts = []
    for n in (1, 3):
        while listed.supplier.products.count() < n:
            product(supplier=listed.supplier)
        row = {"kind": "patent", "title": ""}
        services.save_change(
            change=draft,
            by=draft.begun_by,
            fields={"patents": [row | {"number": f"10-{i}"} for i in range(n)]},
        )
        found = []
        for address in ("/catalog/mine/", url(draft, "papers/"), url(draft), url(draft, "models/")):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found.append(len(captured))
        counts.append(found)
    assert counts[0] == counts[1]
