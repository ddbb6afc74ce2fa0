"""Words that both datasets use as they are published: never translated, whatever language is asked for."""

from collections.abc import Iterable

from catalog.models import Certificate
from designation.models import Designation

PRODUCTS, DESIGNATIONS = "15117944", "15154028"
RECORDS = "uddi:343426a8-607a-404c-8dd1-b4bbc3ffeee6"
"""The name that the published address of the designation records ends with."""

TYPES: dict[str, str] = {Designation.Type.TYPE_2: "혁신시제품"}
"""혁신상품구분: of the three published values (우수연구개발혁신제품, 혁신시제품, 기타혁신제품) what we designate."""

CERTIFICATES: dict[str, str] = {
    Certificate.Kind.NEP: "NEP",
    Certificate.Kind.NET: "NET",
    Certificate.Kind.GS: "GS",
    Certificate.Kind.GREEN: "녹색기술인증",
    Certificate.Kind.PERFORMANCE: "성능인증",
    Certificate.Kind.DIRECT_PRODUCTION: "직접생산확인",
    Certificate.Kind.KC: "KC",
    Certificate.Kind.EXCELLENT: "우수조달물품",
    Certificate.Kind.TEST_REPORT: "공인시험성적서",
    Certificate.Kind.ISO: "ISO",
    Certificate.Kind.OTHER: "기타",
}
OF_THE_COMPANY = frozenset({Certificate.Kind.DIRECT_PRODUCTION, Certificate.Kind.ISO})
"""These are given to a company, the others to a product."""

WOMEN, YOUTH = "여성기업", "청년기업"


def joined(values: Iterable[str]) -> str:
    """Several values in one cell, each once, in their order."""
    return "; ".join(dict.fromkeys(value for value in values if value))


def flag(value: bool) -> str:
    """여부."""
    return "Y" if value else "N"
