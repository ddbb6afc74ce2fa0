import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from innomarket.common import icons
from innomarket.settings.environment import BASE_DIR

NOW = datetime(2026, 11, 23, 5, 3, tzinfo=UTC)


def draw(source: str, language: str = "ko", **context) -> str:
    with translation.override(language):
        return Template("{% load innomarket %}" + source).render(Context({"now": NOW, **context}))


def test_kst_is_a_time_element_in_the_language_of_the_page():
    assert draw("{{ at|kst }}", at=NOW) == (
        '<time datetime="2026-11-23T14:03:00+09:00">2026년 11월 23일(월) 14:03 KST</time>'
    )
    assert "Mon 23 Nov 2026, 14:03 KST" in draw("{{ at|kst }}", "en", at=NOW)
    assert draw("{{ at|kst }}", at=None) == ""


def test_won_eok_gives_both_only_where_the_short_form_is_short():
    assert "(33억 원)" in draw("{{ n|won_eok }}", n=3_300_000_000)
    assert "(" not in draw("{{ n|won_eok }}", n=123_456_789)


def test_countdown_in_the_last_hour_changes_and_says_so_politely():
    last = draw("{% countdown at now %}", "en", at=NOW + timedelta(minutes=40))
    assert "is-last-hour" in last and 'role="status"' in last and "40 min" in last
    earlier = draw("{% countdown at now %}", "en", at=NOW + timedelta(hours=3))
    assert "is-last-hour" not in earlier and 'role="status"' not in earlier


def test_countdown_at_the_closing_instant_says_closed():
    assert "Closed" in draw("{% countdown at now %}", "en", at=NOW)


def test_countdown_without_a_deadline_is_empty():
    assert draw("{% countdown at now %}", at=None).strip() == ""


def test_state_tag_escapes_its_label():
    assert "<b>" not in draw("{% state_tag label 'success' %}", label="<b>")


def test_lang_falls_back_to_the_other_language_and_marks_it():
    call = SimpleNamespace(title_ko="공모", title_en="Call", note_ko="한국어 <글>", note_en="")
    assert draw('{{ call|lang:"title" }}', "en", call=call) == "Call"
    assert draw('{{ call|lang:"title" }}', "ko", call=call) == "공모"
    assert draw('{{ call|lang:"note" }}', "en", call=call) == '<span lang="ko">한국어 &lt;글&gt;</span>'


def test_person_text_is_marked_only_where_its_language_differs():
    assert draw("{{ text|person_text:'ko' }}", "en", text="<글>") == '<span lang="ko">&lt;글&gt;</span>'
    assert draw("{{ text|person_text:'ko' }}", "ko", text="글") == "글"


@pytest.mark.parametrize(
    ("language", "path", "expected"),
    [
        ("en", "/accounts/login/", "/en/accounts/login/"),
        ("ko", "/accounts/login/", "/accounts/login/"),
        ("ko", "/en/accounts/login/", "/accounts/login/"),
        ("en", "/en/accounts/login/", "/en/accounts/login/"),
        ("en", "/healthz", "/healthz"),
        ("en", "", ""),
    ],
)
def test_localised_url_moves_between_the_languages(language, path, expected):
    assert draw("{{ path|localised_url }}", language, path=path) == expected


def test_other_language_keeps_page_and_query():
    request = RequestFactory().get("/accounts/login/?next=/x/")
    shown = draw("{% other_language as o %}{{ o.code }} {{ o.url }}", "ko", request=request)
    assert shown == "en /en/accounts/login/?next=/x/"


def test_other_language_of_an_unknown_address_is_the_home_page():
    request = RequestFactory().get("/no-such-page/")
    assert draw("{% other_language as o %}{{ o.url }}", "ko", request=request) == "/en/"


def test_breadcrumb_links_all_but_the_last():
    shown = draw('{% breadcrumb "Calls" "/calls/" "2026-4" %}', "en")
    assert '<a href="/calls/">Calls</a>' in shown
    assert '<span aria-current="page">2026-4</span>' in shown


@pytest.mark.parametrize(
    ("name", "kind"), [("a.pdf", "PDF"), ("a.tar.hwpx", "HWPX"), ("none", ""), ("", ""), (None, "")]
)
def test_file_kind(name, kind):
    assert draw("{{ name|file_kind }}", name=name) == kind


def test_hashes_are_shown_of_bytes_and_of_text():
    assert draw("{{ h|short_hash }}", h=b"\x9f\x2c" * 16) == "9f2c…9f2c"
    assert draw("{{ h|hexadecimal }}", h=memoryview(b"\x01\xff")) == "01ff"


def test_files_show_refusals_instead_of_sizes():
    shown = draw(
        '{% include "components/files.html" with files=files only %}',
        files=[{"name": "<x>.exe", "size": 12, "error": "no programs"}],
    )
    assert "no programs" in shown and "12B" not in shown and "<x>" not in shown


def test_an_unknown_icon_is_an_error():
    with pytest.raises(KeyError):
        draw('{% icon "no-such" %}')


def test_every_icon_that_a_template_names_is_there():
    named = {
        name
        for path in (BASE_DIR / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)"', path.read_text())
    }
    assert named and named <= set(icons.PATHS)
