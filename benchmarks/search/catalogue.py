"""The catalogues that are searched: the judged one from products.csv, and a large one made from it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# Of which long descriptions are made: what any product says of itself, with none of the queries' words.
SAID_OF_ALL = (
    "설치에는 반나절이 걸리며 사용하는 기관의 담당자가 입회합니다.",
    "납품 뒤 열두 달 동안 무상으로 고치고, 그 뒤에는 해마다 계약합니다.",
    "사용 설명서와 동영상을 함께 드리고 하루 과정의 설명회를 엽니다.",
    "실외 영하 스무 도에서 영상 쉰 도까지 견디며 먼지와 습기를 막습니다.",
    "부품은 국내에서 만들고 보수에 쓸 여분을 다섯 해 동안 갖추어 둡니다.",
    "전원은 이백이십 볼트를 쓰고 정전 때에는 예비 전지로 여덟 시간을 버팁니다.",
    "결과는 표와 그림으로 내려받으며 기관의 기존 업무망과 이어집니다.",
    "시험 성적서와 특허 등록 원부의 사본을 붙임 문서로 올려 두었습니다.",
    "도입한 곳에서는 한 달 평균 업무 시간이 삼분의 일 줄었다고 답했습니다.",
    "Operators are trained on site and receive a manual in two languages.",
    "Spare parts are kept for five years and shipped within two working days.",
    "All results are exported as tables and can be read by other programs.",
)
REGIONS = ("서울특별시", "부산광역시", "대전광역시", "경기도", "전라남도", "제주특별자치도")


def rows() -> list[dict[str, str]]:
    with (HERE / "products.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def queries() -> list[dict[str, Any]]:
    """part, kind, query, and judged: key of the product → 1 to 3."""
    with (HERE / "queries.csv").open(encoding="utf-8", newline="") as file:
        found: list[dict[str, Any]] = list(csv.DictReader(file))
    for row in found:
        row["judged"] = {key: int(grade) for key, _, grade in map(split, row["judged"].split())}
    return found


def split(text: str) -> tuple[str, str, str]:
    return text.partition(":")


def lay_judged() -> dict[int, str]:
    """The judged catalogue in the database: key of each product → its key in products.csv."""
    listed = rows()
    return dict(zip(lay(listed), (row["key"] for row in listed), strict=True))


def many(count: int) -> Iterable[dict[str, str]]:
    """So many products: the judged ones over and over, each with a number, another's maker and a long text."""
    listed = rows()
    size = len(listed)
    for n in range(count):
        row, other = listed[n % size], listed[(n * 7 + n // size) % size]
        yield row | {
            "name_ko": f"{row['name_ko']} {n // size + 1}형",
            "summary": f"{row['summary']}. {other['name_ko']}와 함께 쓴다",
            "supplier_ko": other["supplier_ko"],
            "supplier_en": other["supplier_en"],
            "description": " ".join(SAID_OF_ALL[(n + step) % len(SAID_OF_ALL)] for step in range(9)),
        }


def lay(listed: Iterable[dict[str, str]], batch: int = 2_000) -> list[int]:
    """Rows of products with their designations, straight in the tables; their keys. Proposals and decisions are none.

    Foreign keys and triggers are off meanwhile: a whole round for each product would be the time of the measurement.
    """
    from django.db import connection, transaction

    from catalog import shipped
    from catalog.models import Category, Product
    from innomarket.accounts.models import Organisation
    from innomarket.common.clock import today
    from tests.accounts.factories import kind

    shipped.load()
    day, company = today(), kind("company")
    categories = {row.code: row for row in Category.objects.all()}
    suppliers: dict[str, Organisation] = {}
    keys: list[int] = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM catalog_product")
        cursor.execute("DELETE FROM designation_designation")
        cursor.execute("DELETE FROM catalog_searchdocument")
        pending: list[Product] = []
        for n, row in enumerate(listed, start=1):
            name = row["supplier_ko"]
            if name not in suppliers:
                suppliers[name] = _supplier(row, company, len(suppliers))
            pending.append(_product(row, n, suppliers[name], categories[row["category"]], day))
            if len(pending) == batch:
                keys += _save(pending)
                pending = []
        keys += _save(pending)
    return keys


def multiply(times: int) -> None:
    """Each product so many times in all, with its search document, copied by the database: texts repeat anyway."""
    from django.db import connection, transaction
    from django.db.models import Max

    from catalog.models import Product, SearchDocument
    from designation.models import Designation

    def copied(model: Any, **different: str) -> str:
        columns = [field.column for field in model._meta.concrete_fields]
        values = [different.get(column, f't."{column}"') for column in columns]
        named = ", ".join(f'"{column}"' for column in columns)
        return (
            f"INSERT INTO {model._meta.db_table} ({named}) OVERRIDING SYSTEM VALUE"
            f" SELECT {', '.join(values)} FROM {model._meta.db_table} t, generate_series(1, %s) n"
        )

    tops = (Designation.objects.aggregate(Max("submission_id")), Product.objects.aggregate(Max("pk")))
    apart = f"n * {10 ** len(str(max(next(iter(top.values())) for top in tops)))}::bigint"
    number = "t.number || '-' || n"
    (index,) = SearchDocument._meta.indexes
    with transaction.atomic(), connection.cursor() as cursor, connection.schema_editor() as schema:
        cursor.execute("SET LOCAL session_replication_role = replica")
        schema.remove_index(
            SearchDocument, index
        )  # built anew at once below, which takes a tenth of the time
        for statement in (
            copied(
                Designation,
                id=f"t.id + {apart}",
                number=number,
                decision_id=f"t.decision_id + {apart}",
                submission_id=f"t.submission_id + {apart}",
            ),
            copied(
                Product, id=f"t.id + {apart}", number=number, designation_id=f"t.designation_id + {apart}"
            ),
            copied(SearchDocument, product_id=f"t.product_id + {apart}"),
        ):
            cursor.execute(statement, [times - 1])
        schema.add_index(SearchDocument, index)


def _supplier(row: dict[str, str], kind: Any, n: int) -> Any:
    from innomarket.accounts.models import Organisation

    return Organisation.objects.get_or_create(
        business_number=f"{2_000_000_000 + n}",
        defaults={"kind": kind, "name_ko": row["supplier_ko"], "name_en": row["supplier_en"], **_class(n)},
    )[0]


def _class(n: int) -> dict[str, Any]:
    return {
        "size_class": ("micro", "small", "medium")[n % 3],
        "is_women_owned": n % 5 == 0,
        "is_youth_led": n % 7 == 0,
        "state": "verified",
        "decided_at": "2020-01-01T00:00Z",
    }


def _product(row: dict[str, str], n: int, supplier: Any, category: Any, today: date) -> Any:
    from django.db.backends.postgresql.psycopg_any import DateRange

    from catalog.models import Product
    from designation.models import Designation

    day = today - timedelta(days=n % 1500)
    designation = Designation(
        number=f"BENCH-CD-{n}",
        decision_id=10_000_000 + n,
        submission_id=10_000_000 + n,
        organisation=supplier,
        product_name_ko=row["name_ko"],
        product_name_en=row["name_en"],
        designated_on=day,
        valid=DateRange(day, day + timedelta(days=1095)),
    )
    return Product(
        number=f"BENCH-PD-{n}",
        designation=designation,
        supplier=supplier,
        name_ko=row["name_ko"],
        name_en=row["name_en"],
        summary=row["summary"],
        description=row.get("description", ""),
        category=category,
        price_won=100_000 * (1 + n * 37 % 3_000),
        regions=[REGIONS[n % 6]] if n % 4 == 0 else [],
        sdgs=[1 + n % 17],
        pilot_verdict=("", "", "success", "failure")[n % 4],
    )


def _save(products: list[Any]) -> list[int]:
    from catalog.models import Product
    from designation.models import Designation

    Designation.objects.bulk_create([product.designation for product in products])
    for product in products:
        product.designation_id = product.designation.pk
    return [product.pk for product in Product.objects.bulk_create(products)]
