"""Two contents side by side: nothing is lost between them, and only their owners see them."""

import pytest
from django.urls import reverse
from django.utils.translation import activate
from hypothesis import given
from hypothesis import strategies as st

from innomarket.submissions.comparing import MOST_TOKENS, compare, word_pieces
from innomarket.submissions.services import submission as submissions
from tests.accounts import factories as accounts
from tests.support.staff import sign_in

from . import factories

WRITTEN = st.text(alphabet="가나다라 ab1,.\n", max_size=60)


@given(WRITTEN, WRITTEN)
def test_pieces_hold_both_texts_whole(before, after):
    pieces = word_pieces(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after


def test_pieces_mark_a_korean_ending_alone():
    kinds = [(piece.kind, piece.text) for piece in word_pieces("물을 막는다", "물을 막지 않는다")]
    assert ("same", "물을 막") in kinds and all("물" not in text for kind, text in kinds if kind != "same")


def test_pieces_of_very_long_texts_are_whole():
    long = "가" * MOST_TOKENS
    assert [piece.kind for piece in word_pieces(long, long[:-1])] == ["removed", "added"]


def section(key, value):
    return {"key": key, "label_ko": key, "label_en": key, "value": value}


def test_compare_names_each_answer_and_each_file():
    file = {"slot": "paper", "name": "a.pdf", "size": 1, "sha256": "1" * 64}
    before = {
        "title": "",
        "sections": [section("a", "x"), section("b", 1), section("gone", "x"), section("empty", "")],
        "files": [file, file | {"sha256": "2" * 64}],
    }
    after = {
        "title": "",
        "sections": [section("a", "x"), section("b", 2), section("new", "y"), section("empty", "z")],
        "files": [file | {"name": "b.pdf"}, file | {"sha256": "3" * 64}],
    }
    lines, files = compare(before, after)
    assert [(line.key, line.state) for line in lines] == [
        ("a", "same"),
        ("b", "changed"),
        ("new", "added"),
        ("empty", "added"),
        ("gone", "removed"),
    ]
    assert [one.state for one in files] == ["renamed", "added", "removed"]


# ── the page ──


@pytest.fixture
def twice(db):
    activate("en")
    done = factories.submitted()
    by = done.created_by
    submissions.save_step(submission=done, by=by, step="problem", data={"title": "관로를 살핀다"})
    submissions.attach_file(submission=done, by=by, slot="more", upload=factories.pdf("둘.pdf", b"2"))
    submissions.submit(submission=done, by=by)
    done.refresh_from_db()
    return done


def page_of(client, submission, query=""):
    return client.get(reverse("submissions:compare", args=[submission.number]) + query)


def test_page_shows_the_last_two_revisions(client, twice):
    sign_in(client, twice.created_by)
    page = page_of(client, twice)
    assert (page.context["before"]["value"], page.context["after"]["value"]) == ("0", "1")
    assert [row["line"].name for row in page.context["files"] if row["line"].state == "added"] == ["둘.pdf"]
    text = page.content.decode()
    assert "<ins>" in text and "[added:" in text


def test_page_shows_what_would_change_if_submitted_again(client, twice):
    submissions.save_step(
        submission=twice, by=twice.created_by, step="plan", data={"budget_won": 999_000_000}
    )
    sign_in(client, twice.created_by)
    page = page_of(client, twice)
    assert (page.context["before"]["value"], page.context["after"]["value"]) == ("1", "draft")
    assert [row["line"].state for row in page.context["lines"]] == ["changed"]
    check = client.get(reverse("submissions:check", args=[twice.number])).content.decode()
    assert "See what would change" in check
    assert (
        "Compare revisions"
        in client.get(reverse("submissions:receipt", args=[twice.number])).content.decode()
    )


@pytest.mark.parametrize("query", ["?from=7", "?to=x", "?from=draft&to=-1"])
def test_page_of_a_revision_that_is_none(client, twice, query):
    sign_in(client, twice.created_by)
    assert page_of(client, twice, query).status_code == 404


def test_page_of_what_was_never_submitted(client, db):
    draft = factories.submission()
    sign_in(client, draft.created_by)
    assert page_of(client, draft).status_code == 404


def test_page_is_for_the_owners_alone_after_the_opening_too(client, twice):
    factories.open_up(factories.close(twice.lot.call))
    for other in (accounts.person(), accounts.staff("run_rounds")):
        sign_in(client, other)
        assert page_of(client, twice).status_code in (302, 403, 404)


@pytest.mark.parametrize("more", [0, 2])
def test_page_asks_the_same_number_of_queries(client, twice, more, django_assert_max_num_queries):
    for number in range(more):
        submissions.save_step(
            submission=twice, by=twice.created_by, step="problem", data={"title": f"판 {number}"}
        )
        submissions.submit(submission=twice, by=twice.created_by)
    sign_in(client, twice.created_by)
    with django_assert_max_num_queries(20):
        page_of(client, twice)
