"""What a client says of compressed answers."""

import re

from django.http import HttpRequest

CODING = re.compile(
    r"\s*([!#$%&'*+.^_`|~0-9a-z-]+)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", re.IGNORECASE
)


def takes_gzip(request: HttpRequest) -> bool:
    """Whether an answer is best sent with gzip: by ``Accept-Encoding`` and its qualities (RFC 9110 §12.5.3).

    Django's own parsers of qualities are of media types and languages; its GZipMiddleware looks for the word.
    """
    said = request.META.get("HTTP_ACCEPT_ENCODING", "").split(",")
    quality = {each[1].lower(): float(each[2] or 1) for part in said if (each := CODING.fullmatch(part))}
    gzip = quality.get("gzip", quality.get("x-gzip", quality.get("*", 0.0)))
    return gzip > 0 and gzip >= quality.get("identity", 0.0)
