"""Small true files of each kind, and documents of them. ``upload("pdf")`` is what a browser sends."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from innomarket.documents import pages, rendering, services
from innomarket.documents.models import Document, Reading

EXTENSIONS = ("pdf", "hwp", "hwpx", "docx", "xlsx", "pptx", "jpg", "png")


def zipped(parts: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def ooxml(part: str, kind: str, **more: bytes) -> bytes:
    types = f'<Types><Override PartName="/{part}" ContentType="application/x.{kind}.main+xml"/></Types>'
    return zipped({"[Content_Types].xml": types.encode(), part: b"<x/>", **more})


def workbook_of(rows: list[list[Any]]) -> bytes:
    """An XLSX as a spreadsheet program saves it."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def hwp(text: str = "") -> bytes:
    """The head of an OLE container with the directory entry and the stream that make a HWP file."""
    directory = b"FileHeader".decode().encode("utf-16-le").ljust(128, b"\0")
    stream = b"HWP Document File".ljust(64, b"\0")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + directory + stream + text.encode()


def pdf(text: str = "hello") -> bytes:
    return f"%PDF-1.7\n1 0 obj\n<< /Title ({text}) >>\nendobj\ntrailer << >>\n%%EOF\n".encode()


CONTENT: dict[str, bytes] = {
    "pdf": pdf(),
    "hwp": hwp(),
    "hwpx": zipped({"mimetype": b"application/hwp+zip", "version.xml": b"<v/>"}),
    "docx": ooxml("word/document.xml", "wordprocessingml.document"),
    "xlsx": ooxml("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx": ooxml("ppt/presentation.xml", "presentationml.presentation"),
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x01" * 40 + b"\xff\xd9",
    "png": b"\x89PNG\r\n\x1a\n" + b"\0" * 40 + b"\0\0\0\0IEND\xaeB`\x82",
}


def upload(kind: str = "pdf", *, name: str = "", content: bytes | None = None) -> SimpleUploadedFile:
    """A file as a browser sends it; ``name`` and ``content`` replace the true ones."""
    return SimpleUploadedFile(name or f"제안서.{kind}", CONTENT[kind] if content is None else content)


def document(by: Any, kind: str = "pdf", **fields: Any) -> Document:
    """A received document."""
    return services.receive(upload=upload(kind, **fields), by=by, extensions=EXTENSIONS, max_bytes=1 << 20)


def drawn(found: Document, text: str = "drawn") -> Reading:
    """The pages of a document as the sweep leaves them, one page, without a child."""
    pages.want([found])
    reading = Reading.objects.get(document=found)
    made = rendering.Made(
        1,
        40,
        60,
        [[4, 8, 30, 10, text]],
        b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0/\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0",
    )
    pages._keep(reading, [pages._stored(reading, made)])
    reading.refresh_from_db()
    return reading
