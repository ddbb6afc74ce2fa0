"""The frozen text of a revision and its one SHA-256.

Anyone who holds the frozen text can recompute the hash without this portal. The text is one JSON
object in UTF-8 (no byte order mark, no final newline), written as follows:

* object keys in the order of their code points, no white space between tokens (``,`` and ``:`` alone);
* every character as itself; only ``"``, ``\\`` and the control characters U+0000–U+001F are escaped,
  the latter as ``\\b \\f \\n \\r \\t`` or ``\\u00XX`` in lower case;
* whole numbers without sign or exponent where they have none; no fractions, no NaN.

Its members:

* ``format``: ``"innomarket-revision-1"``
* ``number`` and ``ordinal``: of the submission and of this revision of it (0, 1, …)
* ``call`` and ``lot``: number of the call, place of the lot in it
* ``applicant``: ``"organisation:<id>"`` or ``"person:<id>"`` (ids do not change, names may)
* ``title``, and ``sections``: list of ``{"key", "label_en", "label_ko", "value"}`` in the form's order
* ``files``: list of ``{"name", "sha256", "size", "slot"}`` in the order of slot and upload

So ``sha256sum`` of the file that the receipt offers gives the hash on the receipt, and each file's
own ``sha256sum`` stands inside it.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.utils.translation import override

from .kinds import Section

FORMAT = "innomarket-revision-1"


def canonical(value: Any) -> bytes:
    """The one spelling of plain JSON. Raises TypeError on floats and on what is not JSON."""
    _ask_plain(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def digest(value: Any) -> str:
    """SHA-256 of the canonical spelling, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def sections_of(sections: Iterable[Section]) -> list[dict[str, Any]]:
    """Sections as the revision stores them, with their labels in both languages."""
    sections = list(sections)
    labels: dict[str, list[str]] = {}
    for language in ("ko", "en"):
        with override(language):
            labels[language] = [str(section.label) for section in sections]
    return [
        {"key": section.key, "label_ko": ko, "label_en": en, "value": section.value}
        for section, ko, en in zip(sections, labels["ko"], labels["en"], strict=True)
    ]


def files_of(files: Iterable[Any]) -> list[dict[str, Any]]:
    """Files (RevisionFile rows or Attachment rows) as the frozen text names them."""
    return [
        {"slot": file.slot, "name": source.name, "size": source.size, "sha256": source.sha256}
        for file in files
        for source in [file if hasattr(file, "sha256") else file.document]
    ]


def content(*, title: str, sections: list[dict[str, Any]], files: list[dict[str, Any]]) -> dict[str, Any]:
    """What the applicant gave: the part by which two revisions are compared."""
    return {"title": title, "sections": sections, "files": files}


def frozen(submission: Any, ordinal: int, given: dict[str, Any]) -> dict[str, Any]:
    """The whole object that is hashed; ``given`` is what ``content`` returned."""
    organisation = submission.applicant_organisation_id
    applicant = f"organisation:{organisation}" if organisation else f"person:{submission.applicant_person_id}"
    return {
        "format": FORMAT,
        "number": submission.number,
        "ordinal": ordinal,
        "call": submission.lot.call.number,
        "lot": submission.lot.order,
        "applicant": applicant,
        **given,
    }


def frozen_revision(revision: Any) -> dict[str, Any]:
    """The same object again from the stored revision: its digest must be ``revision.sha256``."""
    given = content(title=revision.title, sections=revision.sections, files=files_of(revision.files.all()))
    return frozen(revision.submission, revision.ordinal, given)


def _ask_plain(value: Any) -> None:
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("Keys of frozen content are text.")
        for item in value.values():
            _ask_plain(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _ask_plain(item)
    elif isinstance(value, float) or not isinstance(value, (str, int, type(None))):
        raise TypeError(f"Frozen content is plain JSON without fractions, not {type(value).__name__}.")
