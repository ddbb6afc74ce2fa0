"""Show frozen content: ``{% load submissions %}``."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from innomarket.common import formats
from innomarket.common.templatetags.innomarket import marked
from innomarket.documents.models import Document
from innomarket.documents.reader import Reader
from innomarket.submissions import kinds
from innomarket.submissions.models import Revision
from innomarket.submissions.reading import read_url, reader_of_revision
from innomarket.submissions.words import moment

register = template.Library()


def _language() -> str:
    return "en" if (get_language() or "ko").startswith("en") else "ko"


@register.filter
def label(section: dict[str, Any]) -> str:
    """The label of a frozen section in the page's language."""
    return section.get(f"label_{_language()}") or section.get("label_ko", "")


@register.filter
def answer(value: Any) -> SafeString | str:
    """A frozen value for reading: paragraphs, figures with separators, days, lists; "–" where it is empty."""
    if value in (None, "", []):
        return format_html('<span class="subtle">{}</span>', gettext("not given"))
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, int):
        return format_html('<span class="figures">{}</span>', f"{value:,}")
    if isinstance(value, dict):
        return marked(str(value.get(_language()) or value.get("ko") or next(iter(value.values()), "")))
    if isinstance(value, (list, tuple)):
        return format_html(
            "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((answer(item),) for item in value))
        )
    day = _day(str(value))
    if day:
        return formats.kst_date(day, _language())
    # escaped here: what people write is text, never markup
    return mark_safe(linebreaks(conditional_escape(marked(str(value)))))  # noqa: S308


def _day(text: str) -> date | None:
    if len(text) != 10:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def checked(document: Document) -> dict[str, Any]:
    """What components/files.html shows of a file that is not to be had: no address, and why."""
    if document.state == Document.State.PENDING:
        return {"url": "", "state": gettext("being checked for viruses")}
    if document.state == Document.State.REFUSED:
        return {"url": "", "tone": "danger", "state": gettext("refused by the virus check")}
    return {}


@register.simple_tag
def revision_files(revision: Revision) -> list[dict[str, Any]]:
    """The files of a revision for components/files.html, with private addresses, slot by slot as in the form."""
    kind = kinds.of(revision.submission)
    labels = {slot.code: (place, slot.label) for place, slot in enumerate(kind.slots)}
    rows = revision.files.all()
    if "files" not in getattr(revision, "_prefetched_objects_cache", {}):
        rows = rows.select_related("document")
    files: Iterable[Any] = sorted(
        rows, key=lambda file: (labels.get(file.slot, (len(labels), ""))[0], file.pk)
    )
    return [
        {
            "name": file.name,
            "size": file.size,
            "sha256": file.sha256,
            "note": labels.get(file.slot, (0, ""))[1],
            "url": reverse(
                "submissions:submitted_file", args=[revision.submission.number, revision.ordinal, file.pk]
            ),
            "read_url": read_url(file, revision),
            **checked(file.document),
        }
        for file in files
    ]


@register.simple_tag(takes_context=True)
def revision_reader(context: dict[str, Any], revision: Revision) -> Reader | None:
    """The reader for documents/_reader.html: the PDF that ``?file=`` names, or the first; None where there is none."""
    request = context.get("request")
    return reader_of_revision(revision, request.GET if request else {})


@register.inclusion_tag("submissions/_call_card.html")
def call_card(item: dict[str, Any], now: Any) -> dict[str, Any]:
    """A call as a card, with the instant that matters: its opening where it is not open yet, else its closing."""
    call = item["call"]
    meta = [item["kind"], item["for_whom"]]
    if call.n_lots > 1:
        meta.append(
            ngettext("%(n)s can be answered", "%(n)s can be answered", call.n_lots) % {"n": call.n_lots}
        )
    own = item.get("own_closing")
    if own:
        personal = kinds.get(call.kind).applicant == "person"
        words = (
            gettext("Closes for you on %(when)s")
            if personal
            else gettext("Closes for your organisation on %(when)s")
        )
        meta.append(words % {"when": moment(own)})
    opens = gettext("Opens on %(when)s") % {"when": moment(call.opens_at)}
    return {
        "item": item
        | {
            "meta": [part for part in meta if part],
            "until": (own or call.closes_at) if item["open"] else None,
            "foot": "" if item["open"] else opens,
        },
        "now": now,
    }
