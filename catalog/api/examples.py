"""Examples for the documentation, in both languages."""

from typing import Any

from drf_spectacular.utils import OpenApiExample


def product(language: str) -> dict[str, Any]:
    """The document of one fictional product."""
    korean = language == "ko"

    def say(ko: str, en: str) -> str:
        return ko if korean else en

    def named(ko: str, en: str) -> dict[str, str]:
        return {"name": say(ko, en), "name_ko": ko, "name_en": en}

    base = "https://innomarket.example"
    return {
        "number": "R26PD00000042",
        "url": f"{base}/api/v1/products/R26PD00000042/",
        "page": f"{base}{say('', '/en')}/catalog/R26PD00000042/",
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
        "video_url": "",
        "pilot": {
            "count": 1,
            "verdict": "success",
            "verdict_label": say("성공", "success"),
            "use_after": "used",
            "use_after_label": say("계속 사용", "still in use"),
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


def changes(language: str) -> dict[str, Any]:
    """A change and a tombstone."""
    return {
        "results": [
            {
                "number": "R26PD00000042",
                "change": "written",
                "at": "2026-10-02T01:30:00.120000Z",
                "product": product(language),
            },
            {
                "number": "R26PD00000040",
                "change": "removed",
                "at": "2026-10-02T01:31:07.500000Z",
                "product": None,
            },
        ],
        "next": "https://innomarket.example/api/v1/products/changes/?since=90211",
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
    return {"name": ko if language == "ko" else en, "name_ko": ko, "name_en": en}
