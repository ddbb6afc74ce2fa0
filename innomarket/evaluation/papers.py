"""The answer to an objection and a published result, as PDF (docs/decisions/0012-paper.md)."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from innomarket.common import formats, paper
from innomarket.submissions.words import moment, titled

from . import words
from .models import Objection


def answer(objection: Objection, *, form: str = "pdf") -> bytes:
    """What was objected to, what was filed, and the answer; dated by the answer, without names of staff.

    Raises Refused as ``paper.pdf``.
    """
    result = objection.result
    at, filed_at = objection.ended_at, objection.filed_at
    assert at is not None and filed_at is not None, "only what was answered has this paper"
    return paper.pdf(
        "notice.typ",
        {
            **_common(),
            "title": _("Answer to the objection %(number)s") % {"number": objection.number},
            "number": objection.number,
            "status": objection.get_outcome_display(),
            "foot": _("Answered %(at)s") % {"at": moment(at)},
            "facts": [
                *_about(result),
                [_("Filed at"), str(moment(filed_at))],
                [_("Answered at"), str(moment(at))],
                [_("Outcome"), objection.get_outcome_display()],
            ],
            "sections": [
                _section(_("The answer"), objection.answer),
                _section(_("What was filed"), objection.text),
            ],
            "tables": [],
            "files": [_file(one.document) for one in objection.files.select_related("document")],
            "with_files": True,
        },
        at=at,
        form=form,
    )


def result_notice(result: Any, *, form: str = "pdf") -> bytes:
    """A published result as its applicant reads it: score by criterion or checks, and the comments.

    ``result``: one of ``reads.results_of``. Dated by the publication. Raises Refused as ``paper.pdf``.
    """
    at = result.published_at
    facts = [
        *_about(result),
        [_("Outcome"), result.get_outcome_display()],
        [_("Score"), str(words.total(result)) if result.entry.round.pass_mark is not None else "–"],
        [_("Place"), str(words.place(result))],
        [_("Published"), str(moment(at))],
        [_("code in the published list"), result.code or "–"],
    ]
    if result.outcome_reason:
        facts.append([_("Reason"), result.outcome_reason])
    if result.superseding:
        facts.append(
            [_("superseded"), f"{moment(result.superseded_at)} ({result.superseding.entry.round.number})"]
        )
    rows = [
        [str(titled(criterion, "name")), str(mean), str(weight)] for criterion, mean, weight in result.lines
    ]
    rows += [[str(titled(check, "name")), str(fit), str(unfit)] for check, fit, unfit in result.checks_shown]
    heads = [_("Criterion"), _("Mean"), _("Weight")] if result.lines else [_("Check"), _("fit"), _("unfit")]
    return paper.pdf(
        "notice.typ",
        {
            **_common(),
            "title": _("Result of %(number)s") % {"number": result.entry.submission.number},
            "number": result.entry.submission.number,
            "status": result.get_outcome_display(),
            "foot": _("Published %(at)s") % {"at": moment(at)},
            "facts": facts,
            "tables": [{"label": _("Score by criterion"), "heads": heads, "rows": rows}] if rows else [],
            "sections": _said(result),
            "files": [],
            "with_files": False,
        },
        at=at,
        form=form,
    )


def _common() -> dict[str, Any]:
    return {
        "language": "en" if (get_language() or "").startswith("en") else "ko",
        "mark": None,
        "words": {"service": _("innomarket"), "no_files": _("No files."), "files": _("Files")},
    }


def _about(result: Any) -> list[list[str]]:
    entry = result.entry
    return [
        [_("Submission"), entry.submission.number],
        [_("Title"), entry.revision.title],
        [_("Round"), f"{entry.round.number} · {titled(entry.round.stage, 'name')}"],
    ]


def _said(result: Any) -> list[dict[str, Any]]:
    said = [_section(str(titled(question, "name")), "\n".join(texts)) for question, texts in result.said]
    if result.comments:
        said.append(_section(_("Comments of the evaluators"), "\n\n".join(result.comments)))
    return said


def _section(label: str, text: str) -> dict[str, Any]:
    return {"label": label, "lines": [line.strip() for line in text.splitlines()]}


def _file(document: Any) -> dict[str, str]:
    return {
        "slot": _("File"),
        "name": document.name,
        "size": f"{formats.filesize(document.size)} ({document.size:,} B)",
        "sha256": document.sha256,
    }
