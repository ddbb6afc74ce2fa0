"""What pages show of the search for the applicant in an anonymous copy."""

from typing import Any

from django.utils.translation import gettext as _

from innomarket.documents.pages import PROBLEMS

from .identity import PAGE, WHAT, WHERE
from .models import IdentitySearch

PAGES_NAMED = 20


def shown(search: IdentitySearch) -> dict[str, Any]:
    """For ``submissions/_identity.html``: state, and the findings as (what, where, words), page by page."""
    return {
        "name": search.document.name,
        "waiting": search.state == IdentitySearch.State.WAITING,
        "failed": PROBLEMS.get(search.problem, PROBLEMS["damaged"]) if search.problem else "",
        "clear": search.is_clear,
        "pages": search.pages,
        "searched_at": search.searched_at,
        "looked_at": search.looked_at,
        "rows": [_row(one) for one in search.findings],
        "unread": _numbers(search.unread_pages),
        "unread_count": len(search.unread_pages),
    }


def places(search: IdentitySearch) -> str:
    """Where something was found, without the words themselves: for a request that is stored plain."""
    found = {(one["where"], one["page"]): one["what"] for one in search.findings}
    lines = sorted({f"{_place(where, page)}: {WHAT[what]}" for (where, page), what in found.items()})
    return " · ".join(lines[:PAGES_NAMED])


def _row(one: dict[str, Any]) -> dict[str, Any]:
    return {"what": WHAT[one["what"]], "place": _place(one["where"], one["page"]), "text": one["text"]}


def _place(where: str, page: int) -> str:
    if where == PAGE:
        return _("page %(n)s") % {"n": page}
    return _("%(where)s, page %(n)s") % {"where": WHERE[where], "n": page} if page else str(WHERE[where])


def _numbers(pages: list[int]) -> str:
    named = ", ".join(str(n) for n in pages[:PAGES_NAMED])
    return f"{named}, …" if len(pages) > PAGES_NAMED else named
