"""Looking into zip containers without unpacking them: HWPX and the OOXML files (DOCX, XLSX, PPTX)."""

import re
import zipfile
import zlib
from itertools import pairwise
from typing import IO

from .errors import DAMAGED, WrongContent

MAX_ENTRIES = 10_000
MAX_UNPACKED = 1 << 30  # bytes
MAX_RATIO = 100  # asked from 10 MB up: small parts of a spreadsheet pack better than that
RATIO_FROM = 10 << 20
MAX_READ = 1 << 20

# Those of OPC and HWPX; LZMA would take what memory it names.
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)

HWPX_TYPE = "application/hwp+zip"
_OOXML = "application/vnd.openxmlformats-officedocument."
# inner part -> (extension, what [Content_Types].xml must call it, content type)
PARTS = {
    "word/document.xml": (
        "docx",
        b"wordprocessingml.document.main+xml",
        f"{_OOXML}wordprocessingml.document",
    ),
    "xl/workbook.xml": ("xlsx", b"spreadsheetml.sheet.main+xml", f"{_OOXML}spreadsheetml.sheet"),
    "ppt/presentation.xml": (
        "pptx",
        b"presentationml.presentation.main+xml",
        f"{_OOXML}presentationml.presentation",
    ),
}


def look_into(file: IO[bytes], size: int) -> tuple[str, str]:
    """(extension, content type) of a zip container; ("zip", "application/zip") for any other zip.

    Raises WrongContent for a bomb (declared sizes), a broken or encrypted one, and one with something before
    or behind the container, which another program might read as something else.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _ask_sizes(entries, size)
            _ask_edges(archive, entries, file, size)
            return _kind_of(archive, {entry.filename for entry in entries})
    except _BROKEN as error:
        raise WrongContent("damaged", DAMAGED) from error


def _ask_sizes(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    bomb = (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or packed > size  # the same bytes counted by several entries
        or (unpacked > RATIO_FROM and unpacked > MAX_RATIO * max(packed, 1))
    )
    if bomb:
        raise WrongContent.bomb()
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise WrongContent.locked()
    if any(_leaves(entry.filename) for entry in entries):
        raise WrongContent("damaged", DAMAGED)


def _leaves(name: str) -> bool:
    """Whether an inner path climbs out of the folder into which it is unpacked."""
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or re.match(r"^[A-Za-z]:", name) is not None


def _ask_edges(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], file: IO[bytes], size: int) -> None:
    """The first entry stands at the start, the directory ends the file, nothing overlaps."""
    places = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    overlap = any(offset + length > following for (offset, length), (following, _) in pairwise(places))
    file.seek(max(0, size - 22))
    ends_here = file.read(4) == b"PK\x05\x06"
    if not entries or overlap or places[0][0] != 0 or archive.comment or not ends_here:
        raise WrongContent.hidden()


def _kind_of(archive: zipfile.ZipFile, names: set[str]) -> tuple[str, str]:
    if "mimetype" in names and _read(archive, "mimetype").strip() == HWPX_TYPE.encode():
        if names & {"version.xml", "Contents/content.hpf"}:
            return "hwpx", HWPX_TYPE
        raise WrongContent("damaged", DAMAGED)
    if "[Content_Types].xml" in names:
        declared = _read(archive, "[Content_Types].xml")
        # By its part too: a document that hides its macros behind the plain type is taken by some programs.
        if b"macroEnabled" in declared or any(name.lower().endswith("vbaproject.bin") for name in names):
            raise WrongContent.macros()
        for part, (extension, word, content_type) in PARTS.items():
            if part in names and word in declared:
                return extension, content_type
    return "zip", "application/zip"


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """A small inner part; never more than a megabyte whatever it declares."""
    if archive.getinfo(name).compress_type not in _PACKINGS:
        raise WrongContent("damaged", DAMAGED)
    with archive.open(name) as part:
        return part.read(MAX_READ)
