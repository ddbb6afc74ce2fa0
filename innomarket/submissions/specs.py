"""What a new call is made of, as plain values: criteria in groups, and lots."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    """Criteria that belong together. The order of the groups is also the order that breaks ties."""

    name_ko: str
    name_en: str
    minimum_percent: int = 0
    criteria: list[CriterionSpec] = field(default_factory=list)


@dataclass(frozen=True)
class LotSpec:
    """What is ranked together. ``owner`` is the institution whose need it is."""

    title_ko: str
    title_en: str = ""
    owner: Organisation | None = None
    story: Story | None = None
