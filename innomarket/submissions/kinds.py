"""What can be submitted: each later app registers its kind in ``AppConfig.ready()``.

The engine (drafts, files, deadlines, receipts, sealing) knows its subjects only through this.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innomarket.common.refusals import Refusal

Text = str | Promise


@dataclass(frozen=True)
class Step:
    """One page of the form: one group of questions. The form is a ModelForm over the subject's row;

    its fields may all be left empty in a draft – what is required, the checklist says.
    """

    code: str
    title: Text
    form: type[forms.ModelForm]
    lead: Text = ""


@dataclass(frozen=True)
class Slot:
    """A named place for files. ``extensions`` are lower case, without the dot."""

    code: str
    label: Text
    extensions: tuple[str, ...]
    required: bool = False
    max_files: int = 1
    hint: Text = ""


@dataclass(frozen=True)
class Missing:
    """One line of the checklist: what is still missing, and at which step (and field) to give it."""

    step: str
    text: Text
    field: str | None = None


@dataclass(frozen=True)
class Section:
    """One answer as it is frozen, with its label in both languages.

    ``value`` is plain JSON: text, a whole number, true/false, null, a list of these, or
    ``{"ko": …, "en": …}`` for what is shown in the page's language (no floats: they have no one
    spelling, and the hash needs one). Dates are ISO text; a unit belongs into the label.
    """

    key: str
    label: Text
    value: Any


@dataclass(frozen=True)
class Frozen:
    title: str
    sections: list[Section]


@dataclass(frozen=True)
class Kind:
    """A kind of submission.

    - ``number``: two letters of its numbers (a sequence of that name exists)
    - ``applicant``: "organisation" or "person"
    - ``may_apply``: permission ``(user, organisation, lot) -> Refusal | None`` beyond membership
    - ``begin(submission)``: makes the subject's row for a new submission
    - ``subject(submission)``: the subject's row of a submission
    - ``checklist(submission)``: what is missing in the fields (files by slot are checked by the engine)
    - ``freeze(submission)``: title and ordered sections for the revision; it is asked of incomplete
      drafts too, for the page "check your answers", and must not fail on empty fields
    - ``url(submission)``: the object's own page, without language prefix
    - ``anonymous``: keys of the sections that say nothing of who applied (figures, choices; never free text):
      evaluators of a blind round read these beside the anonymous copy
    - ``extra``: ``"groups"``: callable giving the shipped criteria (list of GroupSpec) that prefill a new
      call; ``"next"``: lines for the receipt that say what happens after the opening; ``"for_whom"``: who may
      apply, in words
    """

    code: str
    label: Text
    number: str
    applicant: str
    steps: tuple[Step, ...]
    slots: tuple[Slot, ...]
    may_apply: Callable[..., Refusal | None]
    begin: Callable[[Any], Any]
    subject: Callable[[Any], Any]
    checklist: Callable[[Any], list[Missing]]
    freeze: Callable[[Any], Frozen]
    url: Callable[[Any], str]
    lead: Text = ""
    anonymous: frozenset[str] = frozenset()
    extra: dict[str, Any] = field(default_factory=dict)


ANONYMOUS_COPY = Slot(
    "anonymous_copy",
    _("Anonymous copy"),
    ("pdf",),
    required=True,
    hint=_(
        "The evaluators of the blind stage read this one file, and of your answers only figures such as prices and "
        "periods: not your other files, not who you are. Put everything into it that they are to judge, and leave "
        "out every name of your organisation and your people, numbers, addresses, logos and web domains. It is "
        "searched for them, and what is found is shown to you before you submit."
    ),
)
"""The further place for a file in a call with a blind stage (domain.md §2.4, our default: one PDF)."""

_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.code] = kind


def get(code: str) -> Kind:
    return _kinds[code]


def all_kinds() -> list[Kind]:
    return list(_kinds.values())


def of_call(call: Any) -> Kind:
    """The kind of a call, with the place for the anonymous copy where a stage of the call is blind."""
    kind = get(call.kind)
    return replace(kind, slots=(*kind.slots, ANONYMOUS_COPY)) if call.blind else kind


def of(submission: Any) -> Kind:
    """The kind of a submission (its call's)."""
    return of_call(submission.lot.call)
