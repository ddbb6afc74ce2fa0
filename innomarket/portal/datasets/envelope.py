"""How api.odcloud.kr answers, in JSON and in XML.

JSON: ``{"page": 1, "perPage": 10, "totalCount": …, "currentCount": …, "matchCount": …, "data": [{…}]}``; XML the same
with ``<item><col name="…">…</col></item>``. An error is ``{"code": -401, "msg": "…"}`` with an HTTP status: codes are
negative, and ours are the status with a minus, as the one for a key that is not valid.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import orjson

from innomarket.common.xlsx import UNSEEN

TYPES = {"JSON": "application/json", "XML": "application/xml; charset=utf-8"}


def written(body: Mapping[str, Any], return_type: str) -> bytes:
    """An answer or an error as text of its type."""
    if return_type == "JSON":
        return orjson.dumps(body)
    parts = "".join(_element(name, body[name]) for name in sorted(body))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<results>{parts}</results>'.encode()


def _element(name: str, value: Any) -> str:
    inner = "".join(map(_item, value)) if name == "data" else _text(value)
    return f"<{name}>{inner}</{name}>"


def _item(record: Mapping[str, Any]) -> str:
    return f"<item>{''.join(_columns(record.items()))}</item>"


def _columns(cells: Iterable[tuple[str, Any]]) -> Iterable[str]:
    for name, value in cells:
        yield f"<col name={quoteattr(name)}>{_text(value)}</col>"


def _text(value: Any) -> str:
    """As XML may hold it; None is empty."""
    return "" if value is None else escape(UNSEEN.sub("", str(value)))
