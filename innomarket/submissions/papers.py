"""What the papers of a submission say: the draft for internal approval, the submitted revision, the receipt."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import segno
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from innomarket.common import formats, paper
from innomarket.common.numbers import ordinal
from innomarket.common.refusals import ask

from . import deadlines, freezing, kinds, permissions
from .models import Revision, Submission
from .services import filling
from .words import moment, titled, verify_url


def draft(submission: Submission, *, by: Any, at: datetime, form: str = "pdf") -> bytes:
    """The draft as it would be frozen now, marked "not submitted" on every page, with what is still missing.

    ``by`` is who prints it, ``at`` the database's clock. Raises Refused as ``paper.pdf``.
    """
    frozen = kinds.of(submission).freeze(submission)
    attachments = list(submission.attachments.kept().select_related("document").order_by("slot", "pk"))
    said = _content(
        submission, frozen.title, freezing.sections_of(frozen.sections), freezing.files_of(attachments)
    )
    mark = _("NOT SUBMITTED")
    data = said | {
        "mark": mark,
        "status": _("This is a draft. It was not submitted, and this paper is no receipt."),
        "missing": [str(line.text) for line in filling.missing(submission)],
        "sha256": None,
        "foot": _printed(by, at),
    }
    return paper.pdf("draft.typ", data, at=at, form=form)


def submitted(revision: Revision, *, by: Any, at: datetime, form: str = "pdf") -> bytes:
    """A submitted revision, from what was frozen, with the SHA-256 of the whole.

    Raises Refused as ``paper.pdf``, and once its content was deleted after the time of keeping.
    """
    ask(permissions.is_kept(revision))
    said = _content(
        revision.submission, revision.title, revision.sections, freezing.files_of(revision.files.all())
    )
    data = said | {
        "number": receipt_number(revision),
        "mark": None,
        "status": _("Submitted, revision %(ordinal)s, received %(at)s")
        % {"ordinal": ordinal(revision.ordinal), "at": _exact(revision.submitted_at)},
        "missing": [],
        "sha256": revision.sha256,
        "foot": _printed(by, at),
    }
    return paper.pdf("draft.typ", data, at=at, form=form)


def receipt(revision: Revision, *, following: Iterable[Any], form: str = "pdf") -> bytes:
    """The receipt of a revision, dated by its submission.

    ``following``: lines that say what happens next. Raises Refused as ``paper.pdf``.
    """
    submission = revision.submission
    number = receipt_number(revision)
    url = str(verify_url(number, revision.sha256))
    data = _common(submission) | {
        "title": _("Receipt %(number)s") % {"number": number},
        "number": number,
        "mark": None,
        "status": _("Receipt"),
        "foot": _("Received %(at)s") % {"at": _exact(revision.submitted_at)},
        "facts": [
            [_("Receipt number"), number],
            [_("Received at"), _exact(revision.submitted_at)],
            [_("Submitted by"), str(revision.submitted_by)],
            *_about(submission, revision.title),
        ],
        "files": _files(submission, freezing.files_of(revision.files.all())),
        "sha256": revision.sha256,
        "how": [
            _("Anyone who has this receipt can check it at the address below, or with the QR code."),
            _(
                "The SHA-256 of your own copy of a file must be the one above. The portal confirms the number, the "
                "time and the SHA-256; it shows nothing of the content and not who applied."
            ),
        ],
        "verify_url": url,
        "verify_address": url.partition("?")[0],
        "qr": _qr(url),
        "next": [str(line) for line in following],
    }
    return paper.pdf("receipt.typ", data, at=revision.submitted_at, form=form)


def receipt_number(revision: Revision) -> str:
    """The number of the submission with the ordinal of the revision, as people quote it."""
    return f"{revision.submission.number}-{ordinal(revision.ordinal)}"


def _content(
    submission: Submission, title: str, sections: list[dict[str, Any]], files: list[dict[str, Any]]
) -> dict[str, Any]:
    return _common(submission) | {
        "title": title or submission.number,
        "number": submission.number,
        "facts": _about(submission, title),
        "sections": [_section(section) for section in sections],
        "files": _files(submission, files),
    }


def _common(submission: Submission) -> dict[str, Any]:
    return {
        "language": _language(),
        "words": {
            "service": _("innomarket"),
            "no_files": _("No files."),
            "files": _("Files"),
            "answers": _("Answers"),
            "missing": _("Still missing"),
            "approval": _("Internal approval"),
            "signers": [
                pgettext("approval", "Drafted"),
                pgettext("approval", "Reviewed"),
                pgettext("approval", "Approved"),
            ],
            "whole": _("SHA-256 of the whole"),
            "verify": _("How to verify"),
            "next": _("What happens next"),
            "qr": _("QR code of the address where this receipt can be verified"),
        },
    }


def _about(submission: Submission, title: str) -> list[list[str]]:
    call = submission.lot.call
    organisation = submission.applicant_organisation
    applicant = titled(organisation, "name") if organisation else submission.applicant_person
    rows = [
        [_("Call"), f"{call.number} {titled(call, 'title')}"],
        [_("What is answered"), str(titled(submission.lot, "title"))],
        [_("Applicant"), str(applicant)],
        [_("Title"), title],
        [_("Closes"), str(moment(deadlines.closing_of(submission)))],
    ]
    return [[str(label), value] for label, value in rows if value]


def _files(submission: Submission, files: list[dict[str, Any]]) -> list[dict[str, str]]:
    labels = {slot.code: str(slot.label) for slot in kinds.of(submission).slots}
    return [
        {
            "slot": labels.get(file["slot"], file["slot"]),
            "name": file["name"],
            "size": f"{formats.filesize(file['size'])} ({file['size']:,} B)",
            "sha256": file["sha256"],
        }
        for file in files
    ]


def _section(section: dict[str, Any]) -> dict[str, Any]:
    value = section["value"]
    label = section.get(f"label_{_language()}") or section.get("label_ko", "")
    if isinstance(value, (list, tuple)) and value:
        return {"label": label, "items": [_text(item) for item in value], "lines": []}
    return {"label": label, "items": [], "lines": _text(value).splitlines()}


def _text(value: Any) -> str:
    """A frozen value in words, as the page shows it."""
    if value in (None, "", []):
        return _("not given")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dict):
        return str(value.get(_language()) or value.get("ko") or next(iter(value.values()), ""))
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(item) for item in value)
    try:
        return formats.kst_date(date.fromisoformat(value), _language()) if len(value) == 10 else value
    except ValueError:
        return value


def _printed(by: Any, at: datetime) -> str:
    return _("Printed %(at)s by %(person)s") % {"at": _exact(at), "person": by}


def _exact(instant: datetime) -> str:
    return formats.kst_exact(instant, _language())


def _qr(text: str) -> str:
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=2, scale=4)
    return drawn.getvalue().decode()


def _language() -> str:
    return "en" if (get_language() or "ko").startswith("en") else "ko"
