"""Every template of the house: it compiles, holds nothing inline, and says its words through the catalogue."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template
from django.utils import translation

FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", re.DOTALL)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(name):
    assert get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_holds_no_inline_script_or_style(name):
    source = COMMENT.sub("", (FOLDER / name).read_text())
    assert not re.search(r"<style|\sstyle=|javascript:|\son[a-z]+=\"", source)
    # A block of data is not executed: the browser asks no content policy of it.
    assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*\stype=\"application/(?:ld\+)?json\")", source)


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name != "500.html"])
def test_a_template_says_its_words_through_the_catalogue(name):
    # 500.html is shown when nothing else works, in both languages at once.
    assert not re.search(r"[가-힣]", COMMENT.sub("", (FOLDER / name).read_text()))


def draw(part: str, **context) -> str:
    with translation.override("en"):
        source = '{% include "components/' + part + '.html" %}'
        return Template(source).render(Context(context))


SCALE = [{"value": 0, "label": "none"}, {"value": 5, "label": "half"}, {"value": 10, "label": "full"}]


def test_a_score_shows_the_chosen_step_and_zero_is_a_choice():
    html = draw("score", name="c1", title="Novelty", max=10, chosen=0, scale=SCALE)
    assert re.findall(r'value="(\d+)" checked', html) == ["0"]
    assert "0 / 10" in html
    assert "checked" not in draw("score", name="c1", title="Novelty", max=10, chosen=None, scale=SCALE)


def test_a_heat_square_says_its_number_in_words_too():
    html = draw(
        "heat", label="Sheets", cells=[{"n": n, "of": 3, "url": "#", "text": f"task {n}"} for n in range(4)]
    )
    assert re.findall(r'class="(heat-\d)"', html) == ["heat-0", "heat-1", "heat-2", "heat-3"]
    assert "0<span" in html and "/ 3, task 0" in html


def test_the_only_missing_things_of_a_checklist_are_those_that_are_not_done():
    items = [
        {"text": "a", "done": True},
        {"text": "b", "done": False},
        {"text": "c", "done": False, "locked": True},
        {"text": "d"},
    ]
    html = draw("checklist", items=items)
    assert html.count("is-done") == 1 and html.count("is-missing") == 1


def test_a_receipt_lists_whole_hashes():
    digest = "9f2c" * 16
    html = draw(
        "receipt",
        number="R-1",
        at=None,
        sha256=digest,
        files=[{"name": "a.pdf", "size": 1, "sha256": digest}],
    )
    assert html.count(digest) == 2


def test_a_step_that_is_done_is_a_link_and_the_present_one_is_not():
    steps = [{"title": "One", "state": "done", "url": "/1/"}, {"title": "Two", "state": "now", "url": "/2/"}]
    html = draw("steps", steps=steps)
    assert 'href="/1/"' in html and 'href="/2/"' not in html and 'aria-current="step"' in html
