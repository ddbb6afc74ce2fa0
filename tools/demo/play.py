"""A whole small round, from a public need to a pilot purchase, in the order of the README."""

import json
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .browser import Browser, Page
from .paper import paper
from .people import Person, Stopped

KST = ZoneInfo("Asia/Seoul")
REQUESTS_WHILE_OPEN = 60
"""Of staff who announce a call, and of two companies that write and submit."""
LEAST_OPEN = 12.0
"""Seconds."""


def number_in(text: str) -> str:
    """The number that people quote, in an address."""
    found = re.search(r"[TR]\d\d[A-Z]{2}\d{8}", text)
    if found is None:
        raise Stopped(f"no number in {text}")
    return found.group()


class Round:
    """The state of the play: who is signed in, and the numbers that the steps pass on."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.tag = datetime.now(KST).strftime("%H:%M:%S")
        self._cast: dict[str, Person] = {}

    def who(self, login: str, role: str) -> Person:
        if login not in self._cast:
            self._cast[login] = Person(self.base, login, role)
        return self._cast[login]

    # ── the steps ──

    def play(self) -> None:
        self.need()
        self.tasks_judged()
        self.offers()
        self.offers_judged()
        self.decision()
        self.catalogue()
        self.purchase()

    def need(self) -> None:
        print("\n1–2  The agency calls for challenge tasks; an institution submits one")
        staff = self.who("rounds", "staff (rounds)")
        self.task_call, closes = self._call(staff, "/admin/submissions/call/create/?kind=challenge_task")
        institution = self.who("institution", "institution")
        number = self._draft(institution, f"/calls/{self.task_call}/apply/")
        steps = f"/submissions/{number}/edit"
        institution.does(
            f"{steps}/problem/",
            "says what the problem is, not how to solve it",
            {
                "title": f"장마철 배수구 막힘을 미리 알기 ({self.tag})",
                "problem": "낙엽과 쓰레기가 배수구를 막아 비가 오면 도로가 잠깁니다.",
                "who_suffers": "저지대 주민 2,300명과 이 길을 지나는 운전자",
                "today": "비가 온 뒤 민원을 받고 사람이 나가 치웁니다.",
            },
        )
        institution.does(
            f"{steps}/need/",
            "says what is needed, and where it can be tried",
            {
                "needed_performance": "막히기 두 시간 전에 90 % 이상 알리기",
                "test_site": "우리 시의 배수구 50곳을 여섯 달 동안",
                "scale": "관내 배수구 4,200곳",
            },
        )
        institution.does(
            f"{steps}/plan/",
            "estimates budget and time",
            {
                "budget_won": "150,000,000",
                "wanted_from": self._day(30),
                "wanted_until": self._day(390),
                "sdgs": ["6", "11"],
            },
        )
        self.task = number
        self._submitted(institution, number)
        self._closed(closes)
        self._opened(staff)

    def tasks_judged(self) -> None:
        print("\n3    Evaluators score it; staff publish the results")
        self._judged(self.task_call)
        self.who("institution", "institution").sees(f"/challenges/{self.task}/", "reads its result")

    def offers(self) -> None:
        print("\n4    The task is public; companies answer it, sealed until the opening")
        staff = self.who("rounds", "staff (rounds)")
        page = staff.browser.get("/admin/challenges/challenge/open-solution-call/")
        title = f"해결책 공모 ({self.tag})"
        opens, closes, opening = self._times()
        page = staff.does(
            "/admin/challenges/challenge/open-solution-call/",
            "prepares the call for solutions",
            self._solution_call(page, title)
            | {"opens_at": opens, "closes_at": closes[0], "opening_at": opening},
        )
        page = staff.browser.submit(page, page.form("confirm"))
        staff.say("confirms the lots that it was shown", page)
        self._announce(staff, title)
        self.proposals = []
        for login, price in (("company", "22,000,000"), ("company2", "27,500,000")):
            company = self.who(login, "company")
            number = self._draft(company, f"/calls/{self.solution_call}/apply/")
            self._proposal(company, number, price)
            self.proposals.append(number)
        self._sealed(staff)
        self._closed(closes[1])
        self._opened(staff)

    def _opened(self, staff: Person) -> None:
        """It takes two: the second person signs in with their own code."""
        staff.does(self._call_page("prepare-opening"), "prepares the opening")
        second = self.who("rounds2", "staff (rounds, 2nd)")
        second.does(self._call_page("open"), "opens what was submitted, on record")

    def _sealed(self, staff: Person) -> None:
        for person, login in ((staff, "staff"), (self.who("institution", "institution"), "the institution")):
            page = person.browser.get(f"/proposals/{self.proposals[0]}/")
            if "침수" in page.text:
                raise Stopped(f"{login} reads a sealed proposal")
            person.say("tries to read a sealed proposal", page)

    def offers_judged(self) -> None:
        institution = self.who("institution", "institution")
        for number in self.proposals:
            page = institution.browser.get(f"/proposals/{number}/opinion/")
            verdict = page.form("verdict").choices["verdict"][0][0]
            institution.does(
                f"/proposals/{number}/opinion/",
                "gives its fit opinion on a proposal",
                {"verdict": verdict, "reason": "시험 장소의 관로 지름과 맞습니다."},
            )
        self._judged(self.solution_call)
        self.who("company", "company").sees(f"/proposals/{self.proposals[0]}/", "reads its result")

    def decision(self) -> None:
        print("\n5    The committee decides")
        secretary = self.who("committee", "staff (committee)")
        held = (datetime.now(KST) + timedelta(seconds=3)).strftime("%Y-%m-%d %H:%M:%S")
        page = secretary.browser.get("/admin/designation/meeting/plan/")
        committee = page.form("committee").choices["committee"][-1][0]
        page = secretary.does(
            "/admin/designation/meeting/plan/",
            "calls a meeting",
            {"committee": committee, "held_at": held, "place": "대회의실"},
        )
        meeting = page.url.split("/change/")[0]
        self.meeting = number_in(page.text)
        page = secretary.browser.get(f"{meeting}/table/")
        ours = self._of_this_play(page, "submissions")
        secretary.does(f"{meeting}/table/", "puts the proposal on the agenda", {"submissions": ours})
        motion = secretary.browser.get(f"{meeting}/change/").link("/designation/motion/")
        motion = motion.split("/change/")[0]
        time.sleep(3)
        secretary.does(f"{meeting}/open/", "opens the meeting")
        page = secretary.browser.get(f"{meeting}/attendance/")
        seats = [value for value, _text in page.form("seats").choices["seats"]]
        secretary.does(f"{meeting}/attendance/", "records who is present", {"seats": seats})
        secretary.does(f"{motion}/open-vote/", "opens the vote")
        for turn in range(1, 6):
            member = self.who(f"member{turn}", "committee member")
            path = f"/meetings/{self.meeting}/1/vote/"
            member.does(path, "votes", {"choice": "against" if turn == 5 else "for"})
        secretary.does(f"{motion}/close-vote/", "closes the vote: the count is the decision")
        secretary.does(f"{meeting}/close/", "closes the meeting")

    def catalogue(self) -> None:
        print("\n6    The product stands in the catalogue")
        found = self.api("/api/v1/products/?page_size=1")
        self.product = found["results"][0]
        print(f"  {'a program':<18} GET /api/v1/products/?page_size=1")
        print("    " + json.dumps(self.product, ensure_ascii=False, indent=2).replace("\n", "\n    "))

    def purchase(self) -> None:
        print("\n7    The agency buys it first, for the institution that needed it")
        budget = self.who("budget", "staff (budget)")
        line = budget.browser.get("/admin/pilots/budgetline/").link("/change/").split("/change/")[0]
        product = self.product["number"]
        budget.does(
            f"{line}/match/",
            "matches the institution that proposed the task",
            {"product": product, "institution": "9900001", "quantity": "5", "amount_won": "110,000,000"},
        )
        page = budget.browser.get("/admin/pilots/pilot/")
        href, text = next((h, t) for h, t in page.parsed.links if "/pilots/pilot/" in h and "/change/" in h)
        pilot, self.pilot = href.split("/change/")[0], number_in(text)
        budget.refused(
            f"{pilot}/commit/", "tries to commit more than is reserved", {"amount_won": "990,000,000,000"}
        )
        budget.does(f"{pilot}/commit/", "commits the purchase", {"amount_won": "110,000,000"})
        today = self._day(0)
        budget.does(
            f"{pilot}/contract/",
            "records the contract",
            {
                "supply_won": "100,000,000",
                "vat_won": "10,000,000",
                "quantity": "5",
                "signed_on": today,
                "due_on": self._day(60),
            },
        )
        self._trial(today)
        budget.sees("/pilots/", "sees the budget")
        print(f"\nThe pilot purchase: {self.base}/pilots/{self.pilot}/")
        print(f"The product:        {self.base}/catalog/{product}/")

    def _trial(self, today: str) -> None:
        institution = self.who("institution", "institution")
        path = f"/pilots/{self.pilot}"
        institution.does(
            f"{path}/inspection/",
            "accepts four, refuses one",
            {
                "delivered_on": today,
                "inspected_on": today,
                "accepted": "4",
                "refused": "1",
                "reason": "한 대의 덮개가 깨져 있었습니다.",
            },
        )
        institution.does(
            f"{path}/measures/",
            "records what the trial measured",
            {
                "name_1": "미리 알린 비율",
                "target_1": "90 %",
                "method_1": "배수구 50곳, 비 온 날 12일의 기록",
                "found_1": "93 %",
                "reached_1": "yes",
            },
        )
        institution.does(
            f"{path}/verdict/",
            "gives the verdict, as it is",
            {"verdict": "success", "summary": "비가 오기 두 시간 전에 93 %를 미리 알렸습니다."},
        )

    # ── what several steps do ──

    def _call(self, staff: Person, path: str) -> tuple[str, datetime]:
        title = f"도전적 과제 공모 ({self.tag})"
        opens, closes, opening = self._times()
        staff.does(
            path,
            "prepares a call with the usual criteria",
            {
                "title_ko": title,
                "title_en": f"Call for challenge tasks ({self.tag})",
                "opens_at": opens,
                "closes_at": closes[0],
                "opening_at": opening,
            },
        )
        return self._announce(staff, title), closes[1]

    def _announce(self, staff: Person, title: str) -> str:
        page = staff.browser.get("/admin/submissions/call/?o=-1")
        for href, _text in page.parsed.links:
            if "/submissions/call/" in href and "/change/" in href:
                page = staff.browser.get(href)
                if title in page.text:
                    self._call_path = href.split("/change/")[0]
                    self.solution_call = number_in(page.text)
                    staff.does(f"{self._call_path}/announce/", "announces it")
                    return self.solution_call
        raise Stopped(f"the call {title} is not in the admin")

    def _call_page(self, action: str) -> str:
        return f"{self._call_path}/{action}/"

    @staticmethod
    def _times() -> tuple[str, tuple[str, datetime], str]:
        now = datetime.now(KST).replace(microsecond=0)
        pace = Browser.waited / Browser.asked
        # Three times what is needed at the pace so far: a slow machine closes no call before its proposals are in.
        closes = now + timedelta(seconds=round(max(LEAST_OPEN, 3 * REQUESTS_WHILE_OPEN * pace)))
        form = "%Y-%m-%d %H:%M:%S"
        return now.strftime(form), (closes.strftime(form), closes), closes.strftime(form)

    @staticmethod
    def _day(days: int) -> str:
        return (datetime.now(KST) + timedelta(days=days)).strftime("%Y-%m-%d")

    def _draft(self, person: Person, path: str) -> str:
        page = person.browser.get(path)
        values = {
            name: choices[0][0]
            for name, choices in Person._main_form(page).choices.items()
            if choices and name in ("lot", "organisation")
        }
        page = person.does(path, "begins a draft", values)
        return number_in(page.url)

    def _submitted(self, person: Person, number: str) -> None:
        person.does(f"/submissions/{number}/check/", "checks the answers and submits")
        page = person.sees(f"/submissions/{number}/receipt/", "gets a receipt")
        hashes = re.findall(r"\b[0-9a-f]{64}\b", page.text)
        print(f"  {'':<18} receipt {number}, SHA-256 {hashes[0] if hashes else '(on the page)'}", flush=True)

    def _proposal(self, company: Person, number: str, price: str) -> None:
        steps = f"/submissions/{number}/edit"
        company.does(
            f"{steps}/product/",
            "names its product",
            {
                "product_name_ko": f"배수구 막힘 알리미 ({self.tag})",
                "product_name_en": f"Drain Blockage Alert ({self.tag})",
                "summary": "배수구의 물 흐름을 재어 침수 두 시간 전에 알립니다.",
                "trl": "8",
                "patent_number": "제10-0001234호",
            },
        )
        company.does(
            f"{steps}/solution/",
            "says how it solves the problem",
            {
                "solution": "초음파로 유속을 재고 비 예보와 함께 막힘을 미리 헤아립니다.",
                "novelty": "전지 하나로 삼 년을 씁니다.",
                "performance": "시험 관로 12곳에서 94 %를 미리 알렸습니다.",
            },
        )
        company.does(
            f"{steps}/offer/",
            "makes its offer",
            {"trial_months": "6", "unit_price_won": price, "unit": "대", "delivery_days": "45"},
        )
        for slot, name in (("proposal", "제안서.pdf"), ("specification", "규격서.pdf")):
            company.does(
                f"/submissions/{number}/files/{slot}/",
                f"uploads {name}",
                files={"file": (name, paper(f"{number} {slot}"))},
                fields=("file",),
            )
        self._submitted(company, number)

    def _closed(self, closes: datetime) -> None:
        """Wait for the instant; the worker closes the call, and the database's clock refuses late ones anyway."""
        left = (closes - datetime.now(KST)).total_seconds()
        print(f"  {'(waiting)':<18} the call closes in {max(0, left):.0f} s", flush=True)
        time.sleep(max(0, left) + 1)
        staff = self.who("rounds", "staff (rounds)")
        self._until(lambda: staff.browser.get(self._call_page("prepare-opening")).parsed.forms, self._is_open)

    def _is_open(self, forms: object) -> bool:
        return any(form.method == "post" and not form.action for form in forms)  # type: ignore[attr-defined]

    @staticmethod
    def _until(ask: Callable[[], object], good: Callable[[object], bool], seconds: int = 180) -> None:
        for _attempt in range(seconds):
            if good(ask()):
                return
            time.sleep(1)
        raise Stopped("the worker did not close the call within three minutes")

    def _judged(self, call: str) -> None:
        """A panel of three is formed, scores, and staff finish, select and publish."""
        staff = self.who("rounds", "staff (rounds)")
        create = "/admin/evaluation/round/create/"
        page = staff.browser.get(create)
        value = next(value for value, text in page.form("call").choices["call"] if call in text)
        # The call of the demo closes within minutes: its panel is appointed, and marked as such.
        evaluators = [f"evaluator{turn}@innomarket.example" for turn in (1, 2, 3)]
        staff.does(
            create,
            "forms a panel of three",
            {"call": value, "addresses": "\n".join(evaluators), "reason": "시연"},
        )
        round_path, number = self._newest_round(staff)
        staff.does(f"{round_path}/start/", "starts the round")
        for turn in (1, 2, 3):
            self._score(self.who(f"evaluator{turn}", "evaluator"), number, turn)
        staff.does(f"{round_path}/finish/", "finishes the round")
        self._select(staff, round_path)
        staff.does(f"{round_path}/prepare/", "prepares the publication")
        page = staff.browser.get("/admin/evaluation/publication/")
        href = next(h for h, _t in page.parsed.links if "/evaluation/publication/" in h and "/change/" in h)
        second = self.who("rounds2", "staff (rounds, 2nd)")
        second.does(f"{href.split('/change/')[0]}/publish/", "looks at it and publishes all results at once")

    def _newest_round(self, staff: Person) -> tuple[str, str]:
        page = staff.browser.get("/admin/evaluation/round/")
        href, text = next(
            (h, t) for h, t in page.parsed.links if "/evaluation/round/" in h and "/change/" in h
        )
        return href.split("/change/")[0], number_in(text)

    def _score(self, evaluator: Person, number: str, turn: int) -> None:
        path = f"/evaluation/{number}/"
        evaluator.does(f"{path}seat/", "signs the pledge", {"read": "on"})
        evaluator.does(path, "declares: no conflict of interest", {"read": "on"})
        page = evaluator.browser.get(path)
        sheets = sorted(
            {h for h, _t in page.parsed.links if re.fullmatch(rf".*/evaluation/{number}/\d+/", h)}
        )
        for place, sheet in enumerate(sheets):
            form = evaluator.browser.get(sheet).form("comment")
            values: dict[str, object] = {
                name: choices[max(0, len(choices) - 2 - (turn + place) % 2)][0]
                for name, choices in form.choices.items()
                if name.startswith("criterion")
            }
            values["comment"] = "문제가 분명하고 효과를 잴 수 있습니다."
            # Points at an end of the scale take a comment of their own.
            values |= {
                name.replace("criterion", "comment"): "근거 자료가 모두 분명합니다."
                for name in list(values)
                if name.startswith("criterion")
            }
            evaluator.does(sheet, "scores and submits a sheet", values, button="submit")

    @staticmethod
    def _select(staff: Person, round_path: str) -> None:
        page = staff.browser.get(f"{round_path}/select/")
        form = Person._main_form(page)
        name = next(name for name in form.choices if name.startswith("entr"))
        staff.does(
            f"{round_path}/select/", "selects the first of the ranking", {name: form.choices[name][0][0]}
        )

    def _solution_call(self, page: Page, title: str) -> dict[str, object]:
        ours = self._of_this_play(page, "challenges")
        return {"challenges": ours, "title_ko": title, "title_en": f"Call for solutions ({self.tag})"}

    def _of_this_play(self, page: Page, field: str) -> list[str]:
        """Of what can be chosen, what this play has made: its titles carry the time at which it began."""
        ours = [value for value, text in page.form(field).choices[field] if self.tag in text]
        if not ours:
            raise Stopped(f"{page.url} does not offer what this play has made")
        return ours

    def api(self, path: str) -> dict:
        page = Browser(self.base).get(path)
        if page.status != 200:
            raise Stopped(f"{path} answers {page.status}")
        return json.loads(page.body)
