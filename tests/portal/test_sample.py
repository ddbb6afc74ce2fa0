"""The sample tells the round of 2020 at its published size, and lets a visitor take part today."""

import pytest

pytestmark = [pytest.mark.portal, pytest.mark.slow]

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


def test_sample_has_products_in_full(sample_portal):
    """Everything that a product's page, a comparison and the facets can show, in a product that is in force too."""
    parts = {
        "catalog_productmodel": 11,
        "catalog_specification": 60,
        "catalog_certificate": 13,
        "catalog_productimage": 8,
        "catalog_productdocument": 10,
    }
    for table, least in parts.items():
        assert one(sample_portal, f"SELECT count(*) FROM {table}") >= least, table
    assert (
        one(sample_portal, "SELECT count(*) FROM catalog_productimage WHERE alt_ko = '' OR alt_en = ''") == 0
    )
    full = """SELECT count(*) FROM catalog_product p JOIN designation_designation d ON d.id = p.designation_id
              WHERE d.valid @> current_date AND description > '' AND sdgs <> '{}' AND video_url > ''
              AND collaborators <> '{}' AND EXISTS (SELECT 1 FROM catalog_productimage i WHERE i.product_id = p.id)"""
    assert one(sample_portal, full) == 1
    middle = """SELECT count(*) FROM catalog_product p JOIN catalog_category c ON c.id = p.category_id
                WHERE c.parent_id IS NOT NULL"""
    assert one(sample_portal, middle) >= 4
    assert one(sample_portal, "SELECT count(*) FROM catalog_product WHERE regions <> '{}'") >= 4
    assert one(sample_portal, "SELECT count(*) FROM catalog_product WHERE item_class_id IS NOT NULL") == 1
    assert one(sample_portal, "SELECT count(*) FROM catalog_listingchange WHERE state = 'proposed'") == 1


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


SPECIAL = """FROM evaluation_round r JOIN submissions_lot l ON l.id = r.lot_id
             JOIN submissions_call c ON c.id = l.call_id WHERE c.title_en LIKE '%% everyday safety'"""


def test_sample_has_a_published_round_whose_drawn_panel_changed(sample_portal):
    """One declined and was replaced, one was called for an entry whose first sheet was set aside and is kept."""
    [(number, state, drawn)] = sample_portal.rows(
        "SELECT r.number, r.state, (SELECT count(*) FROM evaluation_draw d WHERE d.round_id = r.id "
        f"AND d.state = 'drawn') {SPECIAL}"
    )
    assert (state, drawn) == ("published", 1)
    walks = f"""SELECT s.cause, count(*) FILTER (WHERE s.result = 'seated') FROM evaluation_drawstep s
                JOIN evaluation_draw d ON d.id = s.draw_id WHERE d.round_id IN (SELECT r.id {SPECIAL})
                GROUP BY s.walk, s.cause ORDER BY s.walk"""
    assert sample_portal.rows(walks) == [("draw", 5), ("declined", 1), ("conflict", 1)]
    sheets = f"""SELECT sh.state, count(*) FROM evaluation_sheet sh
                 JOIN evaluation_assignment a ON a.id = sh.assignment_id
                 JOIN evaluation_entry e ON e.id = a.entry_id WHERE e.round_id IN (SELECT r.id {SPECIAL})
                 GROUP BY sh.state ORDER BY sh.state"""
    assert sample_portal.rows(sheets) == [("set_aside", 1), ("submitted", 30)]
    returned = f"""SELECT sh.version FROM evaluation_sheet sh JOIN evaluation_assignment a ON a.id = sh.assignment_id
                   JOIN evaluation_entry e ON e.id = a.entry_id
                   JOIN evaluation_sheetversion v ON v.sheet_id = sh.id
                   JOIN evaluation_sheetreturn b ON b.version_id = v.id WHERE e.round_id IN (SELECT r.id {SPECIAL})"""
    assert sample_portal.rows(returned) == [(2,)]
    withdrawn = f"""SELECT count(*) FROM submissions_submission s
                    WHERE s.state = 'withdrawn' AND s.lot_id IN (SELECT r.lot_id {SPECIAL})"""
    assert one(sample_portal, withdrawn) == 1
    assert "Nothing differs" in sample_portal.manage("verify_round", number)


def test_sample_was_published_by_two_and_objected_to(sample_portal):
    two = f"""SELECT p.prepared_by_id <> p.confirmed_by_id FROM evaluation_publication p
              JOIN evaluation_publishedround pr ON pr.publication_id = p.id
              WHERE pr.standing AND pr.round_id IN (SELECT r.id {SPECIAL})"""
    assert sample_portal.rows(two) == [(True,)]
    objections = f"""SELECT o.state, o.outcome FROM evaluation_objection o
                     JOIN evaluation_result x ON x.id = o.result_id
                     JOIN evaluation_entry e ON e.id = x.entry_id WHERE e.round_id IN (SELECT r.id {SPECIAL})
                     ORDER BY o.number"""
    assert sample_portal.rows(objections) == [("answered", "rejected"), ("filed", "")]
    demo = f"""SELECT x.outcome, x.objections_until > now() FROM evaluation_result x
               JOIN evaluation_entry e ON e.id = x.entry_id JOIN submissions_submission s ON s.id = e.submission_id
               JOIN accounts_user u ON u.id = s.created_by_id
               WHERE u.email = 'institution@innomarket.example' AND e.round_id IN (SELECT r.id {SPECIAL})"""
    assert sample_portal.rows(demo) == [("not_selected", True)]


def test_sample_has_a_drawn_panel_that_waits_for_its_pledges(sample_portal):
    waiting = """SELECT count(*) FROM evaluation_panelist p JOIN evaluation_round r ON r.id = p.round_id
                 JOIN accounts_user u ON u.id = p.user_id
                 WHERE r.state = 'preparing' AND p.origin = 'drawn' AND p.left_at IS NULL
                 AND u.email = 'evaluator1@innomarket.example'"""
    assert one(sample_portal, waiting) == 1


def test_sample_has_forty_needs_and_a_title_for_each_place():
    from innomarket.portal.sample.needs import NEEDS, index_of, title_of

    assert len(NEEDS) == 40
    assert [index_of(title_of(n)) for n in range(160)] == list(range(160))
    assert all(need.sdgs and "{place}" in need.title for need in NEEDS)
