"""The API's page, filter, search, deep page, conditional hit, whole file; beside a plain ModelViewSet and PostgreSQL.

Everything runs in one process through the whole WSGI stack, one request after the other, in turns, so that the ratios
have one state of the machine; PostgreSQL alone builds the same documents by json_agg in one prepared statement. The
first request of a turn is not counted: it would pay for what the way before has pushed out of memory.
"""

import gc
import io
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from benchmarks.deployments import deployment, lay
from benchmarks.table import Table

SECONDS, TURNS = 0.1, 10  # a way's turn, and how often it comes in a round
A_PAGE = 50
FACETS = (
    "category=safety",
    "size=small",
    "certificate=nep",
    "region=%EA%B2%BD%EA%B8%B0%EB%8F%84",
    "sdg=6",
    "price_max=40000000",
    "in_force=true",
    "women_owned=true",
    "has_pilot_result=true",
)

SEARCHED = {"topical": "이동형 산불 감시", "broad": "로봇"}
"""Words of one of 128, and of one of 16 fictional products."""

LIMIT = """
    PREPARE page AS SELECT json_agg(d)::text FROM (
        SELECT p.number, p.name_ko, p.name_en, p.summary, p.description, p.price_won, p.price_includes_vat,
            p.price_basis, p.unit, p.delivery_days, p.regions, p.origin, p.manufacturer, p.collaborators, p.trl, p.sdgs,
            p.video_url, p.pilot_count, p.pilot_verdict, p.use_after, p.ordinal, p.listed_at, p.changed_at,
            json_build_object('code', c.code, 'name_ko', c.name_ko, 'name_en', c.name_en) AS category,
            json_build_object('id', o.id, 'name_ko', o.name_ko, 'name_en', o.name_en, 'size_class', o.size_class,
                'is_women_owned', o.is_women_owned, 'is_youth_led', o.is_youth_led, 'region', o.region) AS supplier,
            json_build_object('number', g.number, 'type', g.type, 'designated_on', g.designated_on,
                'valid_from', lower(g.valid), 'valid_until', upper(g.valid) - 1) AS designation,
            (SELECT json_agg(json_build_object('name', m.name, 'price_won', m.price_won, 'specifications',
                (SELECT json_agg(json_build_object('name_ko', s.name_ko, 'name_en', s.name_en, 'value', s.value,
                    'unit', s.unit) ORDER BY s."order") FROM catalog_specification s WHERE s.model_id = m.id)
                ) ORDER BY m."order") FROM catalog_productmodel m WHERE m.product_id = p.id) AS models,
            (SELECT json_agg(json_build_object('kind', x.kind, 'number', x.number, 'issuer', x.issuer,
                'issued_on', x.issued_on, 'valid_until', x.valid_until)) FROM catalog_certificate x
                WHERE x.product_id = p.id) AS certificates,
            (SELECT json_agg(json_build_object('kind', t.kind, 'number', t.number, 'title', t.title))
                FROM catalog_patent t WHERE t.product_id = p.id) AS patents
        FROM catalog_product p JOIN accounts_organisation o ON o.id = p.supplier_id
            JOIN designation_designation g ON g.id = p.designation_id
            LEFT JOIN catalog_category c ON c.id = p.category_id
        ORDER BY p.listed_at DESC, p.id DESC LIMIT 50) d
"""


def measure(table: Table, *, products: list[int], rounds: int) -> None:
    """At each number of products; how much longer a page takes among more of them."""
    pages: dict[int, list[float]] = {}
    for count in sorted(products):
        pages[count] = _measure(table, products=count, rounds=rounds)
    for few, many in pairwise(pages):
        longer = [a / b for a, b in zip(sorted(pages[few]), sorted(pages[many]), strict=True)]
        goal = "≤ 1.3" if many == 10 * few else ""
        table.add(f"  {many:,} / {few:,}: time of a page", longer, "×", goal)


def _measure(table: Table, *, products: int, rounds: int) -> list[float]:
    """At one number of products; the ratios are medians of the rounds' ratios. Pages in a second."""
    with deployment() as made:
        found = lay(made, "catalog", products * 100 + rounds)
    rates: dict[str, list[float]] = found["rates"]
    table.add(f"{products:,} products: loaded", [found["loaded"]], "s")
    for name, values in rates.items():
        table.add(f"{products:,} products: {name}", values, "/s")
    for name, p50, p99 in found["times"]:
        table.add(f"{products:,} products: {name}, p50", [p50], "ms")
        table.add(f"{products:,} products: {name}, p99", [p99], "ms")
    facets = [rates[f"filter {facet}"] for facet in FACETS]
    slowest = [min(of_a_round) for of_a_round in zip(*facets, strict=True)]
    table.add(
        f"  {products:,}: slowest filter / page",
        [a / b for a, b in zip(slowest, rates["page"], strict=True)],
        "×",
        "≥ 0.5",
    )
    for name, over, under, goal in RATIOS:
        ratios = [a / b for a, b in zip(rates[over], rates[under], strict=True)]
        table.add(f"  {products:,}: {name}", ratios, "×", goal)
    table.add(f"  {products:,}: whole file / psql's COPY, speed", found["bulk_ratio"], "×", "≥ 0.9")
    table.add(f"  {products:,}: whole file", found["bulk_seconds"], "s")
    table.add(f"  {products:,}: memory that the whole file adds", [found["bulk_memory"]], "MB", "≤ 20")
    for name, queries in found["queries"].items():
        table.add(f"  {products:,}: queries, {name}", [queries], "")
    return rates["page"]


RATIOS = (
    ("page / PostgreSQL's json_agg", "page", "PostgreSQL alone (json_agg)", "≥ 1"),
    ("page / plain ModelViewSet (LimitOffset)", "page", "plain ModelViewSet, LimitOffset", "≥ 15"),
    ("page / plain ModelViewSet (cursor)", "page", "plain ModelViewSet, cursor", "≥ 8"),
    ("deep page / page", "deep page", "page", "≥ 0.83"),
    ("not modified / page", "not modified", "page", "≥ 2.5"),
)


def times(packed: int) -> dict[str, Any]:
    """Runs in the deployment's database: products and rounds packed into one number."""
    from django.conf import settings
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.db import connection

    count, rounds = divmod(packed, 100)
    settings.ROOT_URLCONF = "benchmarks.plain_api"
    began = time.perf_counter()
    call_command("load_catalog", count=count, stdout=io.StringIO())
    loaded = time.perf_counter() - began
    _unlimited()
    connection.close()
    connection.settings_dict["CONN_MAX_AGE"] = None  # the prepared statement belongs to one connection
    application = get_wsgi_application()
    ways = _ways(application, count)
    rates: dict[str, list[float]] = {name: [] for name in ways}
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(rounds):
        took: dict[str, list[float]] = {name: [] for name in ways}
        for _turn in range(TURNS):  # short ones, so that what disturbs the machine disturbs all ways alike
            for name, work in ways.items():
                took[name] += _for_a_while(work)
        for name, seconds in took.items():
            spent[name] += seconds
            rates[name].append(len(seconds) / sum(seconds))
    return {
        "loaded": loaded,
        "rates": rates,
        "times": [(name, *_percentiles(took)) for name, took in spent.items()],
        "queries": {name: _queries(work) for name, work in ways.items()},
        **_bulk(application, rounds),
    }


def _ways(application: Any, count: int) -> dict[str, Callable[[], Any]]:
    from django.db import connection

    def get(path: str, **headers: str) -> Callable[[], bytes]:
        return lambda: ask(application, path, **headers)[2]

    page = f"/api/v1/products/?page_size={A_PAGE}"
    etag = ask(application, page)[1]["ETag"]
    with connection.cursor() as cursor:
        cursor.execute(LIMIT)

    def alone() -> None:
        with connection.cursor() as cursor:
            cursor.execute("EXECUTE page")
            cursor.fetchone()

    return {
        "page": get(page),
        **{f"filter {facet}": get(f"{page}&{facet}") for facet in FACETS},
        **{f"search {name}": get(f"{page}&q={quote(words)}") for name, words in SEARCHED.items()},
        "deep page": get(f"{page}&cursor={_deep(count)}"),
        "not modified": get(page, HTTP_IF_NONE_MATCH=etag),
        "one product": get("/api/v1/products/B26PD00000007/"),
        "plain ModelViewSet, LimitOffset": get(f"/benchmark/plain/?limit={A_PAGE}"),
        "plain ModelViewSet, cursor": get("/benchmark/plain-cursor/"),
        "PostgreSQL alone (json_agg)": alone,
    }


def _deep(count: int) -> str:
    """The cursor of the page behind nine tenths of the products."""
    from catalog.models import PublicListing
    from innomarket.common.keyset import Place

    rows = PublicListing.objects.order_by("-listed_at", "-pk").values_list("listed_at", "pk")
    return Place("-listed_at", *rows[count * 9 // 10]).cursor()


def ask(application: Any, path: str, **headers: str) -> tuple[str, dict[str, str], bytes]:
    """One request through the whole stack, without a socket."""
    answer, begun = _begin(application, path, **headers)
    body = b"".join(answer)
    answer.close()
    status, told = begun[0]
    assert status[:3] in ("200", "304"), (status, path, body[:300])
    return status, told, body


def _begin(application: Any, path: str, **headers: str) -> tuple[Any, list[Any]]:
    place, _, query = path.partition("?")
    begun: list[Any] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": place,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    } | headers
    return application(environ, lambda status, sent, *_: begun.append((status, dict(sent)))), begun


def _for_a_while(work: Callable[[], Any]) -> list[float]:
    took: list[float] = []
    work()
    until = time.perf_counter() + SECONDS
    while (began := time.perf_counter()) < until or not took:
        work()
        took.append(time.perf_counter() - began)
    return took


def _percentiles(took: list[float]) -> tuple[float, float]:
    ranked = sorted(took)
    return ranked[len(ranked) // 2] * 1000, ranked[min(int(len(ranked) * 0.99), len(ranked) - 1)] * 1000


def _queries(work: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def _bulk(application: Any, rounds: int) -> dict[str, Any]:
    """The whole file as NDJSON through the stack, beside one COPY of the same texts; what memory it adds at most."""
    from django.db import connection

    class Nothing(io.RawIOBase):
        def write(self, data: Any) -> int:
            return len(data)

    ours, bare, peak = [], [], 0.0
    gc.collect()
    before = _resident()
    for _ in range(rounds):
        began = time.perf_counter()
        answer, begun = _begin(application, "/api/v1/bulk/products.ndjson")
        for number, _part in enumerate(answer):
            if number % 20 == 0:
                peak = max(peak, _resident() - before)
        answer.close()
        ours.append(time.perf_counter() - began)
        assert begun[0][0].startswith("200")
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.copy_expert(
                "COPY (SELECT document_ko FROM catalog_publiclisting WHERE removed_at IS NULL ORDER BY product_id)"
                " TO STDOUT",
                Nothing(),
            )
        bare.append(time.perf_counter() - began)
    return {
        "bulk_seconds": ours,
        "bulk_ratio": [b / o for o, b in zip(ours, bare, strict=True)],
        "bulk_memory": peak,
    }


def _resident() -> float:
    """Megabytes that the process holds now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1_000_000


def _unlimited() -> None:
    from innomarket.accounts.models import ApiRule

    ApiRule.objects.update(anonymous_per_minute=2**31 - 1, anonymous_files_per_hour=2**31 - 1)
