"""Atom feeds of what is new: calls, tasks, products, designations. The newest first, in the language of the address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from catalog.models import Product
from challenges.models import Challenge
from challenges.names import frozen
from designation.models import Decision, Designation
from innomarket.common.clock import KST, today
from innomarket.common.formats import kst, kst_date
from innomarket.common.xlsx import UNSEEN
from innomarket.submissions import kinds
from innomarket.submissions.states import CallState

from . import reads

MOST = 50
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
"""When a feed without entries was last updated."""


@dataclass(frozen=True)
class Entry:
    """One piece of news. ``key`` is its own for good; a summary may be in another language than the feed."""

    key: str
    title: str
    path: str
    at: datetime
    updated: datetime
    summary: str
    kind: str = ""
    summary_language: str = ""


@dataclass(frozen=True)
class Feed:
    """What it holds, the page that shows the same, and how its entries are read, in a fixed number of queries."""

    title: Any
    subtitle: Any
    page: str
    entries: Callable[[], list[Entry]]


class Writer(Atom1Feed):
    """Django's Atom, with plain summaries in their language, and an ``updated`` that is never the time of asking."""

    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=BEGINNING)

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, {**item, "description": None})
        language = {"xml:lang": item["language"]} if item["language"] else {}
        handler.addQuickElement("summary", item["description"], {"type": "text", **language})


def written(name: str) -> bytes:
    """The feed of this name in the active language, as text. Raises KeyError for a name that is none."""
    feed, language = FEEDS[name], _language()
    writer = Writer(
        title=f"{feed.title} – {_('innomarket')}",
        link=_whole(reverse(feed.page)),
        description=None,
        subtitle=str(feed.subtitle),
        language=language,
        author_name=_("innomarket"),
        author_link=_whole("/"),
        feed_url=_whole(reverse("portal:feed", args=[name])),
        feed_guid=_tag(language, name),
    )
    for entry in feed.entries():
        writer.add_item(
            title=_seen(entry.title),
            link=_whole(entry.path),
            description=_seen(entry.summary),
            pubdate=entry.at,
            updateddate=entry.updated,
            unique_id=_tag(language, name, entry.key),
            categories=[entry.kind] if entry.kind else [],
            language="" if entry.summary_language == language else entry.summary_language,
        )
    return writer.writeString("utf-8").encode()


def calls() -> list[Entry]:
    """Announced calls; an amendment makes an entry new again."""
    found = reads.announced_calls().order_by("-announced_at", "-pk")[:MOST]
    return [_call(call) for call in found]


def _call(call: Any) -> Entry:
    english = _language() == "en"
    title = call.title_en if english else call.title_ko
    until = _("Open from %(opens)s until just before %(closes)s.") % {
        "opens": kst(call.opens_at, _language()),
        "closes": kst(call.closes_at, _language()),
    }
    return Entry(
        key=call.number,
        title=_("Cancelled: %(title)s") % {"title": title} if call.state == CallState.CANCELLED else title,
        path=reverse("submissions:call", args=[call.number]),
        at=call.announced_at,
        updated=call.changed,
        summary=f"{until} {call.summary_en if english else call.summary_ko}".strip(),
        kind=str(kinds.get(call.kind).label),
    )


def tasks() -> list[Entry]:
    """Challenge tasks that became public, in the language they were written in."""
    found = (
        Challenge.objects.public()
        .select_related("submission__current", "submission__applicant_organisation")
        .order_by("-published_at", "-pk")[:MOST]
    )
    return [_task(task) for task in found]


def _task(task: Challenge) -> Entry:
    assert task.published_at is not None  # asked for
    institution = task.submission.applicant_organisation
    return Entry(
        key=task.number,
        title=frozen(task.submission).title,
        path=reverse("challenges:detail", args=[task.number]),
        at=task.published_at,
        updated=task.published_at,
        summary=task.problem,
        kind=institution.name if institution else "",
        summary_language="ko",
    )


def products() -> list[Entry]:
    """Newly listed products; a change of the listing makes an entry new again."""
    found = (
        Product.objects.visible_to(AnonymousUser()).select_related("category").order_by("-listed_at", "-pk")
    )
    return [
        Entry(
            key=product.number,
            title=_named(product, "name"),
            path=product.get_absolute_url(),
            at=product.listed_at,
            updated=product.changed_at,
            summary=product.summary,
            kind=_named(product.category, "name") if product.category else "",
            summary_language="ko",
        )
        for product in found[:MOST]
    ]


def designations() -> list[Entry]:
    """Products that were designated, and designations that ended: by their time, or by a decision before it."""
    visible = Designation.objects.visible_to(AnonymousUser()).select_related("organisation")
    ended = visible.filter(valid__endswith__lte=today()).exclude(
        pk__in=Decision.objects.filter(adopted=True, motion__wanted__isnull=False).values(
            "motion__wanted__designation"
        )
    )
    decisions = Decision.objects.filter(
        adopted=True, motion__wanted__designation__in=Designation.objects.visible_to(AnonymousUser())
    ).select_related("motion__wanted__designation__organisation")
    found = [
        *(_begun(row) for row in visible.order_by("-designated_at", "-pk")[:MOST]),
        *(_lapsed(row) for row in ended.order_by("-valid__endswith", "-pk")[:MOST]),
        *(_revoked(row) for row in decisions.order_by("-decided_at", "-pk")[:MOST]),
    ]
    return sorted(found, key=lambda entry: (entry.at, entry.key), reverse=True)[:MOST]


def _begun(row: Designation) -> Entry:
    text = _("Designated on %(day)s; valid until %(last)s.") % {
        "day": kst_date(row.designated_on, _language()),
        "last": kst_date(row.last_day, _language()),
    }
    title = _("Designated: %(product)s") % {"product": _named(row, "product_name")}
    return _news(row, "designated", title, text, row.designated_at, _("designated"))


def _lapsed(row: Designation) -> Entry:
    assert row.valid.upper is not None  # a designation always ends
    text = _("Its last day was %(last)s.") % {"last": kst_date(row.last_day, _language())}
    title = _("Designation ended: %(product)s") % {"product": _named(row, "product_name")}
    at = datetime.combine(row.valid.upper, time.min, tzinfo=KST)
    return _news(row, "ended", title, text, at, _("ended"))


def _revoked(decision: Decision) -> Entry:
    wanted = decision.motion.wanted
    assert wanted is not None  # asked for
    row = wanted.designation
    text = _("The committee ended it on %(day)s; its last day is %(last)s.") % {
        "day": kst_date(decision.decided_at, _language()),
        "last": kst_date(row.last_day, _language()),
    }
    title = _("Designation ended by a decision: %(product)s") % {"product": _named(row, "product_name")}
    return _news(row, "revoked", title, text, decision.decided_at, _("ended by a decision"))


def _news(row: Designation, what: str, title: str, text: str, at: datetime, kind: str) -> Entry:
    return Entry(
        key=f"{row.number}/{what}",
        title=title,
        path=reverse("designation:detail", args=[row.number]),
        at=at,
        updated=at,
        summary=f"{row.number} · {row.organisation.name} · {text}",
        kind=kind,
    )


FEEDS: dict[str, Feed] = {
    "calls": Feed(
        _lazy("Calls"), _lazy("Calls as they are announced and amended"), "submissions:call_list", calls
    ),
    "challenges": Feed(
        _lazy("Challenge tasks"), _lazy("Selected tasks as they become public"), "challenges:list", tasks
    ),
    "products": Feed(
        _lazy("Innovation products"),
        _lazy("Products as they are listed and changed"),
        "catalog:list",
        products,
    ),
    "designations": Feed(
        _lazy("Designations"),
        _lazy("Products as they are designated, and designations as they end"),
        "designation:list",
        designations,
    ),
}


def _language() -> str:
    return "en" if get_language() == "en" else "ko"


def _named(row: Any, name: str) -> str:
    korean, english = getattr(row, f"{name}_ko"), getattr(row, f"{name}_en")
    return (english or korean) if _language() == "en" else (korean or english)


def _whole(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def _tag(*parts: str) -> str:
    """A name for good (RFC 4151): it outlives an address that changes."""
    return f"tag:{urlsplit(settings.PUBLIC_URL).hostname},2020:{'/'.join(parts)}"


def _seen(text: str) -> str:
    """Without what XML cannot hold."""
    return UNSEEN.sub("", text)
