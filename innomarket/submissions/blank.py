"""Whether pages of a PDF look blank: no text, no picture, no line in their content. A hint, not a verdict."""

import re
from typing import Any

from pypdf import PdfReader

MOST_PAGES = 300
# Operators that put something on a page: text, objects and inline pictures, painted paths and shadings.
_MARKS = re.compile(
    rb"(?:^|[\s\]\)>])(?:Tj|TJ|Do|BI|EI|sh|f\*?|F|B\*?|b\*?|S|s)(?=$|[\s\[\(</])|\)\s*['\"]", re.MULTILINE
)


def count(file: Any) -> tuple[int, int] | None:
    """(pages, pages that look blank) of an open PDF; None where it cannot be said."""
    try:
        reader = PdfReader(file)
        pages = len(reader.pages)
        if reader.is_encrypted or not 0 < pages <= MOST_PAGES:
            return None
        return pages, sum(_is_blank(page) for page in reader.pages)
    except Exception:  # a hint never fails an upload: what cannot be read is looked at by people
        return None


def _is_blank(page: Any) -> bool:
    if page.get("/Annots"):
        return False
    content = page.get_contents()
    return content is None or _MARKS.search(content.get_data()) is None
