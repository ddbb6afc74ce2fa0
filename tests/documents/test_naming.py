import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innomarket.documents.naming import MAX_BYTES, extension_of, safe_name


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("사업계획서 (최종).hwp", "사업계획서 (최종).hwp"),
        (unicodedata.normalize("NFD", "제안서.pdf"), "제안서.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\kim\\spec.docx", "spec.docx"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("zero\u200bwidth\u2066.pdf", "zerowidth.pdf"),
        ("nul\x00l.pdf", "null.pdf"),
        ('a<b>"c"|?*.pdf', "a_b__c____.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("  .hidden.pdf. ", "hidden.pdf"),
        ("", "file"),
        ("....", "file"),
        (".pdf", "pdf"),
        ("a\u2028b\tc.pdf", "abc.pdf"),
        ("con .pdf", "_con.pdf"),
        ("lpt1 . . x.pdf", "_lpt1 . . x.pdf"),
        ("con lai.pdf", "con lai.pdf"),
        ("e\u200b\u0301.pdf", "\u00e9.pdf"),
        ("a. pdf", "a.pdf"),
        ("가." + "x" * 200, "가." + "x" * 40),
    ],
)
def test_safe_name_given(given_name, kept):
    assert safe_name(given_name) == kept


def test_safe_name_long_korean_keeps_its_extension_and_whole_letters():
    name = safe_name("가" * 300 + ".hwpx")
    assert name.endswith("가.hwpx")
    assert len(name.encode()) <= MAX_BYTES


@given(st.text(max_size=400))
def test_safe_name_of_anything_is_one_visible_segment(text):
    name = safe_name(text)
    assert name and "/" not in name and "\\" not in name and name not in {".", ".."}
    assert len(name.encode()) <= MAX_BYTES
    assert not any(unicodedata.category(letter).startswith("C") for letter in name)
    assert safe_name(name) == name


@pytest.mark.parametrize(("name", "found"), [("a.PDF", "pdf"), ("a.tar.gz", "gz"), ("none", "")])
def test_extension_of(name, found):
    assert extension_of(name) == found
