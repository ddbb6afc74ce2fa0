"""The rules that every installation starts with."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_noop

from .models import DrawRule, EvaluationRule, Expertise, ObjectionRule, PanelReminderRule, PledgeText

VALUES = {
    "pass_mark": Decimal("70"),
    "least_sheets": 3,
    "trim_from": 5,
    "panel_size": 7,
    "group_minimum": "mean",
    "low_percent": 20,
    "high_percent": 90,
    "outlier_points": 20,
}


OURS = {"source": gettext_noop("innomarket: no source states it"), "is_default": True}
FIRST_DAY = date(2019, 1, 1)

DRAW = {
    "technical_seats": 3,
    "policy_seats": 2,
    "market_seats": 1,
    "user_seats": 1,
    "most_of_one_organisation": 1,
    "load_cap": 12,
    "look_back_years": 3,
}

# Fields in which innovation products were called for, 2020 to 2024.
EXPERTISE = [
    ("safety", "안전·재난", "Safety and disasters"),
    ("environment", "환경", "Environment"),
    ("health", "보건·의료", "Health"),
    ("welfare", "복지·돌봄", "Welfare and care"),
    ("education", "교육", "Education"),
    ("public-order", "치안", "Public order"),
    ("culture", "문화", "Culture"),
    ("drone", "드론", "Drones"),
    ("future-car", "미래자동차", "Future cars"),
    ("smart-city", "스마트시티", "Smart cities"),
    ("bio-health", "바이오헬스", "Bio-health"),
    ("new-energy", "에너지신산업", "New energy"),
    ("smart-factory", "스마트공장", "Smart factories"),
    ("fintech", "핀테크", "Financial technology"),
    ("smart-farm", "스마트팜", "Smart farms"),
    ("ai", "인공지능", "Artificial intelligence"),
    ("robot", "로봇", "Robots"),
    ("space", "우주", "Space"),
    ("hydrogen", "수소", "Hydrogen"),
    ("carbon-free", "무탄소 전원", "Carbon-free power"),
    ("port-ship", "자동화 항만·자율운항 선박", "Automated ports and autonomous ships"),
    ("low-birth", "저출생 대응", "Answers to the low birth rate"),
]

PLEDGE_KO = """나는 이 평가에서 다음을 지킬 것을 서약합니다.
1. 공고된 기준과 제출된 자료만으로, 양심에 따라 공정하게 평가합니다.
2. 이해관계가 있는 신청은 스스로 밝히고 평가하지 않으며, 나중에 알게 되면 곧바로 신고합니다.
3. 평가 자료와 점수, 다른 위원에 관한 내용을 누구에게도 알리지 않고, 사본을 남기지 않습니다.
4. 평가와 관련하여 누구에게서도 금품이나 청탁을 받지 않으며, 사전 접촉이 있으면 신고합니다.
5. 이를 어기면 평가위원에서 제외되고 관계 법령에 따라 책임질 수 있음을 알고 있습니다."""
PLEDGE_EN = """In this evaluation I promise:
1. I judge fairly and in good conscience, by the announced criteria and what was submitted alone.
2. I declare conflicts of interest myself and do not judge those entries; one that I learn of later I report at once.
3. I tell nobody about the papers, the scores or the other members, and keep no copies.
4. I accept no gift or request from anybody in this matter, and I report any contact made beforehand.
5. I know that I may be removed as an evaluator, and held liable under the law, if I break this pledge."""


def load() -> int:
    """The default rules and the first fields, where staff have not entered others; how many rules are in place."""
    DrawRule.ensure(valid=(FIRST_DAY, None), values=DRAW | OURS)
    PledgeText.ensure(valid=(FIRST_DAY, None), values={"text_ko": PLEDGE_KO, "text_en": PLEDGE_EN} | OURS)
    PanelReminderRule.ensure(
        valid=(FIRST_DAY, None), values={"days_before": [7, 3], "days_after": [1]} | OURS
    )
    for order, (code, name_ko, name_en) in enumerate(EXPERTISE, start=1):
        names = {"name_ko": name_ko, "name_en": name_en, "order": order, "begins_on": FIRST_DAY}
        Expertise.objects.get_or_create(code=code, defaults=names)
    EvaluationRule.ensure(valid=(date(2019, 1, 1), None), values=VALUES | OURS)
    ObjectionRule.ensure(valid=(date(2019, 1, 1), None), values={"working_days": 10, "most_files": 5} | OURS)
    return EvaluationRule.objects.count()
