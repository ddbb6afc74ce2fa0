"""Marks planted in sealed proposals and tasks, and the search for them in bytes of every kind."""

from __future__ import annotations

import json
import re
from typing import Any

from innomarket.submissions.models import Call, Revision, Submission
from innomarket.submissions.services.attachment import attach_file
from innomarket.submissions.services.submission import save_step, submit, withdraw
from tests.accounts.factories import institution
from tests.submissions import factories

TEXTS = ("SEALEDMARKASCII", "밀봉표시한글")
OFFER = {"trl": 7, "trial_months": 11, "unit_price_won": 987_654_987, "delivery_days": 31_741}
PLAN = {
    "budget_won": 876_543_876,
    "wanted_from": "2731-07-19",
    "wanted_until": "2732-05-23",
    "sdgs": [13, 17],
}
CONTENT = "SEALEDMARKCONTENT"  # in an uncompressed part of a file


def answers(number: int = 1) -> dict[str, dict[str, Any]]:
    mark = f"{TEXTS[0]} {TEXTS[1]} {number}"
    return {
        "product": {
            "product_name_ko": mark,
            "product_name_en": f"{mark} en",
            "summary": f"{mark} in one sentence",
            "patent_number": TEXTS[0],
            "trl": OFFER["trl"],
        },
        "solution": {name: f"{mark} {name}" for name in ("solution", "novelty", "performance")},
        "offer": {"unit": TEXTS[1]} | {name: value for name, value in OFFER.items() if name != "trl"},
    }


def task() -> None:
    """A submitted challenge task of an institution."""
    mark = f"{TEXTS[0]} {TEXTS[1]}"
    written = {
        "problem": dict.fromkeys(("title", "problem", "who_suffers", "today"), mark),
        "need": dict.fromkeys(("needed_performance", "test_site", "scale"), mark),
        "plan": PLAN,
    }
    call = factories.open_call("challenge_task")
    factories.submitted(call=call, organisation=institution(), answers=written)


def planted(call: Call | None = None) -> Submission:
    """A task; a draft, a submitted proposal with a revision that was replaced, and a withdrawn one."""
    task()
    call = call or factories.open_call("proposal")
    for each in (withdraw_one, draft_one):
        each(call)
    done = marked(call)
    submit(submission=done, by=done.created_by)
    save_step(submission=done, by=done.created_by, step="solution", data={"novelty": f"{TEXTS[1]} replaced"})
    submit(submission=done, by=done.created_by)
    assert Revision.objects.filter(submission=done).count() == 2
    return Submission.objects.get(pk=done.pk)


def marked(call: Any) -> Submission:
    draft = factories.submission(call=call, answers=answers())
    upload = factories.pdf(f"{TEXTS[0]}-{TEXTS[1]}.pdf", f"{CONTENT} {TEXTS[1]}".encode())
    attach_file(submission=draft, by=draft.created_by, slot="evidence", upload=upload)
    return Submission.objects.get(pk=draft.pk)


def draft_one(call: Any) -> None:
    marked(call)


def withdraw_one(call: Any) -> None:
    draft = marked(call)
    submit(submission=draft, by=draft.created_by)
    withdraw(submission=Submission.objects.get(pk=draft.pk), by=draft.created_by)


def finds(found: dict[str, bytes]) -> set[tuple[str, str]]:
    """(place, mark) of every mark in the bytes of these places; of a dump its tables' cells too."""
    spelled = {mark: (mark.encode(), mark.encode("unicode_escape")) for mark in (*TEXTS, CONTENT)}
    for name in ("unit_price_won", "budget_won"):
        amount = (OFFER | PLAN)[name]
        spelled[name] = (str(amount).encode(), f"{amount:,}".encode())
    for name in ("wanted_from", "wanted_until", "sdgs"):
        spelled[name] = (str(PLAN[name]).encode(),)
    for name, value in (OFFER | PLAN).items():
        written = json.dumps(value)
        spelled[name] = (*spelled.get(name, ()), *(f'"{name}":{gap}{written}'.encode() for gap in ("", " ")))
    marks = {
        (place, mark)
        for place, content in found.items()
        for mark, spellings in spelled.items()
        if any(spelling in content for spelling in spellings)
    }
    dump = found.get("dump")
    return marks | {("dump", name) for name in (plain_answers(dump.decode()) if dump is not None else ())}


def plain_answers(dump: str) -> set[str]:
    """Answers that stand in a cell of their table: some are too short to search for anywhere."""
    cells = cells_of(dump, "designation_proposal") | cells_of(dump, "challenges_challenge")
    return {name for name, value in (OFFER | PLAN).items() if str(value) in cells[name]}


def cells_of(dump: str, table: str) -> dict[str, set[str]]:
    """Column -> what stands in it, of all rows of a table in a dump."""
    block = re.search(rf"^COPY public\.{table} \((.*?)\) FROM stdin;\n(.*?)^\\\.$", dump, re.M | re.S)
    assert block, table
    rows = [line.split("\t") for line in block[2].splitlines()]
    assert rows, table
    return {name: {row[place] for row in rows} for place, name in enumerate(block[1].split(", "))}
