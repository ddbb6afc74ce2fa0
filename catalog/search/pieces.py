"""The pieces of the search, each of which can be switched off to measure what it earns (`benchmarks/search`)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pieces:
    particles: bool = True
    compounds: bool = True
    spacing: bool = True
    initials: bool = True
    keyboard: bool = True
    thesaurus: bool = True
    spelling: bool = True
    ranking: bool = True


EVERY = Pieces()
