"""A person's idea: proposed by the engine, picked, public without a name, found by everybody."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from challenges import idea_kind
from challenges.models import Idea
from challenges.services.idea import publish_picked
from tests.accounts.factories import person, staff
from tests.challenges import factories as make
from tests.submissions import factories as engine

pytestmark = pytest.mark.django_db
ANSWERS = engine.ANSWERS["idea"]["idea"]


def draft_of(author):
    return engine.submission(call=engine.open_call("idea"), by=author, complete=False)


def test_begin_makes_an_empty_idea_of_a_person_and_says_what_is_missing():
    author = person()
    draft = draft_of(author)
    assert (draft.number[3:5], draft.applicant_person, draft.applicant_organisation) == ("ID", author, None)
    assert [missing.field for missing in idea_kind.checklist(draft)] == ["title", "problem", "wish"]
    assert idea_kind.freeze(draft).title == ""


def test_submitted_idea_is_frozen_in_the_order_of_the_form_and_lies_sealed():
    idea = make.submitted_idea()
    assert [(part["key"], part["value"]) for part in idea.current.sections] == [
        (key, ANSWERS[key]) for key in ("problem", "wish", "place")
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT title, problem, wish, place FROM challenges_idea")
        assert all(text.startswith("sealed:1:") for text in cursor.fetchone())


def test_page_of_an_idea_that_is_not_public_is_its_authors_alone(client):
    author = person()
    idea = make.submitted_idea(by=author)
    address = f"/ideas/{idea.number}/"
    for somebody in (None, person(), staff("run_rounds")):
        client.logout()
        if somebody:
            client.force_login(somebody, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(address).status_code in (404, 302)
    client.force_login(author, backend="django.contrib.auth.backends.ModelBackend")
    text = client.get(address).content.decode()
    assert ANSWERS["wish"] in text and f"/submissions/{idea.number}/check/" in text
    assert idea.number in client.get("/ideas/").content.decode()


def test_picked_idea_is_public_without_its_author(client):
    author = person(name="김아무개")
    idea = make.published_idea(by=author)
    for address in ("/ideas/", f"/ideas/{idea.number}/", f"/en/ideas/{idea.number}/"):
        text = client.get(address).content.decode()
        assert ANSWERS["title"] in text and author.name not in text and author.email not in text
    # The frozen file says by a number who applied: it stays closed.
    assert client.get(f"/submissions/{idea.number}/0/frozen.json").status_code == 404
    kinds = [milestone.kind for milestone in idea.submission.story.milestones.order_by("at")]
    assert kinds == ["idea_received", "idea_picked"]


def test_picking_again_changes_nothing_and_other_rounds_are_left_alone(capsys):
    submission, left = make.submitted_idea(), make.submitted_idea()
    for one, outcome in ((submission, "selected"), (left, "not_selected")):
        engine.open_up(one.lot.call)
        make.published_round(one, outcome=outcome)
    call_command("reconcile_challenges")
    assert "0 challenge tasks and 1 ideas" in capsys.readouterr().out
    (idea,) = Idea.objects.public()
    assert idea.pk == submission.pk
    assert publish_picked(round=submission.lot.rounds.get()) == []
    assert Idea.objects.public().get().published_at == idea.published_at


def test_round_of_tasks_publishes_no_idea():
    task = make.submitted_task()
    engine.open_up(task.lot.call)
    assert publish_picked(round=make.published_round(task)) == []


def test_list_finds_by_words_and_offers_the_open_call(client):
    idea = make.published_idea()
    call = engine.open_call("idea")
    page = client.get("/ideas/")
    assert page.context["call"] == call and f"/calls/{call.number}/apply/" in page.content.decode()
    assert [row["number"] for row in client.get("/ideas/?q=정류장 버스").context["items"]] == [idea.number]
    assert client.get("/ideas/?q=우주선").context["items"] == []
    assert len(client.get(f"/ideas/?q={idea.number}").context["items"]) == 1


def test_list_asks_as_much_for_many_as_for_one(client):
    author, counts = person(), []
    for _turn in range(2):
        for _ in range(2):
            make.published_idea(by=author)
            make.submitted_idea(by=author)
        client.force_login(author, backend="django.contrib.auth.backends.ModelBackend")
        client.get("/ideas/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/ideas/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_author_may_change_until_the_closing(client):
    author = person()
    idea = make.submitted_idea(by=author)
    client.force_login(author, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/ideas/{idea.number}/")
    assert page.context["can_edit"] and page.context["can_withdraw"]
