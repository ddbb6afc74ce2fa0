"""Criteria that the portal proposes for its calls. They are our default.

Domain.md §2.4 gives publicness 40 and innovativeness 30 for the supply-driven route; the criteria of
the demand-driven route were found in no source (§9). Ideas are judged on innovativeness, social effect and fitness
for procurement (§3.3); how much each counts is said nowhere. Staff may write others into each call.
"""

from innomarket.submissions.specs import CriterionSpec, GroupSpec


def challenge_groups() -> list[GroupSpec]:
    """How challenge tasks are judged: three criteria, 100 in all. Our default."""
    return [
        GroupSpec(
            name_ko="공공성",
            name_en="Publicness",
            minimum_percent=60,
            criteria=[
                CriterionSpec(
                    name_ko="문제의 크기와 급함",
                    name_en="Size and urgency of the problem",
                    weight=40,
                    explanation_ko="누가 얼마나 불편하거나 위험한가, 지금 풀어야 하는가. (우리 기본값)",
                    explanation_en="Who suffers and how much; must it be solved now? (our default)",
                )
            ],
        ),
        GroupSpec(
            name_ko="혁신성",
            name_en="Innovativeness",
            minimum_percent=60,
            criteria=[
                CriterionSpec(
                    name_ko="새로운 해결책의 필요",
                    name_en="Need for a new solution",
                    weight=30,
                    explanation_ko="시장에 있는 제품으로는 풀 수 없는가. 있다면 일반 구매가 맞습니다. (우리 기본값)",
                    explanation_en="Is what is on the market not enough? If it is, buy it the usual way. (our default)",
                )
            ],
        ),
        GroupSpec(
            name_ko="실현 가능성",
            name_en="Feasibility",
            minimum_percent=60,
            criteria=[
                CriterionSpec(
                    name_ko="시험 여건과 확산 가능성",
                    name_en="Test conditions and use by others",
                    weight=30,
                    explanation_ko="시험할 곳과 조건이 갖추어졌는가, 다른 기관도 쓸 수 있는가. (우리 기본값)",
                    explanation_en="Are the site and its conditions ready; could others use it too? (our default)",
                )
            ],
        ),
    ]


def proposal_groups() -> list[GroupSpec]:
    """How companies' proposals are judged: three criteria, 100 in all. Our default."""
    return [
        GroupSpec(
            name_ko="공공성",
            name_en="Publicness",
            minimum_percent=60,
            criteria=[
                CriterionSpec(
                    name_ko="문제 해결과 공공의 이익",
                    name_en="Solving the problem for the public",
                    weight=40,
                    explanation_ko="과제의 문제를 얼마나 줄이는가, 누구에게 이로운가. (우리 기본값)",
                    explanation_en="How far it reduces the task's problem, and for whom. (our default)",
                )
            ],
        ),
        GroupSpec(
            name_ko="혁신성",
            name_en="Innovativeness",
            minimum_percent=60,
            criteria=[
                CriterionSpec(
                    name_ko="새로움과 뛰어남",
                    name_en="Novelty and excellence",
                    weight=40,
                    explanation_ko="지금 살 수 있는 것과 무엇이 다른가, 성능의 근거가 있는가. (우리 기본값)",
                    explanation_en="What differs from what can be bought; evidence for the needed performance."
                    " (our default)",
                )
            ],
        ),
        GroupSpec(
            name_ko="실현 가능성",
            name_en="Feasibility",
            minimum_percent=60,
            criteria=[
                CriterionSpec(
                    name_ko="완성도와 시범사용 계획",
                    name_en="Readiness and trial plan",
                    weight=20,
                    explanation_ko="기술성숙도, 납품과 시험 계획, 값이 현실적인가. (우리 기본값)",
                    explanation_en="Is readiness, delivery, the trial and the price realistic? (our default)",
                )
            ],
        ),
    ]


def idea_groups() -> list[GroupSpec]:
    """How people's ideas are judged: three criteria, 100 in all. Their weights are our default."""
    return [
        GroupSpec(
            name_ko="혁신성",
            name_en="Innovativeness",
            minimum_percent=0,
            criteria=[
                CriterionSpec(
                    name_ko="새로운 생각",
                    name_en="A new thought",
                    weight=40,
                    explanation_ko="지금까지 없던 제안인가, 지금 방식보다 무엇이 나은가. (우리 기본값)",
                    explanation_en="Is it new; what is better than today? (our default)",
                )
            ],
        ),
        GroupSpec(
            name_ko="사회적 효과",
            name_en="Social effect",
            minimum_percent=0,
            criteria=[
                CriterionSpec(
                    name_ko="누구에게 얼마나 좋은가",
                    name_en="For whom, and how much",
                    weight=40,
                    explanation_ko="많은 사람이 겪는 불편인가, 나아지는 정도가 큰가. (우리 기본값)",
                    explanation_en="Do many suffer from it, and does it improve much? (our default)",
                )
            ],
        ),
        GroupSpec(
            name_ko="조달 적합성",
            name_en="Fitness for procurement",
            minimum_percent=0,
            criteria=[
                CriterionSpec(
                    name_ko="공공기관이 살 수 있는 것인가",
                    name_en="Could a public body buy it",
                    weight=20,
                    explanation_ko="제품이나 서비스로 풀 수 있고 공공기관이 쓸 곳이 있는가. (우리 기본값)",
                    explanation_en="Can a product or service solve it, and would institutions use it? (our default)",
                )
            ],
        ),
    ]


def load() -> int:
    """Nothing is stored: a call copies its criteria when it is made."""
    return 0
