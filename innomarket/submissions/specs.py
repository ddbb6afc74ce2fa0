"""What a new call is made of, as plain values: stages, criteria in groups, and lots."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from innomarket.accounts.models import Organisation
    from innomarket.timeline.models import Story


@dataclass(frozen=True)
class CriterionSpec:
    """One criterion. ``weight`` is its share of 100; a sheet gives 0 to ``max_points``."""

    name_ko: str
    name_en: str
    weight: int
    max_points: int = 10
    explanation_ko: str = ""
    explanation_en: str = ""


@dataclass(frozen=True)
class GroupSpec:
    """Criteria that belong together. The order of the groups is also the order that breaks ties.

    ``stage``: the place of its stage in the call, from 1; 0: the first stage that gives points.
    """

    name_ko: str
    name_en: str
    minimum_percent: int = 0
    criteria: list[CriterionSpec] = field(default_factory=list)
    stage: int = 0


@dataclass(frozen=True)
class CheckSpec:
    """One question that a stage answers fit or unfit."""

    name_ko: str
    name_en: str
    explanation_ko: str = ""
    explanation_en: str = ""


@dataclass(frozen=True)
class StageRule:
    """How a stage counts. ``trim_from`` None: the plain mean; percents None: no comment is required."""

    pass_mark: Decimal
    least_sheets: int
    trim_from: int | None = None
    group_minimum: str = "mean"
    low_percent: int | None = None
    high_percent: int | None = None


@dataclass(frozen=True)
class StageSpec:
    """One stage of judging. ``method`` "" follows from the kind; what is None, the rule in force gives.

    ``trim_from`` 0: the plain mean, whatever the rule says. ``blind``: its evaluators see the anonymous copy alone.
    """

    kind: str
    name_ko: str = ""
    name_en: str = ""
    method: str = ""
    checks: list[CheckSpec] = field(default_factory=list)
    pass_mark: Decimal | None = None
    least_sheets: int | None = None
    trim_from: int | None = None
    group_minimum: str = ""
    blind: bool = False


@dataclass(frozen=True)
class LotSpec:
    """What is ranked together. ``owner`` is the institution whose need it is."""

    title_ko: str
    title_en: str = ""
    owner: Organisation | None = None
    story: Story | None = None
