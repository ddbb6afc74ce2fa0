"""The public pages and files of a draw, one's own seat, and the place in the pool."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from innomarket.common.clock import moved_to, now, today
from innomarket.evaluation import drawing
from innomarket.evaluation.models import Evaluator, Expertise, PanelReminderRule, Pledge, Recusal
from innomarket.evaluation.names import key_of
from innomarket.evaluation.services.evaluator import invite_to_pool, suspend_evaluator, verify_evaluator
from innomarket.evaluation.services.reminder import remind_panels, step_at
from innomarket.notifications.models import Message
from tests.accounts.factories import company, person, staff
from tools.verify import draw as repeated

from .factories import committed, drawn_round, evaluator, evaluators, field_of, round_with

pytestmark = pytest.mark.django_db
SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"


def schema(name: str) -> jsonschema.Draft202012Validator:
    text = json.loads((SCHEMAS / name).read_text())
    jsonschema.Draft202012Validator.check_schema(text)
    return jsonschema.Draft202012Validator(text)


def test_schemas_name_every_ground():
    facts = {*Recusal.Ground.values, *(getattr(drawing, name) for name in FACTS)} - {Recusal.Ground.DECLARED}
    balance = {drawing.KIND_FULL, drawing.ORGANISATION_FULL}
    pool, draw = (
        set(json.loads((SCHEMAS / name).read_text())["$defs"]["ground"]["enum"])
        for name in ("draw-pool.json", "draw.json")
    )
    assert draw == {"", *facts, *balance}
    assert pool == {"", *facts} - {drawing.NOT_ACTIVE}
    assert facts == repeated.FACTS


FACTS = ("FORMER_PANEL", "BLINDNESS", "AWAY", "CAP", "NOT_ACTIVE")


def test_files_follow_their_schemas_before_and_after_the_draw(client):
    evaluators()
    before, after = committed().draw, drawn_round().draw
    for draw in (before, after):
        pool = client.get(f"/draws/{draw.number}/pool.json")
        assert hashlib.sha256(pool.content).hexdigest() == draw.pool_sha256
        schema("draw-pool.json").validate(json.loads(pool.content))
        schema("draw.json").validate(client.get(f"/draws/{draw.number}/draw.json").json())


def test_pages_of_draws_answer_in_both_languages_with_a_fixed_number_of_statements(client):
    evaluators()
    draws = [drawn_round().draw]
    for prefix in ("", "/en"):
        assert client.get(f"{prefix}/draws/{draws[0].number}/").status_code == 200
    with CaptureQueriesContext(connection) as one:
        client.get("/draws/")
    draws += [drawn_round().draw, committed().draw]
    with CaptureQueriesContext(connection) as three:
        page = client.get("/draws/")
    assert all(draw.number in page.content.decode() for draw in draws)
    assert len(one) == len(three)


def test_page_of_a_draw_names_fields_and_leads_to_call_and_result(client):
    evaluators()
    draw = drawn_round().draw
    code = json.loads(draw.pool)["candidates"][0]["fields"][0]
    Expertise.objects.filter(code=code).update(name_ko="현장 안전", name_en="Safety in the field")
    page = client.get(f"/draws/{draw.number}/").content.decode()
    assert "현장 안전" in page
    assert f"/calls/{draw.round.lot.call.number}/" in page
    assert f'href="/rounds/{draw.round.number}/"' not in page, "nothing is published"
    assert "Safety in the field" in client.get(f"/en/draws/{draw.number}/").content.decode()


def test_draws_of_one_call_are_listed_from_its_page(client):
    evaluators()
    one, other = drawn_round().draw, committed().draw
    call = one.round.lot.call.number
    assert f"/draws/?call={call}" in client.get(f"/calls/{call}/").content.decode()
    page = client.get(f"/draws/?call={call}").content.decode()
    assert one.number in page
    assert other.number not in page
    assert other.number in client.get("/draws/").content.decode()


def test_declining_names_the_round(client):
    evaluators()
    made = drawn_round()
    client.force_login(made.panel[0].user)
    page = client.get(f"/evaluation/{made.round.number}/seat/decline/").content.decode()
    assert made.round.lot.title_ko in page
    assert made.round.number in page


def test_seat_is_pledged_or_declined_on_its_page(client):
    evaluators()
    made = drawn_round()
    seat, other = made.panel[:2]
    client.force_login(seat.user)
    address = f"/evaluation/{made.round.number}/seat/"
    assert client.post(address).status_code == 422
    assert client.post(address, {"read": "on"}).status_code == 302
    assert Pledge.objects.filter(panelist=seat).exists()
    client.force_login(other.user)
    assert client.post(f"{address}decline/", {"reason": ""}).status_code == 422
    assert client.post(f"{address}decline/", {"reason": "Ill."}).status_code == 302
    other.refresh_from_db()
    assert other.left_at is not None


def test_person_applies_and_keeps_ties_and_days_away(client):
    user, firm = person(), company()
    client.force_login(user)
    profile = "/evaluation/profile/"
    answer = client.post(f"{profile}edit/", {"kind": "user", "known": [field_of("ai").pk]})
    assert answer.status_code == 302
    mine = Evaluator.objects.get(user=user)
    assert (mine.state, mine.kind) == ("applied", "user")
    tie = {"kind": "employed", "name": firm.name_ko, "from_on": "2020-01-01", "to_on": ""}
    assert client.post(f"{profile}tie/", tie).status_code == 302
    assert mine.ties.get().organisation == firm
    back = {"from_on": today() + timedelta(days=9), "to_on": today() + timedelta(days=3)}
    assert client.post(f"{profile}away/", back).status_code == 409
    verify_evaluator(evaluator=mine, by=staff("run_rounds"))
    assert client.get(profile).status_code == 200
    assert client.post(f"{profile}tie/{mine.ties.get().pk}/withdraw/").status_code == 302
    assert not mine.ties.standing().exists()


def test_nobody_reaches_the_ties_of_another(client):
    mine = evaluator()
    mine.ties.create(kind="advisor", name="연구소", name_key="연구소", from_on="2020-01-01")
    client.force_login(evaluator().user)
    for step in ("end", "withdraw"):
        assert client.get(f"/evaluation/profile/tie/{mine.ties.get().pk}/{step}/").status_code == 404


def test_invited_person_joins_and_who_is_suspended_is_told_why(client):
    user, by = person(), staff("run_rounds")
    invite_to_pool(user=user, by=by)
    client.force_login(user)
    client.post("/evaluation/profile/edit/", {"kind": "market", "known": [field_of("ai").pk]})
    mine = Evaluator.objects.get(user=user)
    assert mine.state == "active"
    suspend_evaluator(evaluator=mine, by=by, reason="Under inquiry.")
    assert "Under inquiry." in client.get("/evaluation/profile/").content.decode()
    assert Message.objects.filter(kind="evaluation.pool", recipient=user).count() == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(주)누리솔", "누리솔"),
        ("주식회사 누리솔", "㈜누리 솔"),
        ("Nurisol Co., Ltd.", "NURISOL"),
        ("(재)한빛", "한빛"),
    ],
)
def test_names_are_found_whatever_the_legal_form(one, other):
    assert key_of(one) == key_of(other)


def test_panel_is_reminded_seven_and_three_days_before_and_one_after_until_all_is_done():
    start = now()
    made = round_with(entries=1, panelists=3, due_at=start + timedelta(days=10))
    made.score(1, 1, 8)
    told = []
    for days in (1, 3.5, 5, 7.2, 8, 10.5, 11.2, 14):
        with moved_to(start + timedelta(days=days)):
            told.append(remind_panels())
            assert remind_panels() == 0
    assert told == [0, 2, 0, 2, 0, 0, 2, 0]
    assert not Message.objects.filter(kind="evaluation.panel_reminder", recipient=made.evaluators[0]).exists()


def test_step_of_a_reminder_holds_until_the_next():
    rule, due = PanelReminderRule(days_before=[7, 3], days_after=[1]), now()
    found = [step_at(rule, due, due + timedelta(days=days)) for days in (-8, -7, -4, -3, 0, 1, 9)]
    assert found == [None, -7, -7, -3, -3, 1, 1]
