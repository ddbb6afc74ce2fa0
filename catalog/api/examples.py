"""Examples for the documentation, in both languages."""

from typing import Any

import orjson
from drf_spectacular.utils import OpenApiExample

BASE = "https://innomarket.example"
HASH = "3b1c7a52f0e4d98c6b7a1f20c95d8e43a6b07f1d2c3e4f5061728394a5b6c7d8"


def product(language: str) -> dict[str, Any]:
    """The document of one fictional product."""

    def say(ko: str, en: str) -> str:
        return ko if language == "ko" else en

    def named(ko: str, en: str) -> dict[str, str]:
        return _named(language, ko, en)

    return {
        "number": "R26PD00000042",
        "url": f"{BASE}/api/v1/products/R26PD00000042/",
        "page": f"{BASE}{say('', '/en')}/catalog/R26PD00000042/",
        **named("하수관 점검 로봇", "Sewer inspection robot"),
        "summary": "사람이 들어갈 수 없는 하수관을 촬영하고 균열을 찾는 로봇",
        "description": "",
        "category": {"code": "environment", **named("환경", "Environment"), "large": "environment"},
        "item_class": {"code": "4111360301", **named("관로검사기", "Pipe inspection device")},
        "supplier": {
            "id": 17,
            **named("물길로봇 주식회사", "Mulgil Robotics"),
            "size_class": "small",
            "is_women_owned": False,
            "is_youth_led": True,
            "region": "대전광역시",
        },
        "manufacturer": "물길로봇 주식회사",
        "collaborators": [],
        "origin": "KR",
        "origin_label": say("대한민국", "South Korea"),
        "designation": {
            "number": "R26CD00000042",
            "type": "type2",
            "type_label": say("혁신시제품(유형 2)", "innovative prototype (type 2)"),
            "designated_on": "2026-03-31",
            "valid_from": "2026-03-31",
            "valid_until": "2029-03-30",
        },
        "price_won": 48_000_000,
        "price_includes_vat": True,
        "price_basis": "설치와 교육 포함",
        "unit": "대",
        "delivery_days": 60,
        "regions": [{"code": "대전광역시", "name": say("대전광역시", "Daejeon")}],
        "trl": 8,
        "models": [
            {
                "name": "MR-300",
                "identification_number": "24501234",
                "price_won": 48_000_000,
                "specifications": [
                    {"code": "weight", "name": say("무게", "Weight"), "value": "18", "unit": "kg"}
                ],
            }
        ],
        "certificates": [
            {
                "kind": "nep",
                "kind_label": say("신제품(NEP)", "new excellent product (NEP)"),
                "number": "NEP-2025-123",
                "issuer": "국가기술표준원",
                "issued_on": "2025-06-01",
                "valid_until": "2028-05-31",
            }
        ],
        "patents": [
            {
                "kind": "patent",
                "kind_label": say("특허", "patent"),
                "number": "10-2025-0012345",
                "title": "관로 주행 로봇",
            }
        ],
        "sdgs": [6, 11],
        "images": [
            {
                "alt": say("하수관 안의 점검 로봇", "The inspection robot in a sewer"),
                "alt_ko": "하수관 안의 점검 로봇",
                "alt_en": "The inspection robot in a sewer",
                "copies": [
                    {"url": f"{BASE}/pictures/{HASH}.webp", "width": width, "height": width * 3 // 4}
                    for width in (320, 640)
                ],
            }
        ],
        "documents": [
            {
                "kind": "specification",
                "kind_label": say("규격", "specification"),
                "title": "MR-300 규격서",
                "url": f"{BASE}/catalog/R26PD00000042/files/812/",
                "media_type": "application/pdf",
                "size": 481_236,
                "sha256": HASH,
            }
        ],
        "video_url": "",
        "pilot": {
            "count": 1,
            "verdict": "success",
            "verdict_label": say("성공", "success"),
            "use_after": "used",
            "use_after_label": say("계속 사용", "still in use"),
            "trials": [
                {
                    "number": "R26PL00000007",
                    "page": f"{BASE}{say('', '/en')}/pilots/R26PL00000007/",
                    "institution": named("물빛시 상하수도본부", "Mulbit City Waterworks"),
                    "verdict": "success",
                    "verdict_label": say("성공", "success"),
                    "given_on": "2026-09-30",
                    "summary": "균열 41곳 가운데 40곳을 찾음",
                    "measures": [
                        {"name": "균열 탐지율", "target": "95 % 이상", "found": "97.6 %", "reached": True}
                    ],
                    "use": "used",
                    "use_label": say("계속 사용", "still in use"),
                    "use_words": "본관 점검에 계속 사용",
                    "use_on": "2026-10-02",
                }
            ],
        },
        "version": 3,
        "listed_at": "2026-03-31T05:00:00.000000Z",
        "changed_at": "2026-10-02T01:30:00.000000Z",
    }


def in_both(make: Any) -> list[OpenApiExample]:
    """The example made for each language, named by it."""
    return [
        OpenApiExample(name, value=make(language), response_only=True, status_codes=["200"])
        for name, language in (("Korean", "ko"), ("English", "en"))
    ]


def page(make: Any) -> list[OpenApiExample]:
    """A page with one row."""
    return in_both(lambda language: {"next": None, "previous": None, "results": [make(language)]})


def changes(language: str) -> dict[str, Any]:
    """A change and a tombstone."""
    return {
        "results": [
            {
                "number": "R26PD00000042",
                "change": "written",
                "at": "2026-10-02T01:30:00.120000Z",
                "since": 90208,
                "product": product(language),
            },
            {
                "number": "R26PD00000040",
                "change": "removed",
                "at": "2026-10-02T01:31:07.500000Z",
                "since": 90211,
                "product": None,
            },
        ],
        "next": f"{BASE}/api/v1/products/changes/?since=90211",
        "since": 90211,
        "more": False,
    }


def categories(language: str) -> dict[str, Any]:
    """A large category and a middle one."""
    return {
        "results": [
            {"code": "environment", **_named(language, "환경", "Environment"), "parent": None},
            {"code": "water", **_named(language, "물 관리", "Water management"), "parent": "environment"},
        ]
    }


def _named(language: str, ko: str, en: str) -> dict[str, str]:
    return {"name": _say(language, ko, en), "name_ko": ko, "name_en": en}


def designation(language: str) -> dict[str, Any]:
    """The designation of the example's product."""
    listed = product(language)
    supplier = {name: listed["supplier"][name] for name in ("id", "name", "name_ko", "name_en")}
    return {
        **listed["designation"],
        "product_name_ko": listed["name_ko"],
        "product_name_en": listed["name_en"],
        "product": listed["number"],
        "organisation": supplier,
    }


def call(language: str) -> dict[str, Any]:
    """A call for proposals."""
    title = "2026년 제3차 혁신제품 지정 공모", "Third call of 2026 for innovation products"
    return {
        "number": "R26CF00000003",
        "page": _page(language, "/calls/R26CF00000003/"),
        "kind": "innovation_proposal",
        "kind_label": _say(language, "혁신제품 제안", "Innovation proposal"),
        "title": _say(language, *title),
        "title_ko": title[0],
        "title_en": title[1],
        "summary_ko": "상수도와 하수도 분야",
        "summary_en": "Water and waste water",
        "state": "announced",
        "state_label": _say(language, "공고됨", "announced"),
        "opens_at": "2026-09-01T00:00:00.000000Z",
        "opens_at_label": _say(language, "2026년 9월 1일(화) 09:00 KST", "Tue 1 Sep 2026, 09:00 KST"),
        "closes_at": "2026-10-30T09:00:00.000000Z",
        "closes_at_label": _say(language, "2026년 10월 30일(금) 18:00 KST", "Fri 30 Oct 2026, 18:00 KST"),
        "opening_at": "2026-11-02T01:00:00.000000Z",
        "opening_at_label": _say(language, "2026년 11월 2일(월) 10:00 KST", "Mon 2 Nov 2026, 10:00 KST"),
        "lots": [{"title_ko": "상하수도", "title_en": "Water"}],
    }


def task(language: str) -> dict[str, Any]:
    """A challenge task, in the language in which it was submitted."""
    return {
        "number": "R26CT00000011",
        "page": _page(language, "/challenges/R26CT00000011/"),
        "title": "사람이 들어가지 않는 하수관 점검",
        "answers": [
            {
                "key": "problem",
                "label": _say(language, "문제", "The problem"),
                "value": "지름 600 mm 이하의 관은 사람이 들어가 볼 수 없다.",
            }
        ],
        "institution": {"id": 5, **_named(language, "물빛시 상하수도본부", "Mulbit City Waterworks")},
        "call_for_solutions": "R26CF00000003",
        "published_at": "2026-07-01T02:00:00.000000Z",
    }


def organisation(language: str) -> dict[str, Any]:
    """An institution."""
    return {
        "id": 5,
        "page": _page(language, "/organisations/5/"),
        **_named(language, "물빛시 상하수도본부", "Mulbit City Waterworks"),
        "kind": {"code": "institution", **_named(language, "공공기관", "Public institution")},
        "institution_class": {"code": "local", **_named(language, "지방자치단체", "Local government")},
        "region": "대전광역시",
    }


def snapshots(language: str) -> dict[str, Any]:
    """One nightly file; the same in both languages but for its own."""
    name = f"products-2026-10-02-{language}.ndjson.gz"
    return {
        "results": [
            {
                "name": name,
                "url": f"{BASE}/api/v1/snapshots/{name}",
                "day": "2026-10-02",
                "format": "ndjson",
                "language": language,
                "size": 1_048_576,
                "rows": 1234,
                "sha256": HASH,
                "since": 90211,
            }
        ]
    }


def statistics(_language: str) -> dict[str, Any]:
    """Numbers, the same in both languages."""
    return {
        "tasks": 214,
        "selected": 20,
        "proposals": 93,
        "designated": 19,
        "pilots": 12,
        "appropriated": 9_900_000_000,
        "committed": 4_120_000_000,
    }


def lines(language: str) -> str:
    """A whole file of one product as NDJSON."""
    trailer = {"trailer": {"rows": 1, "sha256": HASH, "since": 90211}}
    rows = (product(language), trailer)
    return "".join(orjson.dumps(row).decode() + "\n" for row in rows)


def _say(language: str, ko: str, en: str) -> str:
    return ko if language == "ko" else en


def _page(language: str, path: str) -> str:
    return f"{BASE}{_say(language, '', '/en')}{path}"
