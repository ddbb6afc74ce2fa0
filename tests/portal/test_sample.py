"""The sample tells the round of 2020 at its published size, and lets a visitor take part today."""

import pytest

pytestmark = pytest.mark.xdist_group("sample")

OF_2020 = "c.title_en LIKE '2020 demand-driven%%'"


def one(sample_portal, query):
    return sample_portal.rows(query.replace("OF_2020", OF_2020))[0][0]


def test_sample_has_the_published_number_of_tasks(sample_portal):
    received = """SELECT count(*) FROM submissions_submission s JOIN submissions_lot l ON l.id = s.lot_id
                  JOIN submissions_call c ON c.id = l.call_id
                  WHERE s.state = 'submitted' AND c.kind = 'challenge_task' AND OF_2020"""
    assert one(sample_portal, received) == 157
    assert one(sample_portal, "SELECT count(*) FROM submissions_submission WHERE title = ''") == 0


def test_sample_selected_the_published_number(sample_portal):
    selected = """SELECT count(*) FROM evaluation_result r JOIN evaluation_entry e ON e.id = r.entry_id
                  JOIN submissions_submission s ON s.id = e.submission_id
                  JOIN submissions_lot l ON l.id = s.lot_id JOIN submissions_call c ON c.id = l.call_id
                  WHERE r.outcome = 'selected' AND r.published_at IS NOT NULL
                  AND c.kind = 'challenge_task' AND OF_2020"""
    assert one(sample_portal, selected) == 21


def test_sample_has_three_sheets_of_three_criteria_each(sample_portal):
    sheets = """SELECT DISTINCT r.sheets FROM evaluation_result r JOIN evaluation_entry e ON e.id = r.entry_id
                JOIN submissions_submission s ON s.id = e.submission_id
                JOIN submissions_lot l ON l.id = s.lot_id JOIN submissions_call c ON c.id = l.call_id WHERE OF_2020"""
    assert sample_portal.rows(sheets.replace("OF_2020", OF_2020)) == [(3,)]
    criteria = """SELECT DISTINCT count(*) FROM submissions_criterion k
                  JOIN submissions_criteriongroup g ON g.id = k.group_id GROUP BY g.call_id"""
    assert sample_portal.rows(criteria) == [(3,)]


def test_sample_keeps_the_published_dates(sample_portal):
    due = """SELECT to_char(c.closes_at AT TIME ZONE 'Asia/Seoul', 'YYYY-MM-DD HH24:MI') FROM submissions_call c
             WHERE c.kind = 'proposal' AND OF_2020"""
    assert one(sample_portal, due) == "2020-05-31 18:00"
    decided = """SELECT DISTINCT to_char(designated_on, 'YYYY-MM') FROM designation_designation
                 WHERE designated_on < '2021-01-01'"""
    assert sample_portal.rows(decided) == [("2020-07",)]


def test_sample_spends_within_the_published_budget(sample_portal):
    [(appropriated, used)] = sample_portal.rows(
        "SELECT appropriated, reserved + committed + paid FROM pilots_budgetline WHERE year = 2020"
    )
    assert appropriated == 3_300_000_000
    assert 0 < used <= appropriated


def test_sample_sends_no_mail_and_says_that_it_is_reconstructed(sample_portal):
    sent = """SELECT count(*) FROM notifications_message m JOIN accounts_user u ON u.id = m.recipient_id
              WHERE m.created_at < '2021-01-01' AND m.state <> 'suppressed'"""
    assert one(sample_portal, sent) == 0
    assert one(sample_portal, "SELECT count(*) FROM audit_entry WHERE at < '2021-01-01'") > 3000
    assert (
        one(sample_portal, "SELECT count(*) FROM audit_entry WHERE at < '2021-01-01' AND NOT reconstructed")
        == 0
    )


def test_sample_lets_a_visitor_take_part_now(sample_portal):
    kinds = """SELECT DISTINCT kind FROM submissions_call
               WHERE state = 'announced' AND opens_at <= now() AND closes_at > now()"""
    assert {kind for (kind,) in sample_portal.rows(kinds)} == {"challenge_task", "proposal", "idea"}
    assert one(sample_portal, "SELECT count(*) FROM evaluation_round WHERE state = 'scoring'") >= 1
    assert one(sample_portal, "SELECT count(*) FROM designation_designation WHERE valid @> current_date") >= 1


def test_sample_has_public_ideas_of_people(sample_portal):
    assert one(sample_portal, "SELECT count(*) FROM challenges_idea WHERE published_at IS NOT NULL") >= 3


def test_sample_loaded_again_changes_nothing(sample_portal):
    before = sample_portal.rows("SELECT max(id) FROM audit_entry")
    assert "already" in sample_portal.manage("load_sample")
    assert sample_portal.rows("SELECT max(id) FROM audit_entry") == before


def test_sample_waits_for_a_second_person_twice(sample_portal):
    """An opening that is prepared and not confirmed, a reading in need that is asked for and not granted."""
    prepared = """SELECT count(*) FROM submissions_opening o JOIN submissions_call c ON c.id = o.call_id
                  WHERE o.state = 'prepared' AND c.opened_at IS NULL AND c.closes_at <= now()"""
    assert one(sample_portal, prepared) == 1
    asked = """SELECT count(*) FROM submissions_breakglass b JOIN submissions_submission s ON s.id = b.submission_id
               WHERE b.state = 'asked' AND b.lapses_at > now() AND s.state = 'submitted'"""
    assert one(sample_portal, asked) == 1


def test_sample_found_one_outage(sample_portal):
    """The history of readiness goes on from the sample to the real probes without a silence between them."""
    found = sample_portal.rows(
        "SELECT failed, ends_at - starts_at >= '17 minutes' FROM submissions_outageproposal"
    )
    assert found == [("database", True)]
