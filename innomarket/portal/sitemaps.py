"""Every public page for search engines, in both languages; and where they need not look.

Of an object there is one page a language: a list of pairs that is as long as the objects are, read page by page.
"""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.core.paginator import InvalidPage
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import conditional_page

from catalog.models import PublicListing
from challenges.models import Challenge, Idea
from designation.models import Designation
from innomarket.accounts.models import Organisation
from innomarket.common.conditional import KEEP
from innomarket.common.shared import share
from innomarket.evaluation.models import Round
from innomarket.evaluation.states import RoundState
from pilots.models import Pilot

from . import reads

LANGUAGES = [code for code, _name in settings.LANGUAGES]
A_PAGE = 5_000
"""Objects: ten thousand addresses with their alternates, some four megabytes; the protocol allows 50,000 and 50."""

# What is for one person or for staff, what begins something, and what is a search: pages begin with one of these in
# each language.
NOT_FOR_ROBOTS = (
    *("admin", "accounts", "workspace", "inbox", "display", "find", "people", "invitations", "mailbox"),
    *("submissions", "supplements", "proposals", "evaluation", "objections", "meetings", "calls/*/apply"),
    *(
        "organisations/apply",
        "organisations/*/again",
        "organisations/*/members",
        "organisations/*/invitations",
    ),
    *("organisations/*/tokens", "catalog/mine", "catalog/bulk", "catalog/searches", "catalog/compare"),
    *("catalog/suggest", "catalog/*/preview", "catalog/*/change", "catalog/*/pictures"),
    *("pilots/*/inspection", "pilots/*/measures", "pilots/*/use", "pilots/*/verdict"),
)
NOT_PAGES = ("api/", "i18n/")

Row = tuple[str, datetime | date | None]


class InLanguages:
    """``(row, language)`` for each row and language, as long a sequence as it is; a slice is one query."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return self.rows.count() * len(LANGUAGES)

    def __getitem__(self, part: slice) -> list[tuple[Row, str]]:
        """Whole objects: a page is a multiple of the languages."""
        rows = self.rows[part.start // len(LANGUAGES) : -(-part.stop // len(LANGUAGES))]
        return [(row, language) for row in rows for language in LANGUAGES]


class Section(Sitemap):
    """Pages of one kind. ``rows`` are (key, last change or None) in an order that stays."""

    i18n, alternates, x_default = True, True, True
    limit = A_PAGE * len(LANGUAGES)
    page = ""

    def rows(self) -> QuerySet[Any]:
        raise NotImplementedError

    def _items(self) -> InLanguages:
        return InLanguages(self.rows())

    def location(self, row: Row) -> str:
        return reverse(self.page, args=[row[0]])

    def lastmod(self, row: Row) -> datetime | date | None:
        return row[1]

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.PUBLIC_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.PUBLIC_URL).netloc


class Pages(Section):
    """What stands alone: home, lists, help."""

    names = (
        *("portal:home", "portal:help", "portal:accessibility", "portal:open_data", "portal:ocds"),
        *("submissions:call_list", "submissions:calendar", "challenges:list", "challenges:ideas"),
        *(
            "designation:list",
            "catalog:list",
            "catalog:files",
            "pilots:list",
            "evaluation:published_list",
            "evaluation:draws",
        ),
        *("accounts:organisation_list", "submissions:verify", "privacy:notices"),
    )

    def _items(self) -> Any:
        return [((name, None), language) for name in self.names for language in LANGUAGES]

    def location(self, row: Row) -> str:
        return reverse(row[0])


class Calls(Section):
    page = "submissions:call"

    def rows(self) -> QuerySet[Any]:
        return reads.announced_calls().order_by("pk").values_list("number", "changed")


class Tasks(Section):
    page = "challenges:detail"

    def rows(self) -> QuerySet[Any]:
        return Challenge.objects.public().order_by("pk").values_list("submission__number", "published_at")


class Ideas(Section):
    page = "challenges:idea"

    def rows(self) -> QuerySet[Any]:
        return Idea.objects.public().order_by("pk").values_list("submission__number", "published_at")


class Designations(Section):
    page = "designation:detail"

    def rows(self) -> QuerySet[Any]:
        visible = Designation.objects.visible_to(AnonymousUser())
        latest = Coalesce(Max("wanted_motions__motions__decision__decided_at"), F("designated_at"))
        return visible.order_by("pk").annotate(changed=latest).values_list("number", "changed")


class Products(Section):
    page = "catalog:product"

    def rows(self) -> QuerySet[Any]:
        return PublicListing.objects.standing().order_by("pk").values_list("number", "changed_at")


class Pilots(Section):
    page = "pilots:pilot"

    def rows(self) -> QuerySet[Any]:
        visible = Pilot.objects.visible_to(AnonymousUser())
        news = Max("story__milestones__at", filter=Q(story__milestones__public=True))
        changed = Coalesce(news, F("matched_at"))
        return visible.order_by("pk").annotate(changed=changed).values_list("number", "changed")


class Rounds(Section):
    page = "evaluation:published"

    def rows(self) -> QuerySet[Any]:
        found = Round.objects.filter(state=RoundState.PUBLISHED, result_file__isnull=False)
        return found.order_by("pk").values_list("number", "published_at")


class Organisations(Section):
    page = "accounts:organisation"

    def rows(self) -> QuerySet[Any]:
        return Organisation.objects.visible_to(AnonymousUser()).order_by("pk").values_list("pk", "decided_at")


SECTIONS: dict[str, type[Section]] = {
    "pages": Pages,
    "calls": Calls,
    "tasks": Tasks,
    "ideas": Ideas,
    "designations": Designations,
    "products": Products,
    "pilots": Pilots,
    "rounds": Rounds,
    "organisations": Organisations,
}


@conditional_page
def index(request: HttpRequest) -> HttpResponse:
    """The sitemap of the sitemaps: each page of each section that has one."""
    found = []
    for name, section in SECTIONS.items():
        paginator = section().paginator
        address = settings.PUBLIC_URL + reverse("machines:sitemap", args=[name])
        pages = range(1, paginator.num_pages + 1) if paginator.count else ()
        found += [{"location": address if page == 1 else f"{address}?p={page}"} for page in pages]
    return _answer(render_to_string("sitemap_index.xml", {"sitemaps": found}))


@conditional_page
def section(request: HttpRequest, section: str) -> HttpResponse:
    """A page of a section. 404 for a page that it does not have."""
    if section not in SECTIONS:
        raise Http404
    try:
        urls = SECTIONS[section]().get_urls(page=request.GET.get("p", "1"))
    except InvalidPage as error:
        raise Http404 from error
    return _answer(render_to_string("sitemap.xml", {"urlset": urls}))


@conditional_page
def robots(request: HttpRequest) -> HttpResponse:
    """Where programs that wander need not go, and where the sitemap is."""
    prefixes = ["/" if code == settings.LANGUAGE_CODE else f"/{code}/" for code in LANGUAGES]
    lines = ["User-agent: *"]
    lines += [f"Disallow: {prefix}{path}" for path in NOT_FOR_ROBOTS for prefix in prefixes]
    lines += [f"Disallow: /{path}" for path in NOT_PAGES]
    lines += ["", f"Sitemap: {settings.PUBLIC_URL}{reverse('machines:sitemap_index')}", ""]
    return _answer("\n".join(lines), "text/plain; charset=utf-8")


def _answer(text: str, content_type: str = "application/xml; charset=utf-8") -> HttpResponse:
    response = share(HttpResponse(text, content_type=content_type))
    response["Cache-Control"] = KEEP
    return response
