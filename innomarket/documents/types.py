"""What a file is, by its content; its name must fit. What is not recognised for certain is refused."""

import re
from typing import IO

import puremagic
from django.utils.translation import gettext_lazy as _

from .containers import look_into
from .errors import DAMAGED, WrongContent
from .naming import extension_of

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "hwp": "application/x-hwp",
    "jpg": "image/jpeg",
    "png": "image/png",
}
ALIASES = {"jpeg": "jpg"}

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HWP_STREAM = "FileHeader".encode("utf-16-le") + b"\0\0"
_HWP_SIGNATURE = b"HWP Document File\0"
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
_MARKUP = re.compile(rb"<\s*(?:script|html|!doctype|svg|iframe|body|\?php|\?xml|img|a\s)", re.IGNORECASE)
# Split, so that a virus scanner on a developer's machine leaves this file alone.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CHUNK = 1 << 16


def recognise(file: IO[bytes], *, name: str, size: int, extensions: tuple[str, ...]) -> str:
    """The content type of a file whose name, extension and content agree.

    ``extensions`` are those that the place takes, lower case without the dot. Raises WrongContent with a reason
    in words: not a kind that is taken, content that is not what the name says, something hidden in it.
    """
    extension = extension_of(name)
    wanted = ALIASES.get(extension, extension)
    if wanted not in {ALIASES.get(each, each) for each in extensions}:
        raise WrongContent(
            "wrong_extension",
            _("Files of the kind “%(kind)s” are not taken here. Choose one of: %(kinds)s.")
            % {"kind": extension or "–", "kinds": ", ".join(extensions)},
        )
    found, content_type = _found(file, size)
    if found != wanted:
        raise WrongContent(
            "false_extension",
            _(
                "The name ends in .%(extension)s, but the content is not of that kind (it looks like: %(found)s)."
            )
            % {"extension": extension, "found": found or _("unknown")},
        )
    return content_type


def is_test_virus(chunk: bytes) -> bool:
    """Whether the harmless test virus, by which scanners are tried, stands in these bytes."""
    return EICAR in chunk


def _found(file: IO[bytes], size: int) -> tuple[str, str]:
    """(extension, content type); the extension says what it looks like where it is none of ours."""
    file.seek(0)
    head = file.read(2048)
    if b"%PDF-" in head[:1024]:
        _ask_pdf(file, head, size)
        return "pdf", CONTENT_TYPES["pdf"]
    if head.startswith(_OLE):
        return ("hwp", CONTENT_TYPES["hwp"]) if _is_hwp(file) else ("ole", "application/x-ole-storage")
    if head.startswith(b"PK\x03\x04"):
        return look_into(file, size)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        _ask_png(file, size)
        return "png", CONTENT_TYPES["png"]
    if head.startswith(b"\xff\xd8\xff"):
        _ask_jpeg(file)
        return "jpg", CONTENT_TYPES["jpg"]
    return _guess(head), "application/octet-stream"


def _guess(head: bytes) -> str:
    """What it looks like, for the message only: a refused file is refused whatever this says."""
    if _MARKUP.search(head[:512]):
        return "svg" if b"<svg" in head.lower() else "html"
    try:
        return puremagic.from_string(head).lstrip(".")
    except (puremagic.PureError, ValueError):
        return ""


def _ask_pdf(file: IO[bytes], head: bytes, size: int) -> None:
    """Starts with its header, ends with its end mark, and nothing but PDF stands between two end marks."""
    before = head[: head.index(b"%PDF-")]
    if before.strip(b"\xef\xbb\xbf\r\n\t \0") or _MARKUP.search(head.partition(b"obj")[0]):
        raise WrongContent.hidden()
    ended = False
    for segment in _behind_end_marks(file, size):
        ended = True
        until = re.search(rb"\bobj\b|\bxref\b", segment)
        if _MARKUP.search(segment[: until.start()] if until else segment):
            raise WrongContent.hidden()
        if until is None and segment.strip(b"\r\n\t \0"):
            raise WrongContent.hidden()
    if not ended:
        raise WrongContent("damaged", DAMAGED)


def _behind_end_marks(file: IO[bytes], size: int) -> list[bytes]:
    """Up to 4 KB behind each %%EOF, or up to the next one."""
    places = _places(file, b"%%EOF")
    segments = []
    for place, following in zip(places, [*places, size][1:], strict=True):
        file.seek(place + 5)
        segments.append(file.read(min(4096, following - place - 5)))
    return segments


def _places(file: IO[bytes], needle: bytes) -> list[int]:
    """Where ``needle`` occurs, read chunk by chunk."""
    file.seek(0)
    found: list[int] = []
    rest, base = b"", 0
    while chunk := file.read(CHUNK):
        window = rest + chunk
        found += [base + match.start() for match in re.finditer(re.escape(needle), window)]
        rest = window[-(len(needle) - 1) :]
        base += len(window) - len(rest)
    return found


def _is_hwp(file: IO[bytes]) -> bool:
    """An OLE container with the stream FileHeader that begins with HWP's signature.

    Directory entries lie on multiples of 128 bytes and the small streams on multiples of 64: text inside a
    document cannot pass for either by chance.
    """
    return any(place % 128 == 0 for place in _places(file, _HWP_STREAM)) and any(
        place % 64 == 0 for place in _places(file, _HWP_SIGNATURE)
    )


def _ask_png(file: IO[bytes], size: int) -> None:
    file.seek(max(0, size - len(_PNG_END)))
    if file.read() != _PNG_END:
        raise WrongContent.hidden()


def _ask_jpeg(file: IO[bytes]) -> None:
    """Phones append previews and motion pictures behind the image; markup and archives have no business there."""
    ends = _places(file, b"\xff\xd9")
    if not ends:
        raise WrongContent("damaged", DAMAGED)
    file.seek(ends[-1] + 2)
    tail = file.read()
    if _MARKUP.search(tail) or b"PK\x05\x06" in tail or b"%PDF-" in tail:
        raise WrongContent.hidden()
