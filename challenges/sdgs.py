"""The seventeen Sustainable Development Goals, by their short names.

Source: United Nations, A/RES/70/1 (2015), goals 1–17; the English names are the short titles on
sdgs.un.org, the Korean ones the short names in use in Korea. They are names, not messages: a frozen
task keeps both languages.
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    number: int
    ko: str
    en: str

    def name(self, language: str) -> str:
        """With its number: “6 깨끗한 물과 위생”."""
        return f"{self.number} {self.ko if language.startswith('ko') else self.en}"

    def both(self) -> dict[str, str]:
        """As a frozen section holds it."""
        return {"ko": self.name("ko"), "en": self.name("en")}


GOALS = (
    Goal(1, "빈곤 퇴치", "No poverty"),
    Goal(2, "기아 종식", "Zero hunger"),
    Goal(3, "건강과 웰빙", "Good health and well-being"),
    Goal(4, "양질의 교육", "Quality education"),
    Goal(5, "성평등", "Gender equality"),
    Goal(6, "깨끗한 물과 위생", "Clean water and sanitation"),
    Goal(7, "모두를 위한 깨끗한 에너지", "Affordable and clean energy"),
    Goal(8, "양질의 일자리와 경제성장", "Decent work and economic growth"),
    Goal(9, "산업, 혁신, 사회기반시설", "Industry, innovation and infrastructure"),
    Goal(10, "불평등 완화", "Reduced inequalities"),
    Goal(11, "지속가능한 도시와 공동체", "Sustainable cities and communities"),
    Goal(12, "책임 있는 소비와 생산", "Responsible consumption and production"),
    Goal(13, "기후변화 대응", "Climate action"),
    Goal(14, "해양 생태계 보전", "Life below water"),
    Goal(15, "육상 생태계 보전", "Life on land"),
    Goal(16, "평화, 정의와 강한 제도", "Peace, justice and strong institutions"),
    Goal(17, "목표를 위한 협력", "Partnerships for the goals"),
)
BY_NUMBER = {goal.number: goal for goal in GOALS}


def names_of(numbers: Collection[int], language: str) -> list[str]:
    """Those of the goals, in their order, whatever the order of the numbers."""
    return [goal.name(language) for goal in GOALS if goal.number in numbers]
