"""The database's own promises, asked with SQL past every service."""

import pytest
from django.db import Error, connection, transaction

from . import factories

pytestmark = pytest.mark.django_db


def refuses(sql: str, *values) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    except Error:
        return True
    return False


@pytest.mark.parametrize(
    "change",
    [
        "closes_at = opens_at",
        "opening_at = closes_at - interval '1 second'",
        "announced_at = NULL",
        "state = 'closed'",
        "state = 'closed', closed_at = closes_at - interval '1 second'",
        "opened_at = closes_at",
        "title_en = ''",
    ],
)
def test_call_keeps_each_state_with_its_columns(change):
    call = factories.open_call()
    assert refuses(f"UPDATE submissions_call SET {change} WHERE id = %s", call.pk)


@pytest.mark.parametrize(
    "change",
    [
        "applicant_organisation_id = NULL",
        "applicant_person_id = created_by_id",
        "current_id = NULL",
        "submitted_at = NULL",
        "state = 'withdrawn'",
        "withdrawn_at = now()",
        "saved_at = created_at - interval '1 second'",
    ],
)
def test_submission_keeps_each_state_with_its_columns(change):
    done = factories.submitted()
    assert refuses(f"UPDATE submissions_submission SET {change} WHERE id = %s", done.pk)


def test_revision_and_its_files_cannot_be_changed_or_deleted():
    done = factories.submitted()
    revision, file = done.current_id, done.current.files.get().pk
    assert refuses("UPDATE submissions_revision SET title = 'x' WHERE id = %s", revision)
    assert refuses("DELETE FROM submissions_revision WHERE id = %s", revision)
    assert refuses("UPDATE submissions_revisionfile SET sha256 = %s WHERE id = %s", "0" * 64, file)
    assert refuses("DELETE FROM submissions_revisionfile WHERE id = %s", file)


def test_second_submission_of_an_applicant_where_one_is_taken():
    call = factories.open_call(one_per_applicant=True)
    first = factories.submission(call=call, complete=False)
    second = factories.submission(call=call, complete=False)
    assert refuses(
        "UPDATE submissions_submission SET applicant_organisation_id = %s WHERE id = %s",
        first.applicant_organisation_id,
        second.pk,
    )


def test_second_revision_of_an_ordinal():
    done = factories.submitted()
    assert refuses(
        "INSERT INTO submissions_revision (submission_id, ordinal, title, sections, sha256, submitted_by_id)"
        " SELECT submission_id, ordinal, title, sections, sha256, submitted_by_id FROM submissions_revision"
        " WHERE id = %s",
        done.current_id,
    )


def test_two_rules_of_one_day():
    assert refuses(
        "INSERT INTO submissions_submissionrule (valid, source, is_default, max_file_bytes, max_files)"
        " VALUES ('[2020-01-01,)', 'x', false, 1, 1)"
    )
