"""Where somebody is in the form: its pages in order, what each still needs, what comes next."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import kinds
from ..kinds import Missing
from ..models import Attachment, Submission
from ..services import filling


@dataclass
class Page:
    """One page of the form: a step with questions, a place for files, or the check at the end."""

    code: str
    title: Any
    url: str
    state: str = "todo"
    note: str = ""


class Progress:
    """Asked once for each request; two queries more for each step of the form, none for each row."""

    def __init__(self, submission: Submission, current: str = "") -> None:
        self.submission = submission
        self.kind = kinds.of(submission)
        self.missing: list[Missing] = filling.missing(submission)
        self.files: list[Attachment] = list(submission.attachments.kept().select_related("document"))
        self.pages = [*map(self._step, self.kind.steps), *map(self._slot, self.kind.slots), self._check()]
        for page in self.pages:
            if page.code == current:
                page.state = "now"
        self.place = next((n for n, page in enumerate(self.pages) if page.code == current), 0)

    @property
    def next_url(self) -> str:
        return self.pages[min(self.place + 1, len(self.pages) - 1)].url

    @property
    def previous(self) -> Page | None:
        return self.pages[self.place - 1] if self.place else None

    def steps(self) -> list[dict[str, Any]]:
        """For components/steps.html."""
        return [
            {"title": page.title, "url": page.url, "state": page.state, "note": page.note}
            for page in self.pages
        ]

    def checklist(self) -> list[dict[str, Any]]:
        """For components/checklist.html: what is missing, each line a link to where it is given."""
        return [{"text": line.text, "done": False, "url": self.url_of(line)} for line in self.missing]

    def url_of(self, line: Missing) -> str:
        if filling.is_slot(self.kind, line):
            return files_url(self.submission, line.step)
        url = step_url(self.submission, line.step)
        return f"{url}#id_{line.field}" if line.field else url

    def heading(self) -> str:
        return _("Step %(now)s of %(all)s") % {"now": self.place + 1, "all": len(self.pages)}

    def _step(self, step: kinds.Step) -> Page:
        count = sum(
            1 for line in self.missing if line.step == step.code and not filling.is_slot(self.kind, line)
        )
        return Page(
            f"step:{step.code}",
            step.title,
            step_url(self.submission, step.code),
            "todo" if count else "done",
            _missing(count),
        )

    def _slot(self, slot: kinds.Slot) -> Page:
        count = sum(1 for file in self.files if file.slot == slot.code)
        note = ngettext("%(n)s file", "%(n)s files", count) % {"n": count} if count else ""
        if not count:
            note = _("missing") if slot.required else _("optional")
        return Page(
            f"files:{slot.code}",
            slot.label,
            files_url(self.submission, slot.code),
            "done" if count else "todo",
            note,
        )

    def _check(self) -> Page:
        return Page("check", _("Check your answers and submit"), page_url(self.submission, "check"))


def _missing(count: int) -> str:
    return (
        ngettext("%(n)s answer is missing", "%(n)s answers are missing", count) % {"n": count}
        if count
        else ""
    )


def step_url(submission: Submission, step: str) -> str:
    return reverse("submissions:edit", args=[submission.number, step])


def files_url(submission: Submission, slot: str) -> str:
    return reverse("submissions:files", args=[submission.number, slot])


def page_url(submission: Submission, name: str) -> str:
    """The page "check", "receipt" or "withdraw" of a submission."""
    return reverse(f"submissions:{name}", args=[submission.number])
