"""The round by its other people: institution, evaluators, staff of rounds, committee, budget."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from .people import fill, links, opened, send, text
from .test_company import TASKS, begin, open_call

pytestmark = [pytest.mark.browser, pytest.mark.portal, pytest.mark.slow]

KST = ZoneInfo("Asia/Seoul")


def moment(**ahead: int) -> str:
    return (datetime.now(KST) + timedelta(**ahead)).strftime("%Y-%m-%d %H:%M:%S")


def day(ahead: int) -> str:
    return (datetime.now(KST) + timedelta(days=ahead)).strftime("%Y-%m-%d")


def number_in(text: str) -> str:
    return re.search(r"[TR]\d\d[A-Z]{2}\d{8}", text)[0]


def test_institution_proposes_a_task(people):
    page = people("institution2")
    draft = begin(page, open_call(page, TASKS))
    fill(
        page,
        {
            "title": "골목길 빙판을 미리 알기",
            "problem": "밤새 언 길에서 미끄러집니다.",
            "who_suffers": "새벽에 걷는 주민 1,200명",
            "today": "사람이 돌며 모래를 뿌립니다.",
        },
    )
    assert send(page) == 200
    fill(page, {"needed_performance": "두 시간 전에 90 %", "test_site": "골목 30곳", "scale": "골목 900곳"})
    assert send(page) == 200
    fill(page, {"budget_won": "-5", "wanted_from": day(30), "wanted_until": day(390), "sdgs": "11"})
    assert send(page) == 422
    fill(page, {"budget_won": "150,000,000"})
    assert send(page) == 200
    opened(page, f"{draft}/check/")
    assert send(page) == 200
    assert page.url.endswith("/receipt/")
    assert "골목길 빙판을 미리 알기" in opened(page, f"/challenges/{number_in(draft)}/")
    opened(people("institution3"), f"/challenges/{number_in(draft)}/", 404)


def waiting_round(page: Any) -> str:
    """The address of the evaluator's round that is being scored."""
    opened(page, "/evaluation/")
    return next(href for href in links(page, "/evaluation/T") if not href.endswith("/seat/"))


def score(page: Any, points: int) -> None:
    for name in page.eval_on_selector_all(
        "main input[type=radio]", "all => [...new Set(all.map(a => a.name))]"
    ):
        page.locator(f"main [name='{name}'][value='{points}']").check(force=True)


def test_evaluator_scores_in_the_workbench_and_declares_a_conflict(people):
    page = people("evaluator1")
    opened(page, waiting_round(page))
    sheets = []
    for href in dict.fromkeys(links(page, "/evaluation/T")):
        if re.search(r"/\d+/$", href):
            opened(page, href)
            if page.locator("main button[name=submit]").count():
                sheets.append(href)
    first, last = sheets[0], sheets[-1]
    opened(page, first)
    score(page, 7)
    assert page.inner_text("[data-sheet-given]") == str(page.locator("main [data-question]").count())
    fill(page, {"comment": "문제가 분명합니다."})
    assert send(page, "later") == 200
    opened(page, first)
    assert page.input_value("main [name=comment]") == "문제가 분명합니다."
    fill(page, {"comment": "문제가 분명하고 효과를 잴 수 있습니다."})
    assert send(page, "submit") == 200
    assert not page.url.endswith(first), "the next sheet of the queue"
    opened(page, f"{last}conflict/")
    fill(page, {"reason": "이 기관의 자문위원이었습니다."})
    assert send(page) == 200
    opened(page, last, 403)


def test_staff_run_a_call_and_a_round_in_the_console(people):
    page = people("rounds")
    opened(page, "/admin/submissions/call/create/?kind=challenge_task")
    fill(
        page,
        {
            "title_ko": "여정 과제 공모",
            "title_en": "Call of the journey",
            "opens_at": moment(),
            "closes_at": moment(days=20),
            "opening_at": moment(days=10),
        },
    )
    assert send(page) in (409, 422), "the opening lies before the closing"
    assert page.input_value("[name=title_ko]") == "여정 과제 공모"
    fill(page, {"opening_at": moment(days=21)})
    assert send(page) == 200
    assert "여정 과제 공모" in text(page)
    opened(page, links(page, "/announce/")[0])
    assert send(page) == 200
    assert "여정 과제 공모" in opened(people(), "/calls/")

    opened(page, "/admin/evaluation/round/?state__exact=scoring")
    console = links(page, "/change/")[0]
    opened(page, console.replace("/change/", "/finish/"))
    assert send(page) in (409, 422), "sheets are missing, and no reason is given"
    fill(page, {"reason": "두 위원이 병으로 나오지 못해 있는 채점표로 마칩니다."})
    assert send(page) == 200
    opened(page, console.replace("/change/", "/select/"))
    boxes = page.locator("main [name^=entr][type=checkbox]")
    assert boxes.count() > 0
    for place in range(boxes.count()):
        boxes.nth(place).set_checked(place < 2)
    fill(page, {"reason": "시험 장소가 마련된 과제를 먼저 골랐습니다."})
    assert send(page) == 200
    number = number_in(text(page))
    opened(page, console.replace("/change/", "/prepare/"))
    assert send(page) == 200
    publication = page.url.partition("/change/")[0].partition("/admin/")[2]
    opened(page, f"/admin/{publication}/publish/")
    assert "다른 담당자" in text(page), "who prepared it does not publish it"
    second = people("rounds2")
    assert "평가 결과" in opened(second, f"/admin/{publication}/change/")
    opened(second, f"/admin/{publication}/publish/")
    assert send(second) == 200
    assert number in opened(page, console)
    assert "공개" in text(page)


def test_committee_votes_once_and_by_its_members_alone(people):
    secretary = people("committee")
    opened(secretary, "/admin/designation/meeting/plan/")
    committee = secretary.locator("main [name=committee]")
    if committee.evaluate("e => e.tagName") == "SELECT":
        committee.select_option(index=committee.locator("option").count() - 1)
    fill(secretary, {"held_at": moment(seconds=4), "place": "소회의실"})
    assert send(secretary) == 200
    console = secretary.url.partition("/change/")[0].partition("127.0.0.1")[2].partition("/")[2]
    console = f"/{console}"
    meeting = number_in(text(secretary))
    opened(secretary, f"{console}/table/")
    secretary.locator("main [name=submissions]").first.check()
    assert send(secretary) == 200
    opened(secretary, f"{console}/change/")
    motion = links(secretary, "/designation/motion/")[0].partition("/change/")[0]
    for _attempt in range(20):
        opened(secretary, f"{console}/open/")
        if send(secretary) == 200:
            break
        time.sleep(0.5)
    opened(secretary, f"{console}/attendance/")
    for box in secretary.locator("main [name=seats]").all():
        box.check()
    assert send(secretary) == 200
    opened(secretary, f"{motion}/open-vote/")
    assert send(secretary) == 200

    opened(people("company2"), f"/meetings/{meeting}/1/vote/", 404)
    opened(secretary, f"/meetings/{meeting}/1/vote/", 403)
    recused = people("member5")
    opened(recused, f"/meetings/{meeting}/1/recuse/")
    fill(recused, {"reason": "이 기업의 주식을 가졌습니다."})
    assert send(recused) in (200, 409)
    again = people("member1")
    opened(again, f"/meetings/{meeting}/1/vote/")
    for turn in range(1, 5):
        member = people(f"member{turn}")
        opened(member, f"/meetings/{meeting}/1/vote/")
        fill(member, {"choice": "against" if turn == 4 else "for"})
        assert send(member) == 200
    fill(again, {"choice": "against"})
    assert send(again) == 409, "the same ballot paper in another window"
    opened(secretary, f"{motion}/close-vote/")
    assert send(secretary) == 200
    assert "가결" in text(secretary)


def test_budget_staff_commit_within_the_budget_alone(people):
    page = people("budget")
    opened(page, "/admin/pilots/budgetline/")
    line = links(page, "/change/")[0].partition("/change/")[0]
    products = people()
    opened(page, f"{line}/change/")
    number = number_in(links(page, "match/?product=")[0])  # one that waits for its first pilot
    opened(page, f"{line}/match/")
    values = {"product": number, "institution": "9900060", "quantity": "5", "amount_won": "990,000,000,000"}
    fill(page, values)
    assert send(page) in (409, 422)
    first = re.search(r"과제를 제안한 (\S+?)(을\(를\)|을|를|이|가) ", text(page))
    assert first, "the institution that proposed the task comes first"
    opened(products, f"/organisations/?q={first[1]}")
    opened(products, links(products, "/organisations/")[-1])
    fill(page, {"institution": re.search(r"99\d{5}", text(products))[0]})
    assert send(page) in (409, 422)
    assert page.locator("main [name=amount_won][aria-invalid=true]").count() == 1, text(page)
    assert page.input_value("[name=product]") == number
    fill(page, {"amount_won": "110,000,000"})
    assert send(page) == 200, text(page)
    opened(page, "/admin/pilots/pilot/")
    pilot = links(page, "/change/")[0].partition("/change/")[0]
    opened(page, f"{pilot}/commit/")
    fill(page, {"amount_won": "990,000,000,000"})
    assert send(page) in (409, 422)
    assert page.locator("main [name=amount_won][aria-invalid=true]").count() == 1
    fill(page, {"amount_won": "100,000,000"})
    assert send(page) == 200
    assert "100,000,000" in opened(page, f"{pilot}/change/")
