"""Names, numbers and domains of the applicant in an anonymous copy: found in words and in the data of the file."""

import io
import subprocess
import sys

import pytest
from django.conf import settings as conf
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.annotations import FreeText, Link

from innomarket.documents import rendering
from innomarket.submissions.identity import Identity, search, without_form
from tests.documents.papers import paper

WHO = Identity(
    names=["(주)한울 로보틱스", "Hanul Robotics Co., Ltd."],
    people=["박지훈", "Jane Doe"],
    numbers=["1234567891"],
    mails=["ceo@hanul.example", "doe@naver.com"],
)


def found(text: str, who: Identity = WHO) -> list[tuple[str, str]]:
    return [(one.what, one.text) for one in search(who, pages=[text], data=[])]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("㈜한울로보틱스가 만든", "name"),
        ("주식회사 한울\n로보틱스", "name"),
        ("한 울 로 보 틱 스", "name"),
        ("HANUL-ROBOTICS INC.", "name"),
        ("hanul\nrobotics", "name"),
        ("박 지 훈 대표", "person"),
        ("by jane  doe", "person"),
        ("사업자 123-45-67891", "number"),
        ("1234567891", "number"),
        ("다른 번호 987-65-43210", "number"),
        ("전화 02-123-4567", "phone"),
        ("(031) 123-4567", "phone"),
        ("+82 10 1234 5678", "phone"),
        ("ceo@hanul.example", "mail"),
        ("someone@else.example", "mail"),
        ("see hanul.example", "web"),
        ("www.other.co.kr/about", "web"),
        ("https://other.example/x", "web"),
    ],
)
def test_whatever_names_the_applicant_is_found(text, what):
    assert what in [kind for kind, _text in found(f"앞말 {text} 뒷말")]


@pytest.mark.parametrize(
    "text",
    [
        "하루 1,200m, 폭 1.5mm 균열을 찾았습니다.",
        "ISO 9001:2015, KS B 0001-2020, 2026-11-29 14:00, 0.25",
        "shanulrobotics is another word",
        "12345678912",
        "naver.comx",
    ],
)
def test_figures_standards_and_other_words_are_not_found(text):
    assert found(text) == []


def test_legal_forms_are_not_what_is_searched_for():
    assert without_form("㈜한울") == without_form("주식회사 한울") == without_form("한울(주)") == "한울"
    assert without_form("Hanul Co., Ltd.") == without_form("Hanul Inc.") == "Hanul"
    assert found("주식회사 다른회사, Other Co., Ltd.") == []


LETTERS = st.text(st.sampled_from("가나다라마바사아자차카타파하"), min_size=3, max_size=8)


@settings(max_examples=60)
@given(
    LETTERS, st.lists(st.sampled_from(["", " ", "\n", "·", " \n "]), min_size=8, max_size=8), st.booleans()
)
def test_a_korean_name_is_found_however_it_is_spaced(name, gaps, formed):
    spaced = "".join(letter + gap for letter, gap in zip(name, gaps, strict=False))
    text = f"서론 {'㈜' if formed else ''}{spaced} 결론"
    assert ("name" in dict(found(text, Identity(names=[f"(주){name}"])))) is True
    assert found("서론 zzz 결론", Identity(names=[f"(주){name}"])) == []


def made(**properties: str) -> bytes:
    """A PDF whose pages say nothing, with a note, a link, an attachment, an outline and these properties."""
    writer = PdfWriter(clone_from=io.BytesIO(paper("Plain words", "More words")))
    writer.add_metadata({f"/{name}": text for name, text in properties.items()})
    writer.add_annotation(1, FreeText(text="ask Jane Doe", rect=(50, 50, 200, 100)))
    writer.add_annotation(0, Link(rect=(50, 50, 200, 100), url="https://hanul.example/x"))
    writer.add_attachment("plan.txt", b"x")
    writer.add_outline_item("Hanul Robotics", 0)
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


def test_the_data_of_a_file_is_read_in_the_child_and_searched():
    words = rendering.words([made(Author="Somebody Else", Subject="한울 로보틱스")])
    assert words.pages == ["Plain words", "More words"]
    results = search(WHO, pages=words.pages, data=words.data, file_name="한울로보틱스 사본.pdf")
    shown = {(one.what, one.where, one.page) for one in results}
    assert shown == {
        ("name", "file_name", 0),
        ("author", "author", 0),
        ("name", "properties", 0),
        ("person", "annotation", 2),
        ("web", "annotation", 1),
        ("attachment", "attachment", 0),
        ("name", "data", 0),
    }


def test_an_xmp_packet_is_searched_without_its_name_spaces():
    packet = (
        "<x:xmpmeta xmlns:x='adobe:ns:meta/' xmlns:dc=\"http://purl.org/dc/elements/1.1/\">"
        "<dc:creator><rdf:Seq><rdf:li>Kim &amp; Co</rdf:li></rdf:Seq></dc:creator>"
        "<dc:title>Hanul Robotics</dc:title></x:xmpmeta>"
    )
    results = search(WHO, pages=[], data=[("properties", 0, packet)])
    assert {(one.what, one.text) for one in results} == {("author", "Kim & Co"), ("name", "Hanul Robotics")}


def test_data_that_cannot_be_read_is_said():
    assert [one.what for one in search(WHO, pages=["nothing"], data=None)] == ["unread"]


MEGABYTE = 1 << 20
SLOW = {
    "mail": "a" * MEGABYTE,
    "labels": "a@" + "b." * (MEGABYTE // 2),
    "creators": "<dc:creator " * (MEGABYTE // 12),
    "tags": "<dc:creator>" + "<" * MEGABYTE + "</dc:creator>",
    "names": "x." * (MEGABYTE // 2),
    "phones": "02-123-4567 www.a.kr " * (MEGABYTE // 21),
    "spaces": "82" + " " * MEGABYTE,
    "quotes": "<x xmlns:a='" * (MEGABYTE // 12),
}
_SEARCHED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from innomarket.submissions.identity import Identity, search
who = Identity(names=["(주)가가나나", "Aa Bb Inc."], numbers=["1111111111"], mails=["a@b.example"])
text = sys.stdin.read()
search(who, pages=[text], data=[("properties", 0, "<x>" + text)])
"""


@pytest.mark.parametrize("kind", SLOW)
def test_a_text_that_is_made_to_be_slow_is_searched_in_a_time_that_grows_with_its_length(kind):
    """A minute of the processor for a megabyte: read once for each of its characters it would take days."""
    done = subprocess.run(
        [sys.executable, "-c", _SEARCHED], input=SLOW[kind], text=True, check=False, cwd=conf.BASE_DIR
    )
    assert done.returncode == 0


def test_an_address_in_a_long_run_of_letters_is_still_found():
    assert ("mail", "a" * 64 + "@other.example") in found("a" * 200 + "@other.example")


def test_no_pdf_is_refused_with_its_code():
    with pytest.raises(rendering.Unshowable) as refused:
        rendering.words([b"no pdf"])
    assert refused.value.code == "damaged"
