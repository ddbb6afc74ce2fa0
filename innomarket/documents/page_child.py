"""The sandboxed child: reads one PDF or picture from standard input and writes images to standard output.

It runs by itself (``python -I page_child.py FIRST COUNT`` for pages, ``… words`` for their words alone, ``… blanks``
to count blank pages, ``… picture WIDTH …`` for smaller copies), imports nothing of the portal and holds no secret: its
environment is empty, and after ``lock_in`` it can neither open a file nor make a socket or a process. What it then
reads is hostile until shown otherwise; so is what it writes, and the parent (``rendering.py``) asks that again.

Frames on standard output: two lengths in bytes (big-endian, 4 bytes each), a JSON head of the first length, an
image (WebP) of the second. The first head is ``{"pages": n}``; then one for each page, ``{"page", "width",
"height", "lines": [[x, y, width, height, text], …]}`` in pixels of the image; or ``{"error": code}`` and the end.
For a picture the first head is ``{"copies": n}``; then ``{"width", "height"}`` for each.

With ``words`` there are no images: a frame ``{"page", "words"}`` for each page, and last ``{"data": [[where, page,
text], …]}``, every text that the file holds beside its pages (null where it cannot be read). With ``blanks`` there is
one frame: ``{"pages", "blank"}``.
"""

import ctypes
import io
import json
import math
import os
import platform
import re
import resource
import struct
import sys
from typing import Any

WIDTH = 1654  # pixels: 200 dots an inch on A4, sharp at twice the size of a column
MAX_PIXELS = 8_000_000  # of one image: A4 takes 3.9 million
MAX_EDGE = 16_000  # of one image: WebP ends at 16,383
MAX_PAGES = 300
MAX_LINES = 3_000  # of one page
MAX_CHARACTERS = 100_000  # of one page
QUALITY = 72

MAX_SOURCE_PIXELS = 50_000_000  # of a picture: a camera's has 12 to 48 million
COPY_QUALITY = 80
MAX_DATA = 400_000  # characters of the texts beside the pages
MAX_OBJECTS = 200_000  # of one file
MAX_DEPTH = 40

# Operators that put something on a page: text, objects and inline pictures, painted paths and shadings.
MARKS = re.compile(
    rb"(?:^|[\s\]\)>])(?:Tj|TJ|Do|BI|EI|sh|f\*?|F|B\*?|b\*?|S|s)(?=$|[\s\[\(</])|\)\s*['\"]", re.MULTILINE
)

MEMORY = 1 << 30  # bytes of address space
CPU_SECONDS = 60  # of one run

_ERRNO_EPERM, _KILL, _ALLOW = 0x00050001, 0x80000000, 0x7FFF0000
# Architecture -> its number for the kernel, and the calls that remain: memory, clocks, what is open already.
# fmt: off
_KERNEL = {
    "x86_64": (
        0xC000003E,
        [0, 1, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 20, 24, 25, 28, 39, 60, 186, 202, 204, 228, 230, 231, 318],
    ),
    "aarch64": (
        0xC00000B7,
        [57, 62, 63, 64, 66, 80, 93, 94, 98, 113, 115, 123, 124, 134, 135, 139, 172, 178, 214, 215, 216, 222,
         226, 233, 278],
    ),
}
# fmt: on


class Unlocked(Exception):
    """The kernel does not take the locks: nothing is read then."""


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def limit() -> None:
    """Memory, processor time, no file written, no core left behind, few open files, behind everybody else."""
    os.nice(10)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(what, (most, most))


def lock_in() -> None:
    """A seccomp filter: every call of the kernel that is not listed fails from here on. Raises Unlocked."""
    known = _KERNEL.get(platform.machine())
    if sys.platform != "linux" or known is None:
        raise Unlocked
    architecture, calls = known
    steps = [(0x20, 0, 0, 4), (0x15, 1, 0, architecture), (0x06, 0, 0, _KILL), (0x20, 0, 0, 0)]
    for place, number in enumerate(calls):
        steps.append((0x15, len(calls) - place, 0, number))  # to the last step, which allows
    steps += [(0x06, 0, 0, _ERRNO_EPERM), (0x06, 0, 0, _ALLOW)]
    code = b"".join(struct.pack("<HBBI", *step) for step in steps)
    libc = ctypes.CDLL(None, use_errno=True)
    program = _Program(len(steps), code)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(program), 0, 0):
        raise Unlocked


def write(head: dict[str, Any], image: bytes = b"") -> None:
    text = json.dumps(head, ensure_ascii=False).encode("utf-8", "replace")
    sys.stdout.buffer.write(struct.pack(">II", len(text), len(image)) + text + image)
    sys.stdout.buffer.flush()


def scale_of(width: float, height: float) -> float:
    """Pixels for each point of the page: WIDTH across, fewer where the page is very long. Raises ValueError."""
    if not (1 <= width <= 20_000 and 1 <= height <= 20_000):
        raise ValueError("no page has this size")
    return min(WIDTH / width, MAX_EDGE / height, math.sqrt(MAX_PIXELS / (width * height)))


def image_of(page: Any, scale: float) -> Any:
    return page.render(scale=scale, may_draw_forms=True, fill_color=(255, 255, 255, 255)).to_pil()


def webp(image: Any) -> bytes:
    made = io.BytesIO()
    image.convert("RGB").save(made, "WEBP", quality=QUALITY, method=2)
    return made.getvalue()


def lines_of(pdfium: Any, page: Any, scale: float, height: float) -> list[list[Any]]:
    """The page's text line by line, in PDFium's order, each with its box in pixels from the upper left."""
    text = page.get_textpage()
    lines: list[list[Any]] = []
    units, box = bytearray(), [math.inf, math.inf, -math.inf, -math.inf]
    edges = [ctypes.c_double() for _ in range(4)]
    for place in range(min(text.count_chars(), MAX_CHARACTERS) + 1):
        code = pdfium.FPDFText_GetUnicode(text, place) if place < text.count_chars() else 10
        if code in (10, 13):
            said = units.decode("utf-16-le", "replace").replace("\0", "").strip()
            if said and box[0] < box[2] and len(lines) < MAX_LINES:
                left, bottom, right, top = (edge * scale for edge in box)
                size = [left, height * scale - top, right - left, top - bottom]
                lines.append([*(round(each) for each in size), said])
            units, box = bytearray(), [math.inf, math.inf, -math.inf, -math.inf]
            continue
        units += code.to_bytes(2, "little") if code < 0x10000 else chr(code).encode("utf-16-le")
        if pdfium.FPDFText_GetCharBox(text, place, *(ctypes.byref(edge) for edge in edges)):
            left, right, bottom, top = (edge.value for edge in edges)
            if right > left:
                box = [min(box[0], left), min(box[1], bottom), max(box[2], right), max(box[3], top)]
    return lines


def opened(data: bytes) -> Any:
    """The file, its number of pages written; None where what is wrong with it was written instead."""
    import pypdfium2  # type: ignore[import-untyped]

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        write({"error": "locked" if "assword" in str(error) else "damaged"})
        return None
    pages = len(pdf)
    if not 1 <= pages <= MAX_PAGES:
        write({"error": "too_many_pages" if pages else "damaged"})
        return None
    write({"pages": pages})
    return pdf


def show(data: bytes, first: int, count: int) -> None:
    """Write the pages ``first`` … ``first + count - 1`` (from 1), or what is wrong with the file."""
    import pypdfium2

    pdf = opened(data)
    if pdf is None:
        return
    for number in range(first, min(first + count, len(pdf) + 1)):
        page = pdf[number - 1]
        width, height = page.get_size()
        scale = scale_of(width, height)
        image = image_of(page, scale)
        head = {"page": number, "width": image.width, "height": image.height}
        write(head | {"lines": lines_of(pypdfium2.raw, page, scale, height)}, webp(image))
        page.close()


def shrink(data: bytes, widths: list[int], give: Any = write) -> None:
    """Write copies of a JPEG or PNG in these widths and none larger than it is: upright, on white, without metadata."""
    from PIL import Image, ImageOps

    picture: Any = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
    if picture.width * picture.height > MAX_SOURCE_PIXELS:
        give({"error": "too_many_pixels"})
        return
    picture.draft("RGB", (2 * max(widths), 2 * max(widths)))  # a JPEG is read smaller at once
    picture = ImageOps.exif_transpose(picture)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture)
    picture = picture.convert("RGB")
    made = sorted({min(width, picture.width) for width in widths})
    give({"copies": len(made)})
    for width in made:
        height = max(1, round(picture.height * width / picture.width))
        copy = picture.resize((width, min(height, MAX_EDGE)), Image.Resampling.LANCZOS, reducing_gap=3)
        stored = io.BytesIO()
        Image.frombytes("RGB", copy.size, copy.tobytes()).save(stored, "WEBP", quality=COPY_QUALITY, method=4)
        give({"width": copy.width, "height": copy.height}, stored.getvalue())


def warm_up_for_pictures() -> None:
    """Read and write one of each kind, before nothing can be opened any more."""
    import PIL.WebPImagePlugin  # noqa: F401
    from PIL import Image

    Image.preinit()
    turned = Image.Exif()
    turned[0x0112] = 6
    for kind in ("JPEG", "PNG"):
        made = io.BytesIO()
        Image.new("RGB", (8, 8)).save(made, kind, exif=turned)
        shrink(made.getvalue(), [4], lambda *_given: None)


def tell(data: bytes) -> None:
    """Write the words of each page, then every text that the file holds beside its pages."""
    pdf = opened(data)
    if pdf is None:
        return
    for number in range(1, len(pdf) + 1):
        page = pdf[number - 1]
        said = page.get_textpage().get_text_range(0, -1)[:MAX_CHARACTERS]
        write({"page": number, "words": said.replace("\0", "")})
        page.close()
    try:
        write({"data": data_of(data)})
    except Exception:
        write({"data": None})


def data_of(data: bytes) -> list[list[Any]]:
    """[where, page or 0, text]: properties, XMP, annotations with their page, links, outline, names of attachments."""
    from pypdf import PdfReader
    from pypdf.generic import IndirectObject

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        reader.decrypt("")
    found: list[list[Any]] = []
    left = [MAX_DATA]

    def add(where: str, page: int, text: Any) -> None:
        said = str(text).replace("\0", "")[: left[0]]
        if said.strip():
            left[0] -= len(said)
            found.append([where, page, said])

    def walk(value: Any, where: str, page: int, depth: int = 0) -> None:
        if depth > MAX_DEPTH or isinstance(value, IndirectObject):
            return
        if isinstance(value, dict):
            inside = place_of(value, where)
            if inside == "xmp":
                add("properties", 0, value.get_data().decode("utf-8", "replace"))  # type: ignore[attr-defined]
                return
            for name in list(value):
                walk(dict.__getitem__(value, name), inside, page, depth + 1)
        elif isinstance(value, list):
            for one in list.__iter__(value):
                walk(one, where, page, depth + 1)
        elif type(value).__name__ in ("TextStringObject", "ByteStringObject"):
            add(where, page, value if isinstance(value, str) else value.decode("latin-1"))

    info = reader.trailer.get("/Info")
    if info is not None:
        for name, value in dict.items(info.get_object()):
            if not isinstance(value, IndirectObject):
                who = name in ("/Author", "/Company", "/Manager", "/LastModifiedBy")
                walk(value, "author" if who else "properties", 0)
    seen = {info_number(reader)}
    for number, page in enumerate(reader.pages, start=1):
        for one in page.get("/Annots") or []:
            note = one.get_object()
            for held in (one, dict.get(note, "/A") if isinstance(note, dict) else None):
                if isinstance(held, IndirectObject):
                    seen.add(held.idnum)
                    walk(held.get_object(), "annotation", number)
                elif held is one:
                    walk(note, "annotation", number)
    numbers = {n for table in reader.xref.values() for n in table} | set(reader.xref_objStm)
    for n in sorted(numbers - seen)[:MAX_OBJECTS]:
        try:
            walk(reader.get_object(IndirectObject(n, 0, reader)), "data", 0)
        except Exception:  # noqa: S112 – one broken object hides no other
            continue
    return found


def count_blanks(data: bytes) -> None:
    """Write how many pages there are, and how many look blank: no text, picture or line in their content, no note."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        write({"error": "locked"})
        return
    pages = len(reader.pages)
    if not 1 <= pages <= MAX_PAGES:
        write({"error": "too_many_pages" if pages else "damaged"})
        return
    write({"pages": pages, "blank": sum(is_blank(page) for page in reader.pages)})


def is_blank(page: Any) -> bool:
    if page.get("/Annots"):
        return False
    content = page.get_contents()
    return content is None or MARKS.search(content.get_data()) is None


def place_of(value: dict[Any, Any], where: str) -> str:
    kind = value.get("/Type")
    if kind == "/Metadata":
        return "xmp"
    if kind == "/Filespec" and "/EF" in value:
        return "attachment"
    return "annotation" if kind == "/Annot" else where


def info_number(reader: Any) -> int:
    return getattr(reader.trailer.raw_get("/Info"), "idnum", 0) if "/Info" in reader.trailer else 0


def warm_up() -> None:
    """Import and start everything that opens files, before nothing can be opened any more."""
    import encodings.utf_16_le  # noqa: F401

    import PIL.WebPImagePlugin  # noqa: F401
    import pypdfium2
    from PIL import Image

    webp(Image.new("RGB", (8, 8)))
    pypdfium2.PdfDocument.new().close()
    if {"words", "blanks"} & set(sys.argv):
        import pypdf

        made, blank = io.BytesIO(), pypdf.PdfWriter()
        blank.add_blank_page(100, 100)
        blank.write(made)
        data_of(made.getvalue())


def main() -> None:
    asked = sys.argv[1]
    numbers = [int(given) for given in sys.argv[2:]]
    limit()
    if asked == "picture":
        warm_up_for_pictures()
    else:
        warm_up()
    try:
        lock_in()
    except Unlocked:
        write({"error": "unlocked"})
        return
    try:
        if asked == "picture":
            shrink(sys.stdin.buffer.read(), numbers)
        elif asked == "words":
            tell(sys.stdin.buffer.read())
        elif asked == "blanks":
            count_blanks(sys.stdin.buffer.read())
        else:
            show(sys.stdin.buffer.read(), int(asked), numbers[0])
    except Exception:
        write({"error": "damaged"})


if __name__ == "__main__":
    main()
