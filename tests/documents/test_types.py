import io
import struct
import zipfile

import pytest

from innomarket.documents.errors import WrongContent
from innomarket.documents.types import recognise
from tests.documents.factories import CONTENT, EXTENSIONS, hwp, ooxml, pdf, zipped


def ask(name: str, content: bytes, extensions=EXTENSIONS) -> str:
    return recognise(io.BytesIO(content), name=name, size=len(content), extensions=extensions)


def refused(name: str, content: bytes, extensions=EXTENSIONS) -> str:
    with pytest.raises(WrongContent) as caught:
        ask(name, content, extensions)
    assert str(caught.value.reason)
    return caught.value.code


@pytest.mark.parametrize("kind", EXTENSIONS)
def test_recognise_true_file_is_taken(kind):
    assert "/" in ask(f"a.{kind}", CONTENT[kind])


@pytest.mark.parametrize("kind", EXTENSIONS)
@pytest.mark.parametrize("name", EXTENSIONS)
def test_recognise_name_of_another_kind_is_refused(kind, name):
    if kind != name:
        assert refused(f"a.{name}", CONTENT[kind]) == "false_extension"


def test_recognise_jpeg_is_jpg():
    assert ask("a.JPEG", CONTENT["jpg"], ("jpg",)) == "image/jpeg"


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.exe", "a", "a.pdf.html", "a.docm"])
def test_recognise_kind_that_is_not_taken_is_refused(name):
    assert refused(name, pdf()) == "wrong_extension"


@pytest.mark.parametrize(
    "content",
    [b"<html><script>1</script></html>", b"<svg onload='1'/>", b"MZ\x90\x00", b"just text", b"\x00"],
)
@pytest.mark.parametrize("name", ["a.pdf", "a.hwp", "a.png", "a.docx"])
def test_recognise_other_content_is_refused(name, content):
    assert refused(name, content) == "false_extension"


def test_recognise_says_what_it_looks_like():
    with pytest.raises(WrongContent) as caught:
        ask("a.pdf", b"<!DOCTYPE html><p>")
    assert "html" in str(caught.value.reason)


@pytest.mark.parametrize(
    "content",
    [
        b"<script>alert(1)</script>\n" + pdf(),
        b"GIF89a" + pdf(),
        b"%PDF-1.7\n%<html><script>1</script>\n1 0 obj\nendobj\n%%EOF",
        pdf() + b"<html><script>1</script></html>",
        pdf() + b"<html><script>1</script></html>\n%%EOF\n",
        pdf() + b"%<script>1</script>\n2 0 obj\nendobj\n%%EOF\n",
        pdf() + CONTENT["docx"],
    ],
)
def test_recognise_pdf_polyglot_is_refused(content):
    assert refused("a.pdf", content) == "hidden_content"


def test_recognise_pdf_without_its_end_is_damaged():
    assert refused("a.pdf", b"%PDF-1.7\n1 0 obj\n") == "damaged"


def test_recognise_pdf_saved_twice_is_taken():
    later = b"2 0 obj\n<< >>\nendobj\nxref\n0 1\ntrailer << >>\nstartxref\n9\n%%EOF\r\n"
    assert ask("a.pdf", b"\xef\xbb\xbf" + pdf() + later) == "application/pdf"


def test_recognise_end_mark_across_chunks_is_seen():
    filler = b" " * (65536 - len(b"%PDF-1.7\n1 0 obj\n") - 2)
    assert ask("a.pdf", b"%PDF-1.7\n1 0 obj\n" + filler + b"%%EOF") == "application/pdf"


@pytest.mark.parametrize(
    "content",
    [
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 7 + hwp(),
    ],
)
def test_recognise_other_ole_file_is_no_hwp(content):
    assert refused("a.hwp", content) == "false_extension"


def test_recognise_zip_bomb_by_declared_sizes_is_refused():
    bomb = zipped({"[Content_Types].xml": b"<T/>", "word/document.xml": b"\0" * (20 << 20)})
    assert refused("a.docx", bomb) == "zip_bomb"


def test_recognise_zip_with_overlapping_entries_is_refused():
    content = bytearray(CONTENT["docx"])
    second = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, second + 42, 0)  # its offset: the first entry's
    assert refused("a.docx", bytes(content)) == "hidden_content"


@pytest.mark.parametrize("content", [b"<script>1</script>", b"MZ"])
def test_recognise_zip_behind_something_else_is_refused(content):
    assert refused("a.docx", content + CONTENT["docx"]) == "false_extension"
    assert refused("a.docx", CONTENT["docx"] + content) in {"hidden_content", "damaged"}


def test_recognise_zip_inside_a_zip_start_is_refused():
    assert refused("a.docx", zipped({"x": b"1"}) + CONTENT["docx"]) == "hidden_content"


def test_recognise_macros_are_refused():
    content = ooxml("word/document.xml", "ms-word.document.macroEnabled", **{"word/vbaProject.bin": b"1"})
    assert refused("a.docx", content) == "macros"


def test_recognise_macros_behind_the_plain_type_are_refused():
    content = ooxml("word/document.xml", "wordprocessingml.document", **{"word/vbaProject.bin": b"1"})
    assert refused("a.docx", content) == "macros"


def test_recognise_locked_zip_is_refused():
    content = bytearray(CONTENT["docx"])
    struct.pack_into("<H", content, content.find(b"PK\x01\x02") + 8, 1)
    assert refused("a.docx", bytes(content)) == "locked"


def test_recognise_climbing_inner_path_is_refused():
    assert refused("a.docx", zipped({"../x": b"1"})) == "damaged"


def test_recognise_truncated_zip_is_damaged():
    assert refused("a.docx", CONTENT["docx"][:-30]) == "damaged"


def test_recognise_plain_zip_is_refused():
    assert refused("a.xlsx", zipped({"a.txt": b"1"}, compression=zipfile.ZIP_STORED)) == "false_extension"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", CONTENT["png"] + b"<script>"),
        ("a.jpg", CONTENT["jpg"] + b"<html><script>"),
        ("a.jpg", CONTENT["jpg"] + CONTENT["docx"]),
    ],
)
def test_recognise_image_with_something_behind_it_is_refused(name, content):
    assert refused(name, content) == "hidden_content"


def test_recognise_photo_with_a_phones_appendix_is_taken():
    assert ask("a.jpg", CONTENT["jpg"] + b"SEFT\x00\x01") == "image/jpeg"
