"""What is judged is drawn for the screen when the round starts, never before the recorded opening."""

import pytest
from django.urls import reverse

from innomarket.common.refusals import Refused
from innomarket.documents.models import Page, Reading
from innomarket.evaluation.services.conflict import declare_conflict
from innomarket.evaluation.services.round import start_round
from innomarket.submissions.models import Call, RevisionFile
from innomarket.submissions.services.reading import want_pages
from tests.documents.conftest import store  # noqa: F401
from tests.documents.factories import document, drawn
from tests.documents.papers import paper

from .factories import company, member, person, pledge_and_declare, prepared

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


def given(submission, name="제안서.pdf", **fields):
    """A PDF that was submitted with it."""
    found = document(submission.created_by, content=paper("Content"), **fields)
    return RevisionFile.objects.create(
        revision=submission.current,
        slot="main",
        document=found,
        name=name,
        size=found.size,
        sha256=found.sha256,
    )


def started():
    made = prepared()
    file = given(made.submissions[0])
    start_round(round=made.round, by=made.staff)
    pledge_and_declare(made.again().round, made.evaluators[0])
    return made, file


def urls(file, *, page=1):
    args = [file.revision.submission.number, file.revision.ordinal, file.pk]
    read = reverse("submissions:read", args=args)
    return read, *(reverse(f"submissions:page_{kind}", args=[*args, page]) for kind in ("image", "text"))


def test_starting_a_round_wants_the_pages_of_every_entry():
    _made, file = started()
    assert [reading.document for reading in Reading.objects.all()] == [file.document]


def test_nothing_is_drawn_before_the_recorded_opening(client):
    made = prepared()
    file = given(made.submissions[0])
    Call.objects.filter(pk=made.lot.call_id).update(opened_at=None, opened_by=None)
    with pytest.raises(Refused, match=r"opened|개봉"):
        want_pages(revisions=[made.submissions[0].current])
    assert not Reading.objects.exists()
    client.force_login(made.submissions[0].created_by)  # the applicant reads its own, by downloading
    assert client.get(urls(file)[0]).status_code == 409
    drawn(file.document)  # even where pages lie there
    assert [client.get(url).status_code for url in urls(file)[1:]] == [404, 404]


def test_assigned_evaluator_reads_pages_that_no_cache_keeps(client):
    made, file = started()
    drawn(file.document, "<b>근거</b>")
    client.force_login(made.evaluators[0])
    read, image, text = (client.get(url) for url in urls(file))
    assert "&lt;b&gt;근거&lt;/b&gt;</text>" in read.content.decode()
    assert image["Content-Type"] == "image/webp"
    assert text.content.decode() == "<b>근거</b>"
    for response in (image, text):
        assert response["Cache-Control"] == "private, no-store"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
    assert "no-store" in read["Cache-Control"]


def test_sheet_shows_the_pages_beside_it(client, django_assert_max_num_queries):
    made, file = started()
    drawn(file.document, "Page of the entry")
    client.force_login(made.evaluators[0])
    page = client.get(reverse("evaluation:sheet", args=[made.round.number, 1])).content.decode()
    assert "Page of the entry</text>" in page
    assert urls(file)[1] in page


@pytest.mark.parametrize("who", ["second company", "not declared", "recused", "nobody"])
def test_pages_are_for_nobody_else(who, client):
    made, file = started()
    drawn(file.document)
    stranger = person()
    member(stranger, company())
    if who == "recused":
        declare_conflict(assignment=made.assignment(1, 1), by=made.evaluators[0], reason="A friend.")
    user = {
        "second company": stranger,
        "not declared": made.evaluators[1],
        "recused": made.evaluators[0],
    }.get(who)
    if user:
        client.force_login(user)
    assert {client.get(url).status_code for url in urls(file)} <= {404, 302}


def test_page_of_another_revision_s_file_is_not_found(client):
    made, file = started()
    drawn(file.document)
    client.force_login(made.evaluators[0])
    other = given(made.submissions[1])
    args = [made.submissions[0].number, 0, other.pk, 1]
    assert client.get(reverse("submissions:page_image", args=args)).status_code == 404
    assert client.get(urls(file, page=2)[1]).status_code == 404


def test_file_that_cannot_be_shown_is_offered_for_download(client):
    made, file = started()
    Reading.objects.update(state="failed", problem="damaged")
    client.force_login(made.evaluators[0])
    page = client.get("/en" + urls(file)[0]).content.decode()
    assert "cannot be shown on the screen; download it" in page
    assert f"/en/submissions/{made.submissions[0].number}/0/file/{file.pk}/" in page
    assert not Page.objects.exists()


def test_round_from_before_asks_for_its_pages_when_somebody_reads(client):
    made, file = started()
    Reading.objects.all().delete()
    client.force_login(made.evaluators[0])
    sheet = client.get(reverse("evaluation:sheet", args=[made.round.number, 1])).content.decode()
    assert urls(file)[0] in sheet
    assert client.get(urls(file)[0]).status_code == 200
    assert Reading.objects.filter(document=file.document, state="waiting").exists()
