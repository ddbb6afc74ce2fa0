"""What each applicant will be told, word by word: looked at before it is sent, hashed, then sent exactly so.

One thing is not known while it is looked at: the day on which it is published, and with it until when one may
object. The hash is over the texts with a place for that day; the page shows it as it would be today.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from innomarket.notifications import kinds, rendering
from innomarket.submissions.freezing import digest
from innomarket.submissions.reads import people_by_submission

from . import reads, words
from .figures import with_figures
from .models import Result, Round
from .states import Outcome

FORMAT = "innomarket-publication-1"
KIND = "evaluation.results"
KIND_ANEW = "evaluation.results_anew"
LANGUAGES = ("ko", "en")
ANY_DAY = "{objections until}"


@dataclass
class Letter:
    """One applicant's message: ``result`` as ``reads.shown`` gives it, and the people to whom it goes."""

    result: Any
    people: list[Any]

    @property
    def kind(self) -> str:
        """What was evaluated anew is told in other words."""
        return KIND_ANEW if self.result.ordinal else KIND

    def values(self, until: datetime | None) -> dict[str, Any]:
        """For the message's places; ``until``: the end of the time to object, None where it is not fixed yet."""
        result = self.result
        return self._former() | {
            "number": result.entry.submission.number,
            "title": result.entry.revision.title,
            "outcome": words.outcome(result),
            "reason": words.reason_line(result),
            "total": words.total(result),
            "pass_mark": "–" if result.entry.round.pass_mark is None else str(result.entry.round.pass_mark),
            "place": words.place(result),
            "selected": str(result.figures.selected),
            "scores": words.scores(result.lines, result.checks_shown),
            "comments": words.comment_lines(result.comments),
            "until": words.last_day(until) if until else ANY_DAY,
            "list": words.list_url(result.entry.round),
        }

    def _former(self) -> dict[str, Any]:
        """The revision before, where there is one."""
        former = self.result.supersedes
        if former is None:
            return {}
        return {
            "round": self.result.entry.round.number,
            "former_round": former.entry.round.number,
            "former_outcome": words.outcome(former),
            "former_total": words.total(former),
        }

    def text(self, language: str, until: datetime | None) -> tuple[str, str]:
        """Subject and body as the person reads them."""
        return rendering.render(kinds.get(self.kind), language, self.values(until))

    def sealed(self) -> dict[str, Any]:
        """What the hash is over: the result, who receives it, and the texts."""
        result = self.result
        texts = {
            language: hashlib.sha256("\n".join(self.text(language, None)).encode()).hexdigest()
            for language in LANGUAGES
        }
        return {
            "submission": result.entry.submission.number,
            "outcome": result.outcome,
            "reason": result.outcome_reason,
            "total": None if result.total is None else str(result.total),
            "place": result.rank,
            "inputs_sha256": result.inputs_sha256,
            "people": sorted(person.pk for person in self.people),
            "texts": texts,
        }


def letters_of(rounds: Iterable[Round]) -> list[Letter]:
    """The letters of some rounds, in the order of their rounds and entries."""
    found = (
        Result.objects.filter(entry__round__in=[round.pk for round in rounds])
        .select_related(
            "entry__revision",
            "entry__round__stage",
            "entry__round__beside",
            "entry__submission__lot__call",
            "entry__submission__applicant_organisation",
            "entry__submission__applicant_person",
            "supersedes__entry__round",
        )
        .order_by("entry__round", "entry__order")
    )
    results = with_figures(reads.shown(found))
    people = people_by_submission([result.entry.submission for result in results])
    return [Letter(result, people.get(result.entry.submission_id, [])) for result in results]


def seal(rounds: Iterable[Round], letters: Iterable[Letter]) -> str:
    """One SHA-256 over everything that is told, and to whom."""
    by_round: dict[int, list[dict[str, Any]]] = {}
    for letter in letters:
        by_round.setdefault(letter.result.entry.round_id, []).append(letter.sealed())
    return digest(
        {
            "format": FORMAT,
            "rounds": [
                {"number": round.number, "results": by_round.get(round.pk, [])}
                for round in sorted(rounds, key=lambda one: one.pk)
            ],
        }
    )


def counts(letters: Iterable[Letter]) -> dict[str, int]:
    """By outcome, how many applicants, and how many people are told."""
    letters = list(letters)
    outcomes = [letter.result.outcome for letter in letters]
    people = {person.pk for letter in letters for person in letter.people}
    found = {name: outcomes.count(name) for name in Outcome if name != Outcome.OPEN}
    return {str(name.value): n for name, n in found.items()} | {
        "applicants": len(letters),
        "people": len(people),
    }
