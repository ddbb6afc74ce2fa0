"""Which pictures are taken: each a place reached as a person reaches it, and what the person does there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import acts


@dataclass(frozen=True)
class Picture:
    """Where it is taken, as whom, how wide. `links` are CSS selectors, the first match of each is followed."""

    name: str
    path: str
    links: tuple[str, ...] = ()
    person: str = ""
    width: int = 1280
    height: int = 900
    both: bool = False
    act: Callable[[Any], None] | None = None


# The round of the sample whose panel was drawn: in its title, in either language.
SPECIAL = "생활안전|everyday safety"
OWN_TASK = "main a[href*='/challenges/']:has-text('사각지대')"
PUBLISHED = (
    "/admin/evaluation/round/?state__exact=published",
    (f"#result_list tr:has(td:text-matches('{SPECIAL}')) th a",),
)

TAKEN = (
    Picture("home", "/"),
    Picture(
        "challenge",
        "/challenges/?state=decided",
        ("#results article:has-text('혁신제품 지정') h2 a",),
        height=1500,
    ),
    Picture(
        "round",
        "/admin/evaluation/round/?state__exact=scoring",
        ("#result_list tbody th a",),
        person="rounds@innomarket.example",
        both=True,
    ),
    Picture(
        "sheet",
        "/evaluation/",
        (
            "main a[href*='/evaluation/T']:not([href$='/seat/'])",
            "main table tr:nth-child(8) a[href*='/evaluation/']",
        ),
        person="evaluator1@innomarket.example",
        both=True,
    ),
    Picture(
        "moderate",
        "/admin/evaluation/round/?state__exact=scoring",
        ("#result_list tbody th a", "main a[href*='/moderate/']"),
        person="rounds@innomarket.example",
        height=1100,
        both=True,
    ),
    Picture(
        "phone",
        "/workspace/",
        ("main a[href*='/submissions/']", "main a[href*='/files/proposal/']"),
        person="company@innomarket.example",
        width=390,
        height=844,
    ),
    Picture("calendar", "/calls/calendar/", both=True),
    Picture("ocds", "/ocds/?of=T20PD00000001", height=1500, both=True),
    Picture(
        "upload",
        "/workspace/",
        ("main a.button[href*='/submissions/']", "main a[href*='/files/evidence/']"),
        person="company@innomarket.example",
        both=True,
        act=acts.files_on_their_way,
    ),
    Picture(
        "outage",
        "/admin/submissions/outageproposal/?state__exact=proposed",
        ("#result_list tbody th a",),
        person="rounds@innomarket.example",
        both=True,
        height=1100,
    ),
    Picture(
        "draft",
        "/workspace/",
        ("main a.button[href*='/submissions/']", "main a[href*='/edit/solution/']"),
        person="company@innomarket.example",
        both=True,
        act=acts.typed_by_nobody_yet,
    ),
    Picture(
        "both",
        "/workspace/",
        ("main a.button[href*='/submissions/']", "main a[href*='/edit/product/']"),
        person="company@innomarket.example",
        height=1300,
        both=True,
        act=acts.typed_in_two_windows,
    ),
    Picture(
        "supplement",
        "/workspace/",
        ("main a[href*='/supplements/']",),
        person="institution@innomarket.example",
        both=True,
        height=1100,
    ),
    Picture(
        "receipt",
        "/workspace/",
        ("main a[href*='/supplements/']", "main a[href*='/receipt/']"),
        person="institution@innomarket.example",
        both=True,
        height=1300,
    ),
    Picture(
        "compare",
        "/workspace/",
        ("main a[href*='/supplements/']", "main a[href*='/receipt/']", "main a[href*='/compare/']"),
        person="institution@innomarket.example",
        both=True,
        height=1100,
    ),
    Picture(
        "verify",
        "/workspace/",
        ("main a[href*='/supplements/']", "main a[href*='/receipt/']", "main a[href*='/verify/']"),
        person="institution@innomarket.example",
        both=True,
    ),
    Picture(
        "opening",
        "/admin/submissions/call/?q=제6차",
        ("#result_list tbody th a", "main a[href$='/open/']"),
        person="rounds2@innomarket.example",
        both=True,
        height=1100,
    ),
    Picture(
        "need",
        "/admin/submissions/breakglass/?state__exact=asked",
        ("#result_list tbody th a", "main a[href*='/grant/']"),
        person="rounds2@innomarket.example",
        both=True,
        height=1250,
    ),
    Picture(
        "listing",
        "/catalog/mine/",
        ("main tbody th a",),
        person="company@innomarket.example",
        both=True,
        act=acts.listing_written,
    ),
    Picture(
        "listing-sent",
        "/catalog/mine/",
        ("main tbody th a",),
        person="company@innomarket.example",
        both=True,
        act=acts.listing_sent,
    ),
    Picture(
        "listing-decide",
        "/admin/catalog/listingchange/?state__exact=proposed",
        ("#result_list tbody th a", "main a[href$='/take/']"),
        person="catalogue@innomarket.example",
        both=True,
    ),
    Picture(
        "blind",
        "/evaluation/",
        (
            "main a[href*='/evaluation/T']:text-matches('블라인드|Blind')",
            "main table a[href$='/3/']",
        ),
        person="evaluator1@innomarket.example",
        both=True,
        act=acts.scrolled_to_the_page,
        height=1100,
    ),
    Picture("pool", "/evaluation/profile/", person="evaluator1@innomarket.example", both=True),
    Picture(
        "remind",
        "/admin/evaluation/round/?state__exact=scoring",
        ("#result_list tbody th a", "main a[href*='/remind/']"),
        person="rounds@innomarket.example",
        height=700,
        both=True,
    ),
    Picture(
        "anew",
        "/admin/evaluation/round/?purpose__exact=anew",
        ("#result_list tbody th a",),
        person="rounds@innomarket.example",
        both=True,
        height=1100,
    ),
    Picture(
        "agenda",
        "/meetings/",
        ("main .rows li:nth-child(2) a",),
        person="member1@innomarket.example",
        both=True,
    ),
    Picture(
        "motion",
        "/meetings/",
        ("main .rows li:nth-child(2) a", "main a[href$='/1/']"),
        person="member1@innomarket.example",
        height=1100,
        both=True,
    ),
    Picture(
        "correction",
        "/admin/catalog/product/",
        ("#result_list tbody th a",),
        person="catalogue@innomarket.example",
        both=True,
        act=acts.corrected,
        height=1100,
    ),
    Picture("categories", "/admin/catalog/category/", person="catalogue@innomarket.example", both=True),
    Picture(
        "profile",
        "/admin/catalog/profileattribute/",
        ("#result_list tbody th a", "main a[href$='/change-value/']"),
        person="catalogue@innomarket.example",
        both=True,
        height=1000,
    ),
    Picture("search", "/catalog/?q=dkrcnl", both=True, act=acts.with_its_pictures, height=1100),
    Picture(
        "facets", "/catalog/?category=environment-water", both=True, act=acts.with_its_pictures, height=1100
    ),
    Picture("side-by-side", "/catalog/?category=safety", both=True, act=acts.put_side_by_side, height=1100),
    Picture("find", "/find/?q=경로당 공기가 나쁜데 겨울에는 창을 열 수 없어요", both=True, height=1100),
    Picture("ideas", "/ideas/", both=True, height=1100),
    Picture(
        "tokens",
        "/workspace/",
        ("a[href*='/organisations/']:not([href$='/organisations/'])", "main a[href$='/tokens/']"),
        person="company@innomarket.example",
        both=True,
        act=acts.token_made,
        height=1000,
    ),
    Picture("api", "/api/v1/docs/", both=True, act=acts.described, height=1100),
    Picture(
        "draws", "/draws/", (f"main a[href*='/draws/']:text-matches('{SPECIAL}')",), both=True, height=1300
    ),
    Picture(
        "published",
        "/rounds/",
        (f"main tr:has(td:text-matches('{SPECIAL}')) a",),
        both=True,
        height=1850,
    ),
    Picture(
        "pledge",
        "/evaluation/",
        ("main a[href$='/seat/']",),
        person="evaluator1@innomarket.example",
        both=True,
    ),
    Picture(
        "decline",
        "/evaluation/",
        ("main a[href$='/seat/']", "main a[href$='/decline/']"),
        person="evaluator1@innomarket.example",
        both=True,
    ),
    Picture(
        "result",
        "/workspace/",
        (OWN_TASK,),
        person="institution@innomarket.example",
        both=True,
        height=1400,
        act=acts.scrolled_to_the_result,
    ),
    Picture(
        "objection",
        "/workspace/",
        (OWN_TASK, "main a[href*='/objections/']"),
        person="institution@innomarket.example",
        both=True,
    ),
    Picture(
        "objected",
        "/admin/evaluation/objection/?state__exact=filed",
        ("#result_list tbody th a", "main a[href$='/answer/']"),
        person="rounds3@innomarket.example",
        both=True,
        height=1100,
    ),
    Picture("console", *PUBLISHED, person="rounds@innomarket.example", both=True, height=1400),
    Picture(
        "conflicts",
        *PUBLISHED,
        person="rounds@innomarket.example",
        both=True,
        height=1000,
        act=acts.scrolled_to_the_conflicts,
    ),
    Picture(
        "console-phone",
        *PUBLISHED,
        person="rounds@innomarket.example",
        width=390,
        height=844,
        both=True,
        act=acts.scrolled_to_the_sheets,
    ),
    Picture(
        "several",
        "/admin/evaluation/round/?state__exact=scoring",
        ("#result_list tbody th a", "main a[href*='/return-several/']"),
        person="rounds@innomarket.example",
        both=True,
    ),
)
