"""Fictional products with everything that stands behind them, as rows for COPY. Deterministic: no clock, no chance.

Each has a company, a proposal, an adopted decision, a designation, models with values, certificates and a patent,
in numbers like those of real listings, so that a page of them weighs what a page weighs.
"""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange

from designation.models import Committee, Decision, Designation, Meeting, Motion
from innomarket.accounts.models import Organisation, OrganisationKind, User
from innomarket.accounts.regions import REGIONS
from innomarket.submissions.models import Call, Lot, Submission

from .loading import Hands, Lines, Row, go_on_behind, indexes_afterwards, lines, next_key, parts, send
from .models import Category, Certificate, Patent, Product, ProductModel, Specification

A_MEETING = 1000  # motions

WHAT = (
    ("하수관 점검 로봇", "sewer inspection robot"),
    ("미세먼지 저감 장치", "fine dust reduction unit"),
    ("산불 감시 카메라", "wildfire watch camera"),
    ("스마트 횡단보도", "smart crosswalk"),
    ("누수 탐지 센서", "leak detection sensor"),
    ("고령자 낙상 감지기", "fall detector for the elderly"),
    ("태양광 가로등", "solar street lamp"),
    ("음식물 처리기", "food waste processor"),
    ("수질 자동 측정기", "automatic water quality meter"),
    ("교량 안전 진단 시스템", "bridge safety diagnosis system"),
    ("재난 문자 표출 장치", "disaster message display"),
    ("전기차 화재 진압 장치", "electric vehicle fire suppressor"),
    ("실내 공기 살균기", "indoor air steriliser"),
    ("점자 안내 단말기", "braille information terminal"),
    ("농업용 무인 방제기", "unmanned crop sprayer"),
    ("문서 자동 분류 소프트웨어", "document classification software"),
)
HOW = (
    ("인공지능 기반", "AI-based"),
    ("저전력", "low-power"),
    ("이동형", "mobile"),
    ("무선", "wireless"),
    ("친환경", "eco-friendly"),
    ("초소형", "compact"),
    ("고내구성", "heavy-duty"),
    ("실시간", "real-time"),
)
FIRST = ("한빛", "새론", "가온", "미르", "누리", "다올", "아라", "해솔", "온새", "푸른")
FIRST_EN = ("Hanbit", "Saeron", "Gaon", "Mir", "Nuri", "Daol", "Ara", "Haesol", "Onsae", "Pureun")
SECOND = ("테크", "시스템", "이엔지", "소프트", "로보틱스", "에너지", "환경", "바이오")
SECOND_EN = ("Tech", "Systems", "Engineering", "Soft", "Robotics", "Energy", "Environment", "Bio")
KINDS = Certificate.Kind.values
VALUES = (("무게", "Weight", "kg"), ("소비 전력", "Power", "W"), ("동작 온도", "Temperature", "℃"))
START = datetime(2020, 1, 6, 1, tzinfo=UTC)


class Fiction:
    """So many products; ``write`` puts them behind what the tables hold.

    It goes to the processes that make the rows: numbers and keys, no objects of the database.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.companies = max(count // 20, 1)
        self.lots = -(-count // self.companies)
        self.categories = list(Category.objects.order_by("pk").values_list("pk", flat=True))
        self.regions = list(REGIONS)
        self.first: dict[type[models.Model], int] = {}

    def write(self, hands: Hands) -> None:
        """Every table in the order of their keys."""
        tables: dict[type[models.Model], tuple[int, Callable[[int], Row]]] = {
            Organisation: (self.companies, self._company),
            Lot: (self.lots, self._lot),
            Submission: (self.count, self._submission),
            Meeting: (-(-self.count // A_MEETING), self._meeting),
            Motion: (self.count, self._motion),
            Decision: (self.count, self._decision),
            Designation: (self.count, self._designation),
            Product: (self.count, self._product),
            ProductModel: (self.count, self._model),
            Specification: (self.count * len(VALUES), self._specification),
            Certificate: (self.count, self._certificate),
            Patent: (self.count, self._patent),
        }
        self._ground()
        self.first = {model: next_key(model) for model in tables}
        with indexes_afterwards(*tables):
            for model, (count, row) in tables.items():
                for made in hands.made(_lines, ((self, model, row, *part) for part in parts(count))):
                    send(model, made)
                go_on_behind(model, self.first[model] + count)

    def _ground(self) -> None:
        """Who and what all of them have in common."""
        person = User.objects.create(email="fiction@benchmark.invalid", name="허구", password="!")  # noqa: S106
        kind = OrganisationKind.objects.get(code="company")
        committee = Committee.objects.create(
            code="fiction", name_ko="허구 위원회", name_en="Fictional committee"
        )
        call = Call.objects.create(
            number="B26CL00000001",
            kind="proposal",
            title_ko="허구 공고",
            title_en="Fictional call",
            opens_at=START - timedelta(days=90),
            closes_at=START - timedelta(days=60),
            opening_at=START - timedelta(days=59),
            state="closed",
            announced_at=START - timedelta(days=100),
            closed_at=START - timedelta(days=60),
        )
        self.person, self.kind, self.committee, self.call = person.pk, kind.pk, committee.pk, call.pk

    def _key(self, model: type[models.Model], n: int) -> int:
        return self.first[model] + n

    def _company(self, n: int) -> Row:
        a, b = n % len(FIRST), n // len(FIRST) % len(SECOND)
        return {
            "kind_id": self.kind,
            "name_ko": f"주식회사 {FIRST[a]}{SECOND[b]} {n}",
            "name_en": f"{FIRST_EN[a]} {SECOND_EN[b]} {n}",
            "size_class": ("micro", "small", "small", "medium")[n % 4],
            "is_women_owned": n % 7 == 0,
            "is_youth_led": n % 11 == 0,
            "region": self.regions[n % len(self.regions)],
            "state": "verified",
            "decided_at": START,
        }

    def _lot(self, n: int) -> Row:
        return {
            "call_id": self.call,
            "order": n + 1,
            "title_ko": f"분야 {n + 1}",
            "title_en": f"Field {n + 1}",
        }

    def _submission(self, n: int) -> Row:
        return {
            "number": f"B26PR{n:08d}",
            "lot_id": self._key(Lot, n // self.companies),
            "applicant_organisation_id": self._key(Organisation, n % self.companies),
            "created_by_id": self.person,
            "saved_by_id": self.person,
            "title": "",
        }

    def _meeting(self, n: int) -> Row:
        return {
            "number": f"B26MA{n:08d}",
            "committee_id": self.committee,
            "held_at": START,
            "state": "closed",
            "closed_at": START,
        }

    def _motion(self, n: int) -> Row:
        return {
            "meeting_id": self._key(Meeting, n // A_MEETING),
            "order": n % A_MEETING + 1,
            "submission_id": self._key(Submission, n),
            "state": "adopted",
            "voting_opened_at": START,
        }

    def _decision(self, n: int) -> Row:
        votes = {"base": 9, "present": 7, "votes_for": 7, "votes_against": 0, "votes_abstain": 0}
        return {"motion_id": self._key(Motion, n), "adopted": True, "decided_by_id": self.person} | votes

    def _designation(self, n: int) -> Row:
        day = self._day(n)
        ko, en = self._names(n)
        return {
            "number": f"B26CD{n:08d}",
            "decision_id": self._key(Decision, n),
            "submission_id": self._key(Submission, n),
            "organisation_id": self._key(Organisation, n % self.companies),
            "product_name_ko": ko,
            "product_name_en": en,
            "designated_on": day,
            "valid": DateRange(day, day.replace(year=day.year + 3, day=min(day.day, 28))),
        }

    def _product(self, n: int) -> Row:
        chance = random.Random(n)  # noqa: S311 — fiction, and the same each time
        ko, en = self._names(n)
        at = START + timedelta(minutes=30 * n * 200_000 // max(self.count, 200_000), seconds=n % 60)
        return {
            "number": f"B26PD{n:08d}",
            "designation_id": self._key(Designation, n),
            "supplier_id": self._key(Organisation, n % self.companies),
            "name_ko": ko,
            "name_en": en,
            "summary": f"{ko}: 현장에서 바로 설치하여 사용할 수 있으며 유지관리 비용을 {10 + n % 50}% 줄입니다.",
            "description": "공공기관의 현장에서 성능을 확인한 제품입니다. " * (1 + n % 4),
            "category_id": self.categories[n % len(self.categories)] if self.categories else None,
            "price_won": None if n % 50 == 0 else chance.randrange(3, 3_000) * 100_000,
            "unit": ("대", "식", "세트", "EA")[n % 4],
            "delivery_days": 15 * (1 + n % 8),
            "trl": 7 + n % 3,
            "regions": [] if n % 3 else [self.regions[n % len(self.regions)]],
            "manufacturer": FIRST[n % len(FIRST)] + "제작소",
            "sdgs": sorted({1 + n % 17, 1 + n * 7 % 17}),
            "pilot_count": int(n % 10 == 0),
            "pilot_verdict": ("success", "failure")[n % 40 == 0] if n % 10 == 0 else "",
            "listed_at": at,
            "changed_at": at,
        }

    def _model(self, n: int) -> Row:
        return {"product_id": self._key(Product, n), "order": 0, "name": f"MX-{n % 900 + 100}"}

    def _specification(self, n: int) -> Row:
        place = n % len(VALUES)
        name_ko, name_en, unit = VALUES[place]
        return {
            "model_id": self._key(ProductModel, n // len(VALUES)),
            "order": place,
            "name_ko": name_ko,
            "name_en": name_en,
            "value": str(5 + n % 400),
            "unit": unit,
        }

    def _certificate(self, n: int) -> Row:
        return {
            "product_id": self._key(Product, n),
            "order": 0,
            "kind": KINDS[n % len(KINDS)],
            "number": f"C-2025-{n:07d}",
            "issuer": "국가기술표준원",
            "issued_on": date(2025, 1, 1),
            "valid_until": date(2028, 12, 31),
        }

    def _patent(self, n: int) -> Row:
        return {
            "product_id": self._key(Product, n),
            "order": 0,
            "kind": "patent",
            "number": f"10-2024-{n:07d}",
            "title": WHAT[n % len(WHAT)][0],
        }

    def _names(self, n: int) -> tuple[str, str]:
        how, what = HOW[n // len(WHAT) % len(HOW)], WHAT[n % len(WHAT)]
        return f"{how[0]} {what[0]} {n:06d}", f"{how[1]} {what[1]} {n:06d}".capitalize()

    def _day(self, n: int) -> date:
        """Six years and a half of designations, so that about half of them have ended."""
        return date(2020, 1, 6) + timedelta(days=n * 2_400 // self.count)


def _lines(
    fiction: Fiction, model: type[models.Model], row: Callable[[int], Row], start: int, stop: int
) -> Lines:
    """Rows ``start`` to ``stop`` of a table; in whichever process."""
    first = fiction.first[model]
    return lines(model, [{"id": first + n} | row(n) for n in range(start, stop)])
