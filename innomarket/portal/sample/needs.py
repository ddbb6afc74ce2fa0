"""Forty needs of public bodies, each with four places: the titles and texts of the sample's tasks (``needs.csv``)."""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Need:
    """``title`` has a place for where; ``product`` is what could answer it; ``category`` a catalogue code."""

    title: str
    who: str
    today: str
    needed: str
    product_ko: str
    product_en: str
    category: str
    sdgs: tuple[int, ...]


PLACES = ("원도심", "산업단지 주변", "해안 지역", "산간 마을")


def _stated() -> tuple[Need, ...]:
    with Path(__file__).with_name("needs.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Need(sdgs=tuple(int(goal) for goal in row.pop("sdgs").split()), **row)
            for row in csv.DictReader(file)
        )


NEEDS = _stated()


def title_of(index: int) -> str:
    """The title of the sample's task number ``index``, counted from 0; 160 differ."""
    need = need_of(index)
    return need.title.format(place=PLACES[index // len(NEEDS) % len(PLACES)])


def need_of(index: int) -> Need:
    return NEEDS[index % len(NEEDS)]


def index_of(title: str) -> int:
    """Which of the sample's tasks has this title. Raises KeyError for another's."""
    return _INDEX[title]


_INDEX = {title_of(index): index for index in range(len(NEEDS) * len(PLACES))}
