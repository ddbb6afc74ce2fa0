from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pypdf
import pytest

from innomarket.common import paper
from innomarket.common.refusals import Refused

AT = datetime(2026, 11, 23, 3, 0, 7, tzinfo=UTC)
NASTY = [
    '#import "@preview/cetz:0.3.0"',
    '#read("/etc/passwd")',
    "$x^2$ \\ *bold* _it_ @ref <label> `raw` // comment",
    "물을 막지 않고 점검합니다",
    "] #panic()",
]


def data(lines: list[str], **more: Any) -> dict[str, Any]:
    words = dict.fromkeys(
        ("service", "no_files", "approval", "missing", "answers", "files", "whole"), "word"
    ) | {"signers": ["기안", "검토", "승인"]}
    return {
        "title": "관로 점검 #1",
        "language": "ko",
        "number": "X1",
        "mark": "미제출",
        "status": "…",
        "foot": "…",
        "words": words,
        "facts": [["공모", "#facts"]],
        "missing": ["#missing"],
        "sections": [{"label": "#label", "lines": lines, "items": []}],
        "files": [{"slot": "제안서", "name": "#name.pdf", "size": "1 B", "sha256": "a" * 64}],
        "sha256": None,
    } | more


def read(content: bytes) -> tuple[pypdf.PdfReader, str]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    return reader, "\n".join(page.extract_text() for page in reader.pages)


def test_paper_is_tagged_has_title_and_language_and_the_same_bytes() -> None:
    first = paper.pdf("draft.typ", data(NASTY), at=AT)
    reader, text = read(first)
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("ko")
    assert reader.metadata and reader.metadata.title == "관로 점검 #1"
    assert b"pdfuaid:part" in first.replace(b" ", b"") or "pdfuaid" in str(
        reader.xmp_metadata.stream.get_data()
    )  # type: ignore[union-attr]
    assert "미제출" in text
    assert paper.pdf("draft.typ", data(NASTY), at=AT) == first


def test_paper_shows_what_people_wrote_as_text() -> None:
    _reader, text = read(paper.pdf("draft.typ", data(NASTY), at=AT))
    flat = "".join(text.split())
    for line in NASTY:
        assert "".join(line.split()) in flat
    assert "root:" not in text


@pytest.mark.parametrize("text", ["שלום עולם", "漢字 😀", "a\x00b\x07c\ud800", "가 " * 50_000])
def test_paper_is_set_whatever_the_text(text: str) -> None:
    reader, _text = read(paper.pdf("draft.typ", data([text]), at=AT))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]


def test_paper_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused) as refused:
        paper.pdf("draft.typ", data(["x" * paper.DATA_BYTES]), at=AT)
    assert refused.value.code == "paper_not_set"
    monkeypatch.setattr(paper, "SECONDS", 0.001)
    with pytest.raises(Refused):
        paper.pdf("draft.typ", data(["x"]), at=AT)


def test_templates_use_no_package_and_read_no_file() -> None:
    for template in (paper.PROGRAM.parent / "typst").glob("*.typ"):
        source = template.read_text()
        assert "@" not in source and "read(" not in source and "eval(" not in source
