"""Searching in the database: documents in step with products, ways to answer, order, facets, the page."""

import random

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from catalog.filters import ProductFilter
from catalog.models import Certificate, Product, SearchDocument, SearchWord
from catalog.search import facets, finding, thesaurus
from catalog.search.document import BODY, FIELDS, VERSION
from catalog.services.product import edit_product, note_pilot
from catalog.services.search import refresh, reindex
from tests.accounts.factories import company, staff
from tests.catalog.factories import category, product, rules

pytestmark = pytest.mark.django_db


def found(text: str, **options) -> list[str]:
    answer = finding.answer(text, **options)
    if not answer.lexemes:
        return []
    ranks = finding.ranked(Product.objects.all(), answer).ranks
    names = dict(Product.objects.values_list("pk", "name_ko"))
    return [names[key] for key in ranks]


@pytest.fixture
def three(db):
    product(name_ko="상수도 누수감지 센서", name_en="Water leak sensor", summary="새는 곳을 찾는 장치")
    product(name_ko="맨홀 악취 저감 장치", name_en="Manhole deodoriser", summary="하수 가스를 없앤다")
    product(name_ko="산불 감시 드론", name_en="Wildfire drone", summary="연기를 찾는 무인기")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("누수 감지", "상수도 누수감지 센서"),
        ("누수감지기를", "상수도 누수감지 센서"),
        ("누 수 감 지", "상수도 누수감지 센서"),
        ("ㄴㅅㄱㅈ", "상수도 누수감지 센서"),
        ("sntn rkawl", "상수도 누수감지 센서"),
        ("누수깜지", "상수도 누수감지 센서"),
        ("LEAK SENSORS", "상수도 누수감지 센서"),
        ("ㅣㄷ마", "상수도 누수감지 센서"),
        ("맨홀 냄새", "맨홀 악취 저감 장치"),
        ("맨홀의 악취를", "맨홀 악취 저감 장치"),
        ("산불감시드론", "산불 감시 드론"),
        ("무인기", "산불 감시 드론"),
        ("wildfre", "산불 감시 드론"),
    ],
)
def test_answer_finds_what_was_meant(three, text, name):
    assert found(text)[:1] == [name]


@pytest.mark.parametrize(
    "text", ["가나다라" * 10, " ".join(f"{one}{'가나다라' * 9}" for one in "마바사아자차카타")]
)
def test_answer_to_very_long_words_is_quick_and_nothing(three, text):
    with CaptureQueriesContext(connection) as captured:
        assert not finding.answer(text).lexemes
    assert max(len(query["sql"]) for query in captured) < 100_000


def test_answer_to_initials_has_them_together(db):
    product(name_ko="하수관 탐사 로봇")
    product(name_ko="학생 식당 소금기 측정기")  # ㅎㅅ and ㅅㄱ, but apart
    assert found("ㅎㅅㄱ") == found("ㅎㅅㄱㅌㅅㄹ") == ["하수관 탐사 로봇"]
    assert set(found("ㅅㄱ")) == {"하수관 탐사 로봇", "학생 식당 소금기 측정기"}


def test_answer_to_every_word_of_the_thesaurus_is_taken_by_the_database(db):
    for word in thesaurus.alike():
        assert finding.answer(word).scope == "none", word
    product(name_ko="새는 곳 찾개")
    assert found("누수") == found("leakage") == ["새는 곳 찾개"]


def test_answer_to_a_number_is_that_product_alone(three):
    drone, manhole = Product.objects.order_by("-pk")[:2]
    assert found(drone.number) == [drone.name_ko]
    assert found(manhole.number.lower()[:-1]) != []
    assert found(drone.designation.number) == [drone.name_ko]


@pytest.mark.parametrize("text", ["%", "_", "' & '", "!!!", "\\", "<script>", "'; DROP TABLE x; --", "👍"])
def test_answer_to_signs_is_nothing(three, text):
    assert found(text) == [] and Product.objects.count() == 3


def test_answer_without_words_is_everything(three):
    assert finding.answer("  ").of(Product.objects.all()).count() == 3
    assert finding.answer("?!").of(Product.objects.all()).count() == 0


def test_answer_says_what_it_looked_for_instead(three):
    assert finding.answer("dkrcnl").instead == "악취" and finding.answer("누수").instead == ""
    assert finding.answer("dkrcnl", as_typed=True).scope == "none"
    assert finding.answer("누수깜지").reading.how == "corrected"


def test_answer_with_some_of_the_words_where_none_has_all(three):
    assert finding.answer("누수 드론 화산").scope in ("most", "some")
    assert set(found("누수 드론 화산")) == {"상수도 누수감지 센서", "산불 감시 드론"}


def test_nearby_excludes_what_answers(three):
    drone = Product.objects.get(name_ko="산불 감시 드론")
    answer = finding.answer("산불 연기")
    assert list(answer.of(Product.objects.all())) == [drone]
    near = finding.nearby(Product.objects.all(), finding.answer("누수 장치 센서 곳을"), 5).ranks
    assert drone.pk not in near


# ── documents in step with products ──


def test_document_follows_each_service(three):
    rules()
    listed = Product.objects.get(name_ko="산불 감시 드론")
    edit_product(
        product=listed,
        by=staff("keep_catalogue"),
        name_ko="적조 감시 드론",
        name_en="Red tide drone",
        reason="x",
    )
    assert found("적조") == ["적조 감시 드론"] and found("산불", as_typed=True) == []
    note_pilot(product=listed, pilot_count=1, verdict="success")
    assert SearchDocument.objects.get(pk=listed.pk).verdict == "success"


def test_document_holds_names_papers_and_numbers():
    listed = product(
        category=category(), supplier=company(name_ko="물길테크", name_en="Mulgil Tech"), description="수압"
    )
    Certificate.objects.create(product=listed, order=0, kind="nep", number="NEP-1", issuer="x")
    refresh([listed.pk])
    for text in (
        "물길테크",
        "mulgil",
        "수압",
        listed.number,
        listed.designation.number,
        "환경",
        "environment",
    ):
        assert found(text) == [listed.name_ko], text
    assert SearchDocument.objects.get().certificates == ["nep"]


def test_head_leaves_out_what_the_description_alone_says():
    listed = product(name_ko="산불 드론", summary="연기를 찾는다", description="드론은 수압을 잰다")
    row = SearchDocument.objects.get(pk=listed.pk)
    assert "'수압'" in row.vector and "'수압'" not in row.head
    assert "'드론'" in row.head and found("수압") == ["산불 드론"]


def test_head_stays_in_its_row_however_long_the_rest_is(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, attstorage FROM pg_attribute WHERE attrelid = 'catalog_searchdocument'::regclass"
            " AND attname IN ('head', 'vector', 'texts')"
        )
        assert dict(cursor.fetchall()) == {"head": "m", "vector": "x", "texts": "x"}


def test_document_is_read_by_a_portal_of_the_version_before(db):
    """It takes a text for each field while the documents are being written anew beside it."""
    product(name_ko="산불 드론", description="수압을 잰다")
    row = SearchDocument.objects.get()
    assert len(row.texts) == len(FIELDS) and row.texts[BODY] == "" and "수압" in row.body


def test_long_text_is_read_only_where_the_others_lack_a_word(db):
    product(name_ko="산불 드론", description="수압을 잰다")
    with CaptureQueriesContext(connection) as captured:
        assert found("산불 드론") == ["산불 드론"]
    assert not any('"body"' in query["sql"] for query in captured)
    with CaptureQueriesContext(connection) as captured:
        assert found("산불 수압") == ["산불 드론"]
    assert sum('"body"' in query["sql"] for query in captured) == 1
    (rank,) = finding.ranked(Product.objects.all(), finding.answer("산불 수압")).ranks.values()
    assert rank.fields == ["name", "body"]


def test_document_of_an_earlier_version_is_found_and_written_anew(three, capsys):
    first, second, _third = SearchDocument.objects.order_by("pk").values_list("pk", flat=True)
    # Before there was a head, and the body stood among the texts.
    row = SearchDocument.objects.get(pk=first)
    SearchDocument.objects.filter(pk=first).update(
        head=None, version=None, texts=[*row.texts[:BODY], "수압계"], body=""
    )
    SearchDocument.objects.filter(pk=second).update(version=VERSION - 1)
    assert found("누수 감지") == found("누수 센서 장비") == ["상수도 누수감지 센서"]
    call_command("reindex_search", "--missing")
    assert "2 indexed" in capsys.readouterr().out
    assert not SearchDocument.objects.filter(head=None).exists()
    assert SearchDocument.objects.filter(version=VERSION).count() == 3


def test_what_answers_is_asked_for_in_a_subquery_as_text():
    """A planner that sees two thousand keys weighs each of them, and an ARRAY[…] is parsed one by one."""
    with CaptureQueriesContext(connection) as captured:
        assert list(Product.objects.filter(finding.among([1, 2]))) == []
        assert list(Product.objects.filter(finding.among([]))) == []
    assert "ANY((SELECT '{1,2}'::bigint[])::bigint[])" in captured[0]["sql"]


def test_reindex_makes_the_same_again_and_forgets_words(three, capsys):
    SearchWord.objects.create(word="옛말", letters="ㅇㅖㅅㅁㅏㄹ")
    before = list(SearchDocument.objects.order_by("pk").values())
    SearchDocument.objects.filter(pk=before[0]["product_id"]).delete()
    call_command("reindex_search", "--missing")
    assert "1 indexed" in capsys.readouterr().out
    assert reindex() == 3
    assert list(SearchDocument.objects.order_by("pk").values()) == before
    assert not SearchWord.objects.filter(word="옛말").exists()


# ── facets ──


@pytest.mark.parametrize(
    "query",
    ["", "size=small", "category=city&women=true", "region=경기도&in_force=true&q=로봇", "price_min=6000000"],
)
def test_facet_counts_are_what_choosing_them_leaves(query):
    """Drawn at random with a fixed seed: each count against the list under that choice alone of its facet."""
    dice = random.Random(5)
    for _ in range(6):
        listed = product(
            supplier=company(
                size_class=dice.choice(["small", "medium"]),
                is_women_owned=dice.random() < 0.5,
                is_youth_led=dice.random() < 0.5,
            ),
            category=category(dice.choice(("environment", "city"))),
            days=dice.choice([(-10, 100), (-100, -1)]),
            price_won=dice.choice([None, 5_000_000, 6_000_000, 200_000_000]),
            regions=dice.choice([[], ["경기도"], ["경기도", "서울특별시"]]),
            sdgs=dice.sample(range(1, 4), 2),
            pilot_verdict=dice.choice(["", "success", "failure"]),
        )
        Certificate.objects.create(
            product=listed, order=0, kind=dice.choice(["nep", "gs"]), number="1", issuer="x"
        )
        refresh([listed.pk])
    asked = ProductFilter(QueryDict(query), queryset=Product.objects.all())
    assert asked.form.is_valid()
    for name, counted in facets.counts(asked.answer, asked.form.cleaned_data, asked.day).of.items():
        for value, n in counted.items():
            assert n == _alone(query, name, value), (name, value)


def _alone(query: str, name: str, value: str) -> int:
    """How many products the list then has."""
    chosen = QueryDict(query, mutable=True)
    if name == "price":
        low, high = facets.PRICE_STEPS[int(value)]
        chosen["price_min"] = str(low)
        chosen["price_max"] = str(high or facets.PRICE_MAX)
    else:
        chosen.setlist(name, [value])
    return ProductFilter(chosen, queryset=Product.objects.all()).qs.count()


def test_state_on_a_date(client):
    listed = product(days=(-10, 5))
    later = (listed.designation.last_day).isoformat()
    assert client.get(f"/catalog/?in_force=true&on={later}").context["page"].total == 1
    assert client.get("/catalog/?in_force=true&on=2001-01-01").context["page"].total == 0
    assert client.get("/catalog/?in_force=true&on=never").context["page"].total == 1
    assert client.get("/catalog/?in_force=true&on=2001-01-01&price_min=x").context["page"].total == 0


def test_facets_are_one_statement(three):
    with CaptureQueriesContext(connection) as captured:
        counts = facets.counts(finding.answer("로봇"), {}, None)
        assert set(counts.of) == {facet.name for facet in facets.FACETS}
    assert sum("WITH hits" in query["sql"] for query in captured) <= 1


def test_facets_of_many_say_at_least(client, monkeypatch):
    for _turn in range(3):
        product(category=category())
    monkeypatch.setattr(facets, "MOST_COUNTED", 2)
    counts = facets.counts(finding.Answer(""), {"size": ["small"]}, None)
    assert counts.at_least >= {"category", "size"} and counts.shown("category", "environment") == "3+"
    assert facets.counts(finding.Answer(""), {"size": ["large"]}, None).at_least == {"size"}


# ── the page ──


def test_middle_categories_are_offered_below_a_chosen_large_one(client):
    rules()
    for code in ("environment-water", "environment-water", "environment-air", "city"):
        product(category=category(code))

    def offered(query):
        page = client.get(f"/en/catalog/?{query}")
        [group] = [one for one in page.context["facets"] if one["title"] == "Category"]
        return page.context["rows"], {one["label"]: one for one in group["options"]}

    rows, options = offered("")
    assert [(label, one["n"]) for label, one in options.items()] == [
        ("Environment", 3),
        ("City and daily life", 1),
    ]
    assert not any(one.get("below") for one in options.values())
    rows, options = offered("category=environment")
    assert len(rows) == 3
    below = {one["label"]: one for one in options["Environment"]["below"]}
    assert [(label, one["n"], one["on"]) for label, one in below.items()] == [
        ("Air", 1, False),
        ("Water and sewage", 2, False),
    ]
    assert below["Water and sewage"]["url"] == "/en/catalog/?category=environment-water"
    rows, options = offered("category=environment-water&category=city")
    assert len(rows) == 3 and not options["Environment"]["on"]
    assert options["Environment"]["url"] == "/en/catalog/?category=city&category=environment"
    below = {one["label"]: one for one in options["Environment"]["below"]}
    assert below["Water and sewage"]["on"]
    assert (
        below["Water and sewage"]["url"] == "/en/catalog/?category=city&category=environment"
    )  # the whole again
    assert below["Air"]["url"].endswith("category=city&category=environment-water&category=environment-air")


def test_page_marks_what_was_found_and_says_where(client, three):
    response = client.get("/catalog/?q=누수감지")
    text = response.content.decode()
    assert "<mark>누수감지</mark>" in text and response.context["sort"] == "best"
    assert response.context["rows"][0].found_in


def test_page_offers_what_was_typed(client, three):
    response = client.get("/catalog/?q=dkrcnl")
    assert [row.name_ko for row in response.context["rows"]] == ["맨홀 악취 저감 장치"]
    as_typed = client.get(response.context["as_typed_url"])
    assert as_typed.context["rows"] == []


def test_page_shows_what_has_some_of_the_words_apart(client, three):
    context = client.get("/catalog/?q=감시 드론 센서").context
    assert [row.name_ko for row in context["rows"]] != []
    shown = {row.pk for row in context["rows"]} & {row.pk for row in context["nearby"]}
    assert not shown


def test_page_by_rank_goes_on_and_ends(client):
    for n in range(22):
        product(name_ko=f"물길 로봇 {n}")
    first = client.get("/catalog/?q=로봇").context["page"]
    second = client.get(first.next_url).context["page"]
    assert len(first.rows) == 20 and len(second.rows) == 2 and second.next_url == ""
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}
    assert client.get("/catalog/?q=로봇&page=999").context["rows"] == []
    assert "page=" not in client.get(first.next_url).context["facets"][0]["options"][0]["url"]


def labels(client, address: str) -> list[str]:
    return [chip.label for chip in client.get(address).context["chips"]]


@pytest.mark.parametrize(
    ("query", "korean", "english"),
    [
        ("price_max=1000000", "최고 가격: 100만 원", "Price up to: KRW 1 million"),
        ("price_min=10000000&price_max=1", "최저 가격: 1,000만 원", "Price from: KRW 10 million"),
        ("sdg=6", "6 깨끗한 물과 위생", "6 Clean water and sanitation"),
        ("in_force=false", "지정 기간이 아님", "Ended or not begun"),
        ("has_pilot_result=false", "시범구매 결과 없음", "Without a pilot result"),
        ("women=false", "여성기업: 아니요", "Women-owned enterprise: No"),
        ("category=environment", "환경", "Environment"),
        ("on=2026-12-31", "상태 기준일: 2026년 12월 31일(목)", "State on: Thu 31 Dec 2026"),
    ],
)
def test_chips_are_said_as_the_page_says_it(client, query, korean, english):
    rules()
    assert labels(client, f"/catalog/?{query}")[0] == korean
    assert labels(client, f"/en/catalog/?{query}")[0] == english


def test_chip_of_a_price_that_begins_like_the_other(client):
    assert labels(client, "/catalog/?price_min=1000000&price_max=10000000") == [
        "최저 가격: 100만 원",
        "최고 가격: 1,000만 원",
    ]


@pytest.mark.parametrize(
    "query", ["price_min=" + "9" * 5000, "price_max=-1", "price_max=1e99", "sdg=x", "category=x"]
)
def test_page_says_which_filter_is_wrong_and_does_not_count_it_as_on(client, query):
    product()
    response = client.get(f"/en/catalog/?{query}&size=small")
    name = query.partition("=")[0]
    (wrong,) = response.context["wrong"]
    assert response.status_code == 200 and name in response.context["filterset"].form.errors
    assert str(wrong["label"]) in response.content.decode() and name not in wrong["url"]
    assert [chip.label for chip in response.context["chips"]] == ["small enterprise"]
    assert "/searches/save/" not in response.content.decode()


def test_page_says_at_the_box_that_the_words_are_too_many(client):
    text = client.get("/en/catalog/", {"q": "x" * 101}).content.decode()
    assert 'id="q_error"' in text and 'maxlength="100"' in text and "x" * 101 in text


def test_page_keeps_what_was_typed_exactly_on_sort_and_not_on_a_new_search(client, three):
    context = client.get("/catalog/?q=dkrcnl&as=typed&sort=cheapest").context
    assert ("as", "typed") in context["keep_on_sort"] and ("q", "dkrcnl") in context["keep_on_sort"]
    assert ("as", "typed") not in context["keep"]
    assert ("sort", "cheapest") in context["keep_on_typing"]


def test_page_offers_whether_there_is_a_result(client):
    product(pilot_verdict="failure"), product()
    context = client.get("/en/catalog/").context
    group = next(one for one in context["facets"] if one["title"] == "Test results")
    assert [(one["label"], one["n"]) for one in group["options"]] == [
        ("With a pilot result", 1),
        ("Without a pilot result", 1),
    ]
    assert client.get(group["options"][0]["url"]).context["page"].total == 1


def test_page_ranks_once(client, three, monkeypatch):
    calls = []
    ranked = finding.ranked
    monkeypatch.setattr(
        finding, "ranked", lambda *given, **more: calls.append(given) or ranked(*given, **more)
    )
    for address, most in (
        ("/catalog/?q=악취", 1),
        ("/catalog/?q=악취&size=small", 1),
        ("/catalog/?q=산불 누수", 2),
    ):
        client.get(address)
        assert len(calls) <= most, address
        calls.clear()


# ── words that were known ──


def test_words_are_learnt_once_it_has_committed(django_capture_on_commit_callbacks):
    listed = product(name_ko="해상풍력")
    SearchWord.objects.all().delete()
    with django_capture_on_commit_callbacks() as callbacks:
        refresh([listed.pk])
    assert not SearchWord.objects.exists()
    for callback in callbacks:
        callback()
    assert SearchWord.objects.filter(word="해상풍력").exists()
