"""Objections: written and filed by the applicant within the time, answered by staff with a reason."""

from collections.abc import Iterable
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.accounts.reads import staff_of
from innomarket.audit.services import changed, created
from innomarket.common.clock import now
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock, lock_all
from innomarket.common.moves import ask_move
from innomarket.common.numbers import next_number
from innomarket.common.reasons import reason_given
from innomarket.common.refusals import Refused, ask
from innomarket.notifications.services import tell
from innomarket.submissions.models import Submission
from innomarket.submissions.reads import people_behind
from innomarket.submissions.words import moment
from innomarket.timeline.services import add_milestone

from .. import objections, permissions, words
from ..models import Objection, ObjectionFile, Result
from ..states import OBJECTION_MOVES, ObjectionOutcome, ObjectionState
from .objection_file import ask_sound, take_files, take_out_file

NUMBER = "OB"
TEXT_MAX = 5_000
ANSWER_MAX = 5_000


def save_objection(
    *, result: Result, by: Any, text: str, files: Iterable[File] = (), without: ObjectionFile | None = None
) -> Objection:
    """Keep what was written; it counts for nothing before it is filed. Also after the time: no text is lost.

    ``without``: a file of the draft that is taken out; ``files`` are added to the others. Raises Refused at "papers"
    for what cannot be taken, and once it was filed.
    """
    with transaction.atomic():
        result = _locked(result)
        ask(permissions.may_write_objection(by, result))
        objection = _kept(result, by, _within(text, TEXT_MAX, "text"))
        if without is not None:
            take_out_file(objection, by, without)
        take_files(objection, by, files)
    return objection


def file_objection(*, result: Result, by: Any, text: str, files: Iterable[File] = ()) -> Objection:
    """File the one objection to a published result, with the files of its draft and these.

    Raises Refused from the end of the time on (half-open), and where the virus check refused one of its files.
    Until it is answered, the later steps of what it concerns wait. The chief of the round and the staff are told.
    """
    with transaction.atomic():
        result = _locked(result)
        ask(permissions.may_file_objection(by, result))
        at = now()
        ask(objections.too_late(result, at))
        text = _within(text, TEXT_MAX, "text")
        if not text:
            raise Refused("text_needed", _("Write what you object to, and why."), field="text")
        objection = _kept(result, by, text)
        take_files(objection, by, files)
        ask_sound(objection)
        objection = changed(
            objection,
            actor=by,
            verb="evaluation.file_objection",
            state=ask_move(OBJECTION_MOVES, "file", objection),
            filed_at=at,
            filed_by=by,
        )
        _tell_filed(objection)
    return objection


def withdraw_objection(*, objection: Objection, by: Any) -> Objection:
    """Take it back before it is answered. It was the one for this decision: there is no second one."""
    with transaction.atomic():
        _locked(objection.result)
        objection = _again(objection)
        ask(permissions.may_file_objection(by, objection.result))
        state = ask_move(OBJECTION_MOVES, "withdraw", objection)
        objection = changed(
            objection, actor=by, verb="evaluation.withdraw_objection", state=state, ended_at=now()
        )
        _tell(
            objection,
            "objection_withdrawn",
            staff_of_objection(objection),
            words.objection_console_path(objection),
        )
    return objection


def answer_objection(*, objection: Objection, by: Any, outcome: str, answer: str) -> Objection:
    """Answer with a reason; what it held back goes on, unless it is to be evaluated anew: then after that.

    By nobody who decided: not the chief of the round, its panel, or the two of its publication.
    """
    with transaction.atomic():
        _locked(objection.result)
        objection = _again(objection)
        ask(permissions.may_answer_objection(by, objection))
        state = ask_move(OBJECTION_MOVES, "answer", objection)
        if outcome not in ObjectionOutcome.values:
            raise Refused("no_such_outcome", _("Choose an outcome."), field="outcome")
        answer = reason_given_at("answer", answer)
        objection = changed(
            objection,
            actor=by,
            verb="evaluation.answer_objection",
            state=state,
            ended_at=now(),
            answered_by=by,
            outcome=outcome,
            answer=answer,
        )
        _tell(
            objection,
            "objection_answered",
            applicants_of(objection),
            words.objection_path(objection.result),
            outcome=words.outcome(objection),
        )
        if outcome == ObjectionOutcome.ANEW:
            _tell(
                objection,
                "anew_to_open",
                staff_of_objection(objection),
                words.objection_console_path(objection),
            )
        _milestone(objection, "objection_answered", gettext_lazy("The objection %(number)s was answered"))
    return objection


def reason_given_at(field: str, text: str) -> str:
    """The answer, at its own field. Raises Refused where it is missing or longer than is kept."""
    try:
        return reason_given(text, most=ANSWER_MAX)
    except Refused as refused:
        raise Refused(refused.code, refused.reason, field=field) from None


# ── what the steps are made of ──


def _locked(result: Result) -> Result:
    """The result, with the submissions concerned locked: filing and their later steps never run at once."""
    result = Result.objects.select_related(
        "entry__round__chief", "entry__revision", "entry__submission__applicant_organisation"
    ).get(pk=result.pk)
    if result.published_at is None:
        raise Refused("not_published", _("This result is not published."))
    lock_all(Submission.objects.filter(pk__in=objections.concerned(result)))
    return result


def _again(objection: Objection) -> Objection:
    rows = Objection.objects.select_related(
        "result__entry__round__chief",
        "result__entry__revision",
        "result__entry__submission__story",
        "result__entry__submission__applicant_organisation",
    )
    return lock(rows, objection.pk)


def _kept(result: Result, by: Any, text: str) -> Objection:
    """The draft with this text; a first one is made. Raises Refused where it was filed."""
    objection = Objection.objects.filter(result=result).first()
    if objection is None:
        with in_words(Objection):
            return created(
                Objection(
                    number=next_number(NUMBER),
                    result=result,
                    text=text,
                    until=objections.until_of(result),
                ),
                actor=by,
                verb="evaluation.begin_objection",
                result=result.pk,
            )
    objection = _again(objection)
    if objection.state != ObjectionState.DRAFT:
        raise Refused(
            "objected_already", _("There is an objection to this result already: one for each decision.")
        )
    ask_move(OBJECTION_MOVES, "save", objection)
    objection.text, objection.saved_at = text, now()
    objection.save(update_fields=["text", "saved_at"])
    return objection


def _within(text: str, most: int, field: str) -> str:
    text = text.strip()
    if len(text) > most:
        raise Refused("text_too_long", _("Write at most %(most)s characters.") % {"most": most}, field=field)
    return text


def applicants_of(objection: Objection) -> Any:
    """The people of the applicant's side."""
    return people_behind(Submission.objects.filter(pk=objection.result.entry.submission_id))


def staff_of_objection(objection: Objection) -> list[Any]:
    """The chief of the round, and the staff who run rounds."""
    chief = objection.result.entry.round.chief
    return list({person.pk: person for person in [chief, *staff_of("run_rounds")]}.values())


def _tell_filed(objection: Objection) -> None:
    at = moment(objection.filed_at) if objection.filed_at else ""
    path = words.objection_path(objection.result)
    _tell(objection, "objection_filed", applicants_of(objection), path, at=at)
    _tell(
        objection,
        "objection_to_answer",
        staff_of_objection(objection),
        words.objection_console_path(objection),
        at=at,
    )
    _milestone(
        objection, "objection_filed", gettext_lazy("An objection to the result was filed (%(number)s)")
    )


def _tell(objection: Objection, kind: str, people: Any, url: str, **values: Any) -> None:
    tell(
        kind=f"evaluation.{kind}",
        people=people,
        about=objection,
        values=objections.values_of(objection) | values,
        url=url,
    )


def _milestone(objection: Objection, kind: str, text: Any) -> None:
    """In the submission's own story, not in the public one of the need: others need not know who objects."""
    story = objection.result.entry.submission.story
    if story is not None:
        add_milestone(story, kind=kind, text=text, values={"number": objection.number}, public=False)
