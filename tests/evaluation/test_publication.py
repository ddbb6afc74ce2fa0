"""Publishing by two: prepared, looked at, published; what falls between; what the database refuses."""

import csv
import io
import json
import re
from pathlib import Path

import jsonschema
import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from innomarket.common import clock
from innomarket.evaluation import letters, result_file
from innomarket.evaluation.models import Publication, Result, ResultFile, Round
from innomarket.evaluation.services.publication import (
    confirm_publication,
    prepare_publication,
    withdraw_publication,
)
from innomarket.evaluation.services.result import reopen_round, select_entries
from innomarket.evaluation.services.round import cancel_round
from innomarket.notifications.models import Message
from tests.accounts.factories import member, person, staff
from tests.accounts.test_admin import signed_in

from .factories import published, round_with
from .test_round import refused
from .test_stages import checked

pytestmark = pytest.mark.django_db

SCHEMA = json.loads(Path(settings.BASE_DIR, "docs/schemas/round-result.json").read_text())


def ready(**fields):
    """Totals 90, 80, 70; the first is selected."""
    made = round_with(**{"entries": 3, "finished": True, **fields})
    select_entries(round=made.round, by=made.staff, entries=[made.entry(1).pk])
    return made


def prepared(**fields):
    made = ready(**fields)
    return made, prepare_publication(rounds=[made.round], by=made.staff)


def told():
    return Message.objects.filter(kind="evaluation.results")


# ── two people ──


def test_preparing_counts_and_tells_the_other_staff_alone():
    second = staff("run_rounds")
    made, publication = prepared()
    assert (publication.selected, publication.not_selected, publication.applicants) == (1, 2, 3)
    assert publication.people == 3
    assert made.again().round.state == "finished"
    assert not told().exists()
    asked = Message.objects.filter(kind="evaluation.publication_prepared")
    assert second in [message.recipient for message in asked]
    assert made.staff not in [message.recipient for message in asked]


def test_who_prepared_it_does_not_publish_it():
    made, publication = prepared()
    with refused("same_person"):
        confirm_publication(publication=publication, by=made.staff)
    assert not told().exists()


def test_publishing_is_for_staff_of_rounds_alone():
    made, publication = prepared()
    for user in (person(), made.evaluators[0], made.submissions[0].created_by, staff("keep_budget")):
        with refused("not_staff"):
            prepare_publication(rounds=[made.round], by=user)
        with refused("not_staff"):
            confirm_publication(publication=publication, by=user)
        with refused("not_staff"):
            withdraw_publication(publication=publication, by=user, reason="No.")


def test_a_second_publication_sends_no_second_message():
    made, publication = prepared()
    confirm_publication(publication=publication, by=staff("run_rounds"))
    with refused("confirm_not_now"):
        confirm_publication(publication=publication, by=staff("run_rounds"))
    with refused("publish_not_now"):
        prepare_publication(rounds=[made.round], by=made.staff)
    assert told().count() == 3


def test_nothing_is_prepared_twice_and_nothing_of_nothing():
    made, publication = prepared()
    with refused("prepared_already"):
        prepare_publication(rounds=[made.round], by=staff("run_rounds"))
    with refused("no_rounds"):
        prepare_publication(rounds=[], by=made.staff)
    other = ready()
    with refused("prepared_otherwise"):
        prepare_publication(rounds=[made.round, other.round], by=made.staff)
    withdraw_publication(publication=publication, by=made.staff, reason="Together with the other one.")
    assert prepare_publication(rounds=[made.round, other.round], by=made.staff).applicants == 6


def test_withdrawing_needs_a_reason_and_leaves_the_record():
    made, publication = prepared()
    with refused("reason_needed"):
        withdraw_publication(publication=publication, by=made.staff, reason=" ")
    withdraw_publication(publication=publication, by=staff("run_rounds"), reason="A comment names a person.")
    publication.refresh_from_db()
    assert (publication.state, publication.reason) == ("withdrawn", "A comment names a person.")
    with refused("confirm_not_now"):
        confirm_publication(publication=publication, by=staff("run_rounds"))


# ── what changes between the two ──


@pytest.mark.parametrize("step", ["select", "reopen", "cancel"])
def test_step_with_the_round_takes_the_preparation_away(step):
    made, publication = prepared()
    if step == "select":
        select_entries(round=made.round, by=made.staff, entries=[made.entry(1).pk, made.entry(2).pk])
    elif step == "reopen":
        reopen_round(round=made.round, by=made.staff, reason="A sheet was missing.")
    else:
        cancel_round(round=made.round, by=made.staff, reason="The wrong panel.")
    publication.refresh_from_db()
    assert publication.state == "void" and publication.reason
    with pytest.raises(Exception) as caught:
        confirm_publication(publication=publication, by=staff("run_rounds"))
    assert caught.value.code in ("confirm_not_now", "publish_not_now")
    assert not told().exists()


@pytest.mark.parametrize("change", ["joins", "leaves", "closed account", "text"])
def test_other_recipients_or_texts_are_refused_and_prepared_anew(change):
    made = ready()
    submission = made.submissions[0]
    membership = member(person(), submission.applicant_organisation, role="editor")
    publication = prepare_publication(rounds=[made.round], by=made.staff)
    if change == "joins":
        member(person(), submission.applicant_organisation)
    elif change == "leaves":
        type(membership).objects.filter(pk=membership.pk).update(left_at=clock.now())
    elif change == "closed account":
        type(membership.user).objects.filter(pk=membership.user_id).update(is_active=False)
    else:
        Result.objects.filter(entry=made.entry(1)).update(outcome_reason="Another reason.")
    with refused("changed_since"):
        confirm_publication(publication=publication, by=staff("run_rounds"))
    assert made.again().round.state == "finished"
    anew = prepare_publication(rounds=[made.round], by=made.staff)
    publication.refresh_from_db()
    assert publication.state == "void"
    confirm_publication(publication=anew, by=staff("run_rounds"))
    assert made.again().round.state == "published"


def test_change_of_the_round_is_refused_even_past_the_services():
    made, publication = prepared()
    Result.objects.filter(entry=made.entry(2)).update(outcome="selected")
    with refused("changed_since"):
        confirm_publication(publication=publication, by=staff("run_rounds"))


def test_what_is_shown_is_what_is_sent():
    made, publication = prepared()
    before = {letter.people[0].pk: letter for letter in letters.letters_of([made.round]) if letter.people}
    confirm_publication(publication=publication, by=staff("run_rounds"))
    for message in told():
        until = Result.objects.filter(entry__round=made.round).first().objections_until
        assert (message.subject, message.body) == before[message.recipient_id].text(message.language, until)


# ── what the applicant is told, and what everybody may read ──


def test_message_says_place_mark_and_list_and_holds_nothing_of_others():
    made, publication = prepared(points=lambda entry, evaluator: [{1: 9, 2: 8, 3: 7}[entry]])
    confirm_publication(publication=publication, by=staff("run_rounds"))
    message = told().get(recipient=made.submissions[1].created_by)
    with override("en"):
        assert "80.00" in message.body and "70.00" in message.body
    assert "90.00" not in message.body
    assert f"/rounds/{made.round.number}/" in message.body
    for result in Result.objects.filter(entry__round=made.round):
        assert result.code and result.code not in message.body + message.subject


def test_every_entry_has_a_code_of_its_own_and_a_time_to_object():
    made = ready(entries=3)
    published(made)
    results = list(Result.objects.filter(entry__round=made.round))
    assert len({result.code for result in results}) == 3
    assert all(re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}", result.code) for result in results)
    assert len({result.objections_until for result in results}) == 1
    assert results[0].objections_until > results[0].published_at


def test_published_file_names_the_selected_and_nobody_else():
    made = ready(entries=3)
    published(made)
    file = ResultFile.objects.get(round=made.round)
    data = json.loads(file.content)
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    assert result_file.sha256_of(file.content.encode()) == file.sha256
    codes = [entry["code"] for entry in data["entries"]]
    assert codes == sorted(codes)
    first, *others = made.submissions
    assert first.number in file.content and first.applicant_organisation.name_ko in file.content
    for submission in others:
        result = Result.objects.get(entry__submission=submission)
        for secret in (
            submission.number,
            submission.current.title,
            submission.current.sha256,
            result.inputs_sha256,
            submission.applicant_organisation.name_ko,
        ):
            assert secret not in file.content
    assert "근거가 분명합니다" not in file.content, "a comment"
    for evaluator in made.evaluators:
        assert evaluator.name not in file.content


def test_published_file_holds_what_the_result_is_computed_from():
    made = ready(entries=3)
    made_sheets = [[sheet["points"] for sheet in entry["sheets"]] for entry in _data(made)["entries"]]
    assert sorted(made_sheets) == [[[7] * 3] * 3, [[8] * 3] * 3, [[9] * 3] * 3]


def _data(made):
    published(made)
    return json.loads(made.round.result_file.content)


def test_schema_refuses_a_file_with_more_than_it_names():
    data = _data(ready())
    entry = next(entry for entry in data["entries"] if "submission" not in entry)
    for extra in ("submission", "comment", "applicant_ko"):
        wrong = json.loads(json.dumps(data))
        wrong["entries"][data["entries"].index(entry)][extra] = "x"
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(SCHEMA).validate(wrong)


def test_codes_do_not_follow_the_order_of_the_submissions():
    """Over five rounds of five: by chance all would be in order once in 120 ** 5."""
    in_order = []
    for _turn in range(5):
        made = ready(entries=5, points=lambda entry, evaluator: [3 if entry > 1 else 9])
        published(made)
        codes = list(
            Result.objects.filter(entry__round=made.round)
            .order_by("entry__submission__number")
            .values_list("code", flat=True)
        )
        in_order.append(codes == sorted(codes))
    assert not all(in_order)


def test_pages_of_a_published_round_are_public_and_name_nobody_who_was_not_selected(client):
    made = ready()
    assert client.get(f"/rounds/{made.round.number}/").status_code == 404
    published(made)
    page = client.get(f"/rounds/{made.round.number}/").content.decode()
    first, *others = made.submissions
    assert first.applicant_organisation.name_ko in page and first.number in page
    for submission in others:
        assert submission.number not in page
        assert submission.applicant_organisation.name_ko not in page
        assert Result.objects.get(entry__submission=submission).code in page
    file = client.get(f"/rounds/{made.round.number}/result.json")
    assert result_file.sha256_of(file.content) == made.round.result_file.sha256
    assert made.round.result_file.sha256 in page
    assert made.round.number in client.get("/rounds/").content.decode()
    assert made.round.number in client.get(f"/rounds/?call={made.lot.call.number}").content.decode()
    assert made.round.number not in client.get("/rounds/?call=R26CL00000000").content.decode()


def test_page_of_a_stage_that_says_fit_or_unfit_selects_nobody_and_counts_its_checks(client):
    made = checked()
    page = client.get(f"/en/rounds/{made.round.number}/").content.decode()
    assert "Not selected, by code" not in page and "Nobody was selected" not in page
    assert "This stage selects nobody" in page and "goes on to the next stage" in page
    assert "Check 2" in page and "1 / 0" in page and "0 / 1" in page
    assert "one failed check is enough" in page and "Pass mark" not in page
    head, *rows = csv.reader(
        io.StringIO(client.get(f"/rounds/{made.round.number}/result.csv").content.decode("utf-8-sig"))
    )
    assert head[-4:] == ["1. 확인 1: fit", "1. 확인 1: unfit", "2. 확인 2: fit", "2. 확인 2: unfit"]
    assert sorted(row[-4:] for row in rows) == [["1", "0", "0", "1"], *[["1", "0", "1", "0"]] * 2]


def test_page_of_a_round_says_its_rule_with_and_without_trimming(client):
    for trim, said in (
        (5, "From 5 sheets up the highest and the lowest are dropped"),
        (None, "The mean of all"),
    ):
        made = ready(trim_from=trim, group_minimum="each", groups=[("Publicness", 60, 1, [(100, 10)])])
        published(made)
        page = client.get(f"/en/rounds/{made.round.number}/").content.decode()
        assert said in page and "minimum is asked on each sheet" in page
        assert "Pass mark 70" in page and "minimum 60%" in page


def test_table_of_a_published_round_is_safe_from_formulas(client):
    made = ready()
    organisation = made.submissions[0].applicant_organisation
    type(organisation).objects.filter(pk=organisation.pk).update(name_ko='=HYPERLINK("http://x")')
    published(made)
    table = client.get(f"/rounds/{made.round.number}/result.csv").content.decode()
    assert "'=HYPERLINK" in table
    assert not re.search(r'(^|,)"?=', table, re.M)


def test_list_of_published_rounds_takes_the_same_queries_for_one_and_three(
    client, django_assert_max_num_queries
):
    for _turn in range(3):
        published(ready(entries=1))
    with django_assert_max_num_queries(4):
        assert client.get("/rounds/").status_code == 200


def test_page_of_a_published_round_takes_the_same_queries_for_two_and_five(client):
    asked = []
    for entries in (2, 5):
        made = ready(entries=entries)
        published(made)
        client.get(f"/rounds/{made.round.number}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/rounds/{made.round.number}/")
        asked.append(len(queries))
    assert asked[0] == asked[1] and asked[0] < 20


# ── the console ──


def test_console_shows_each_message_with_its_recipients_and_finds_by_name(client):
    signed_in(client, staff("run_rounds"))
    made, publication = prepared()
    url = f"/en/admin/evaluation/publication/{publication.pk}/change/"
    page = client.get(url).content.decode()
    for submission in made.submissions:
        assert submission.number in page
        assert str(submission.created_by) in page
    assert "80.00" in page
    only = client.get(url, {"q": made.submissions[1].number}).content.decode()
    assert made.submissions[1].number in only and made.submissions[0].number not in only
    member(person(), made.submissions[0].applicant_organisation)
    assert "Something has changed" in client.get(url).content.decode()
    published_ = client.post(f"/en/admin/evaluation/publication/{publication.pk}/publish/")
    assert published_.status_code == 409
    assert made.again().round.state == "finished"


# ── what the database refuses ──


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evaluation_round SET state = 'published', published_at = innomarket_now()",
        "UPDATE evaluation_publication SET state = 'confirmed', confirmed_at = innomarket_now(),"
        " confirmed_by_id = prepared_by_id",
        "UPDATE evaluation_publication SET state = 'confirmed', confirmed_at = innomarket_now()",
        "UPDATE evaluation_publication SET state = 'void', ended_at = innomarket_now()",
        "UPDATE evaluation_publication SET sha256 = 'none'",
        "UPDATE evaluation_publication SET state = 'published'",
        "UPDATE evaluation_result SET code = 'AAAA-AAAA'",
        "UPDATE evaluation_result SET objections_until = innomarket_now()",
        "DELETE FROM evaluation_publication",
    ],
)
def test_database_keeps_the_promises_of_a_preparation(statement):
    prepared(entries=1)
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evaluation_publication SET reason = 'x'",
        "UPDATE evaluation_resultfile SET content = '{}'",
        "DELETE FROM evaluation_resultfile",
        "UPDATE evaluation_result SET code = ''",
        "INSERT INTO evaluation_publishedround (publication_id, round_id, standing)"
        " SELECT publication_id, round_id, true FROM evaluation_publishedround",
    ],
)
def test_database_keeps_what_was_published(statement):
    published(ready(entries=1))
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        connection.cursor().execute(statement)


def test_round_cannot_be_inserted_as_published():
    made = ready(entries=1)
    with pytest.raises(IntegrityError, match="published by two"), transaction.atomic():
        Round.objects.create(
            number="X",
            lot=made.lot,
            chief=made.staff,
            state="published",
            pass_mark=70,
            least_sheets=3,
            trim_from=5,
            started_at=made.round.started_at,
            finished_at=made.round.finished_at,
            published_at=made.round.finished_at,
        )
    assert Publication.objects.count() == 0
