"""Tags and filters of the look: `{% load innomarket %}`. docs/developers/look.md shows each."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, translate_url
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, override

from innomarket.common import formats, personal, rendering
from innomarket.common.icons import icon as svg_icon

register = template.Library()

DEFAULT_LANGUAGE = "ko"


def _language() -> str:
    return (get_language() or DEFAULT_LANGUAGE)[:2]


# ── instants ──


def _time(value: date | datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', formats.iso(value), text)


@register.filter
def kst(value: date | datetime | None) -> SafeString | str:
    """2026년 11월 24일(화) 13:00 KST, as a <time> element; empty for None."""
    return _time(value, formats.kst(value, _language())) if value else ""


@register.filter
def kst_date(value: date | datetime | None) -> SafeString | str:
    """2026년 11월 24일(화), as a <time> element; empty for None."""
    return _time(value, formats.kst_date(value, _language())) if value else ""


@register.filter
def kst_time(value: datetime | None) -> SafeString | str:
    """13:00 KST, as a <time> element; empty for None."""
    return _time(value, formats.kst_time(value)) if value else ""


@register.filter
def iso(value: date | datetime | None) -> str:
    """The value for an own <time datetime>."""
    return formats.iso(value) if value else ""


@register.inclusion_tag("components/countdown.html")
def countdown(
    instant: datetime | None,
    now: datetime,
    big: bool = False,
    label: str = "",
    css: str = "",
    said: str = "",
) -> dict[str, Any]:
    """The time left until `instant` by the server's `now`, with the deadline itself, or as it is ``said``.

    The last hour changes colour and says so politely to screen readers; a past one says "closed".
    """
    if instant is None:
        return {}
    left = formats.time_left(instant, now, _language())
    return {
        "instant": instant,
        "now": now,
        "left": left,
        "big": big,
        "label": label,
        "css": css,
        "said": said,
    }


@register.simple_tag
def time_left(instant: datetime, now: datetime) -> str:
    """Only the words: "22시간 57분" (empty when over), for a button on a phone."""
    return formats.time_left(instant, now, _language()).text


# ── change lists ──


@register.simple_tag
def labelled(headers: list[dict[str, Any]], cells: list[SafeString]) -> list[SafeString]:
    """The cells of a row of an admin list, each with the heading of its column: on a phone a row is a card."""
    texts = [capfirst(str(header["text"])) for header in headers]
    return [
        format_html('<td data-label="{}"{}', texts[n], mark_safe(cell[3:]))  # noqa: S308 — the admin's own cell
        if n < len(texts) and cell.startswith("<td")
        else cell
        for n, cell in enumerate(cells)
    ]


# ── money, sizes ──


@register.filter
def won(amount: int | None) -> str:
    """3,300,000,000원 / KRW 3,300,000,000; empty for None."""
    return "" if amount is None else formats.won(int(amount), _language())


@register.filter
def eok(amount: int | None) -> str:
    """33억 원 / KRW 3.3 billion, exact; empty for None."""
    return "" if amount is None else formats.eok(int(amount), _language())


@register.filter
def won_eok(amount: int | None) -> SafeString | str:
    """3,300,000,000원 with (33억 원) beside it where that is short."""
    if amount is None:
        return ""
    full = format_html('<span class="figures nowrap">{}</span>', won(amount))
    if not formats.eok_is_short(int(amount)):
        return full
    return format_html('{} <span class="subtle small nowrap">({})</span>', full, eok(amount))


@register.filter
def filesize(size: int | None) -> str:
    """2.1MB; empty for None."""
    return "" if size is None else formats.filesize(int(size))


@register.filter
def short_hash(digest: str | bytes | None) -> str:
    """9f2c…41ab of a hexadecimal hash or of its bytes."""
    text = hexadecimal(digest)
    return f"{text[:4]}…{text[-4:]}" if len(text) > 12 else text


# ── language ──


@register.filter
def lang(obj: Any, name: str) -> Any:
    """`obj|lang:"title"` is title_ko or title_en by the language of the page.

    Where the language of the page is missing the other one is given, marked with its `lang`.
    """
    wanted = _language() if _language() in ("ko", "en") else DEFAULT_LANGUAGE
    text = getattr(obj, f"{name}_{wanted}", "")
    if text:
        return text
    other = "en" if wanted == "ko" else "ko"
    text = getattr(obj, f"{name}_{other}", "")
    return format_html('<span lang="{}">{}</span>', other, text) if text else ""


@register.filter
def person_text(text: str | None, language: str = "ko") -> SafeString | str:
    """What a person wrote, marked with the language it was written in (kept in one language)."""
    if not text:
        return ""
    if (language or DEFAULT_LANGUAGE) == _language():
        return text
    return format_html('<span lang="{}">{}</span>', language or DEFAULT_LANGUAGE, text)


HANGUL = re.compile(r"\(?[ㄱ-ㆎ가-힣](?:[^A-Za-z“”]*[ㄱ-ㆎ가-힣])?\)?")


@register.filter
def marked(text: Any) -> Any:
    """Text that may hold people's Korean words (a title, a name) on a page in another language: each run marked.

    What holds elements already is left as it is.
    """
    if _language() == "ko" or not text:
        return text
    words = conditional_escape(text)
    if isinstance(text, SafeString) and "<" in words:
        return text
    return mark_safe(HANGUL.sub(r'<span lang="ko">\g<0></span>', words))  # noqa: S308 — escaped above


@register.filter
def localised_url(path: str | None, language: str = "") -> str:
    """An address of this site, stored as its Korean path, in the page's (or the given) language."""
    if not path:
        return ""
    target = language or _language()
    source = next(
        (code for code in ("en",) if path == f"/{code}" or path.startswith(f"/{code}/")), DEFAULT_LANGUAGE
    )
    if source == target:
        return path
    with override(source):
        return translate_url(path, target)


@register.simple_tag(takes_context=True)
def other_language(context: template.Context) -> dict[str, str]:
    """{code, name, url} of this page in the other language; the home page where this one has none."""
    code, name = ("en", "English") if _language() == "ko" else ("ko", "한국어")
    request = context.get("request")
    path = request.get_full_path() if request else "/"
    try:
        resolve(request.path_info if request else "/")
    except Resolver404:
        return {"code": code, "name": name, "url": "/en/" if code == "en" else "/"}
    return {"code": code, "name": name, "url": translate_url(path, code)}


# ── small marks ──


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An inline SVG icon; names in innomarket/common/icons.py."""
    return svg_icon(name, css)


@register.simple_tag
def state_tag(label: Any, tone: str = "neutral") -> SafeString:
    """A state as a word and a colour: tone is success, warning, danger, information, primary or neutral."""
    return format_html('<span class="state tone-{}">{}</span>', tone or "neutral", label)


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(*parts: Any) -> dict[str, Any]:
    """`{% breadcrumb text url text url … text %}`: Home comes first by itself, the last is this page."""
    items = [
        {"text": parts[i], "url": parts[i + 1] if i + 1 < len(parts) else ""} for i in range(0, len(parts), 2)
    ]
    return {"items": items}


@register.inclusion_tag("components/numbered_pages.html", takes_context=True)
def numbered_pages(context: template.Context, page: Page, name: str, anchor: str = "") -> dict[str, Any]:
    """The steps to the pages before and after one of a Paginator, kept in the address as ``name``."""

    def url(number: int) -> str:
        query = context["request"].GET.copy()
        query[name] = str(number)
        return f"?{query.urlencode()}{anchor and '#' + anchor}"

    return {
        "page": page,
        "previous_url": url(page.previous_page_number()) if page.has_previous() else "",
        "next_url": url(page.next_page_number()) if page.has_next() else "",
    }


# ── forms ──


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString | str:
    """One field: label, hint, error, input. Options: unit, hint, label, size, cards, inline, choice_hints."""
    return rendering.render_field(bound, **options)


@register.simple_tag
def form_fields(form: forms.BaseForm, *names: str) -> SafeString:
    """All fields of a form (or those named) one under the other, hidden ones first."""
    chosen = [form[name] for name in names] if names else list(form)
    hidden = [bound for bound in chosen if bound.is_hidden]
    shown = [bound for bound in chosen if not bound.is_hidden]
    parts = [rendering.render_field(bound) for bound in hidden + shown]
    return format_html_join("", "{}", ((part,) for part in parts))


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms_: forms.BaseForm | list[forms.BaseForm]) -> dict[str, Any]:
    """Everything that is wrong, on top, each line a link to its field. Empty when nothing is.

    A form with a ``heading`` is one of several on the page: its lines begin with it.
    """
    errors: list[dict[str, str]] = []
    every = [form for given in forms_ for form in (given if isinstance(given, list) else [given])]
    for form in every:
        if not form or not form.is_bound or not form.errors:
            continue
        named = getattr(form, "heading", "")
        heading = f"{named}, " if named else ""
        errors += [{"text": f"{heading}{text}", "url": ""} for text in form.non_field_errors()]
        for bound in form:
            target = "" if bound.is_hidden else rendering.target_of(bound)
            url = f"#{target}" if target else ""
            # The label goes first: seven times "fill this in" would say nothing.
            label = f"{heading}{bound.label}" if target else ""
            errors += [{"label": label, "text": str(text), "url": url} for text in bound.errors]
    had_file = any(form.files for form in every if form)  # no browser puts one back into its field
    return {"errors": errors, "count": len(errors), "had_file": had_file}


@register.filter
def yes_no(value: bool | None) -> str:
    """Yes / No / – for an answer shown back."""
    if value is None:
        return "–"
    return gettext("Yes") if value else gettext("No")


@register.filter
def hexadecimal(digest: str | bytes | None) -> str:
    """A hash as hexadecimal text, given as such or as bytes."""
    return bytes(digest).hex() if isinstance(digest, (bytes, memoryview)) else str(digest or "")


@register.filter
def file_kind(name: str | None) -> str:
    """PDF of "spec.pdf": the sign before a file's name."""
    end = str(name or "").rpartition(".")[2]
    return end.upper()[:4] if 0 < len(end) <= 5 and "." in str(name) else ""


@register.filter
def closes_soon(instant: datetime, now: datetime) -> bool:
    """Whether the deadline is near enough for a warning tone (48 hours)."""
    return formats.time_left(instant, now, _language()).css in ("is-soon", "is-last-hour")


# ── personal data ──


@register.simple_tag(takes_context=True)
def personal_notice(context: Any) -> SafeString | str:
    """What the form of this page keeps, why and how long; once a page, and nothing where it keeps nothing."""
    request = context.get("request") or getattr(context, "request", None)
    match = getattr(request, "resolver_match", None)
    purpose = personal.forms.get(match.view_name) if match else None
    if not purpose or getattr(request, "personal_notice_is_shown", False):
        return ""
    notice = personal.notice_for(purpose)
    if notice is None:
        return ""
    request.personal_notice_is_shown = True  # type: ignore[union-attr]
    return mark_safe(render_to_string("components/personal_notice.html", {"notice": notice}))  # noqa: S308 — our own template
