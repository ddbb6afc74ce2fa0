"""A company answers a task from a phone without JavaScript: nothing that was typed or uploaded is lost."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from .people import fill, links, opened, send, text

pytestmark = [pytest.mark.browser, pytest.mark.portal, pytest.mark.slow]

PDF = (
    b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    b"xref\n0 3\n0000000000 65535 f \n0000000015 00000 n \n0000000064 00000 n \n"
    b"trailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n113\n%%EOF\n"
)


def variant(words: bytes) -> bytes:
    """The same paper with a remark in it, so that its hash is another one."""
    return PDF.replace(b"\nxref", b"\n% " + words + b"\nxref", 1)


PRODUCT = {
    "product_name_ko": "빗물 흐름 알리미",
    "product_name_en": "Rain Flow Alert",
    "summary": "배수구의 흐름을 재어 침수 두 시간 전에 알립니다.",
    "trl": "8",
}
SOLUTION = {
    "solution": "초음파로 유속을 재고 비 예보와 함께 막힘을 헤아립니다.",
    "novelty": "전지 하나로 삼 년을 씁니다.",
    "performance": "시험 관로 12곳에서 94 %를 미리 알렸습니다.",
}


def begin(page: Any, call: str) -> str:
    """Begin an answer to the first task of a call; the address of the draft without its page."""
    opened(page, f"{call}apply/")
    if page.locator("main select[name=lot]").count():
        page.locator("main select[name=lot]").select_option(index=1)
    assert send(page) == 200
    assert "/edit/" in page.url, text(page)
    return page.url.partition("/edit/")[0]


SOLUTIONS, TASKS = "해결책 공모", "과제 공모"


def open_call(page: Any, kind: str) -> str:
    """The first open call with these words in its title."""
    opened(page, "/calls/")
    for call in dict.fromkeys(links(page, "/calls/")):
        opened(page, call)
        if kind in page.locator("h1").inner_text() and links(page, "/apply/"):
            return call
    raise AssertionError(f"no open call of {kind}")


def upload(page: Any, name: str, content: bytes, kind: str = "application/pdf") -> int:
    page.set_input_files("main input[type=file]", {"name": name, "mimeType": kind, "buffer": content})
    return send(page)


def test_company_applies_on_a_phone_without_javascript(people):
    page = people("company8", fresh=True, width=390, javascript=False)
    draft = begin(page, open_call(page, SOLUTIONS))

    fill(page, PRODUCT | {"trl": "12"})
    assert send(page) == 422
    assert page.input_value("[name=product_name_ko]") == PRODUCT["product_name_ko"]
    assert page.input_value("[name=summary]") == PRODUCT["summary"]
    assert page.locator("[name=trl][aria-invalid=true]").count() == 1
    fill(page, {"trl": "8"})
    assert send(page) == 200
    assert page.url.endswith("/edit/solution/")
    fill(page, SOLUTION)
    assert send(page) == 200
    fill(page, {"trial_months": "6", "unit_price_won": "27,500,000", "unit": "대", "delivery_days": "45"})
    assert send(page) == 200

    opened(page, f"{draft}/files/proposal/")
    assert upload(page, "제안서 (최종).pdf", PDF) == 200
    assert "제안서 (최종).pdf" in text(page)
    opened(page, f"{draft}/files/specification/")
    assert upload(page, "규격서.pdf", variant(b"second")) == 200
    opened(page, f"{draft}/files/evidence/")
    assert upload(page, "시험 성적서.pdf", variant(b"third")) == 200
    assert upload(page, "설치.exe", b"MZ\x90\x00" + b"\x00" * 64, "application/octet-stream") == 422
    said = text(page)
    assert "설치.exe" in said
    assert "시험 성적서.pdf" in said, "the earlier file is kept"
    assert page.locator("main input[type=file][aria-invalid=true]").count() == 1

    said = opened(page, f"{draft}/check/")
    assert "특허" in said
    assert not page.locator("main form[method=post] button").count(), "not before everything is there"
    page.goto(links(page, "/edit/product/#id_patent_number")[0])
    fill(page, {"patent_number": "제10-0001234호"})
    assert send(page) == 200
    said = opened(page, f"{draft}/check/")
    assert PRODUCT["product_name_ko"] in said
    assert "제안서 (최종).pdf" in said
    assert send(page) == 200
    assert page.url.endswith("/receipt/")
    receipt = page.locator("main").inner_html()
    assert hashlib.sha256(PDF).hexdigest() in receipt.replace("\n", "")
    number = draft.rpartition("/")[2]
    assert number in text(page)

    opened(page, f"{draft}/withdraw/")
    assert send(page) == 200
    assert "철회" in text(page)
    opened(page, f"{draft}/check/")
    assert send(page) == 200
    assert page.url.endswith("/receipt/")
    assert number in opened(page, "/inbox/")
    assert PRODUCT["product_name_ko"] in opened(page, "/proposals/")


def test_sealed_proposal_is_read_by_nobody_else(people):
    """The neighbour in the same call, the institution whose task it is, and staff."""
    page = people("company4")
    opened(page, "/proposals/")
    number = next(href.split("/")[2] for href in links(page, "/proposals/") if href.count("/") == 3)
    title = opened(page, f"/proposals/{number}/").splitlines()[0]
    assert title
    for login in ("company2", "institution", "rounds", "evaluator1", "member1"):
        other = people(login)
        for address in (
            f"/proposals/{number}/",
            f"/submissions/{number}/check/",
            f"/submissions/{number}/0/frozen.json",
        ):
            opened(other, address, 404)


def test_other_kinds_of_organisation_are_told_why_they_cannot_apply(people):
    company = people("company2")
    said = opened(company, f"{open_call(company, TASKS)}apply/")
    assert "수요기관 코드" in said
    assert company.locator("main form button").count() == 0
