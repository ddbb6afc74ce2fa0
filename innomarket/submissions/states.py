"""States of calls and submissions, and the moves that are allowed between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from innomarket.common.moves import move


class CallState(models.TextChoices):
    DRAFT = "draft", _("being prepared")
    ANNOUNCED = "announced", _("announced")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


CALL_MOVES = {
    "edit": move(CallState.DRAFT, CallState.DRAFT),
    "announce": move(CallState.DRAFT, CallState.ANNOUNCED),
    "apply": move(CallState.ANNOUNCED, CallState.ANNOUNCED),
    "extend": move(CallState.ANNOUNCED, CallState.ANNOUNCED),
    "amend": move(CallState.ANNOUNCED, CallState.ANNOUNCED),
    "close": move(CallState.ANNOUNCED, CallState.CLOSED),
    # by an outage that is recorded after the closing, while nothing has been opened
    "reopen": move([CallState.ANNOUNCED, CallState.CLOSED], CallState.ANNOUNCED),
    "prepare_opening": move(CallState.CLOSED, CallState.CLOSED),
    "confirm_opening": move(CallState.CLOSED, CallState.CLOSED),
    "cancel": move([CallState.DRAFT, CallState.ANNOUNCED], CallState.CANCELLED),
}


class OpeningState(models.TextChoices):
    PREPARED = "prepared", _("prepared, waits for a second person")
    CONFIRMED = "confirmed", _("opened")
    WITHDRAWN = "withdrawn", _("preparation withdrawn")
    VOID = "void", _("fell: the deadline moved or an outage was recorded")


OPENING_MOVES = {
    "confirm": move(OpeningState.PREPARED, OpeningState.CONFIRMED),
    "withdraw": move(OpeningState.PREPARED, OpeningState.WITHDRAWN),
    "void": move(OpeningState.PREPARED, OpeningState.VOID),
}


class OutageState(models.TextChoices):
    RECORDED = "recorded", _("recorded, not applied yet")
    APPLIED = "applied", _("applied")
    DISCARDED = "discarded", _("recorded by mistake")


OUTAGE_MOVES = {
    "apply": move(OutageState.RECORDED, OutageState.APPLIED),
    "discard": move(OutageState.RECORDED, OutageState.DISCARDED),
}


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", _("proposed, not looked at yet")
    RECORDED = "recorded", _("recorded as an outage")
    DISMISSED = "dismissed", _("dismissed")


PROPOSAL_MOVES = {
    "record": move(ProposalState.PROPOSED, ProposalState.RECORDED),
    "dismiss": move(ProposalState.PROPOSED, ProposalState.DISMISSED),
}


class GlassState(models.TextChoices):
    ASKED = "asked", _("asked, waits for a second person")
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")
    LAPSED = "lapsed", _("lapsed undecided")


GLASS_MOVES = {
    "grant": move(GlassState.ASKED, GlassState.GRANTED),
    "refuse": move(GlassState.ASKED, GlassState.REFUSED),
    "lapse": move(GlassState.ASKED, GlassState.LAPSED),
}


class CaseState(models.TextChoices):
    OPEN = "open", _("waits for a decision")
    DECIDED = "decided", _("decided")


CASE_MOVES = {"decide": move(CaseState.OPEN, CaseState.DECIDED)}


class SubmissionState(models.TextChoices):
    DRAFT = "draft", _("draft – not submitted")
    SUBMITTED = "submitted", _("submitted")
    WITHDRAWN = "withdrawn", _("withdrawn")


# Who changes what was submitted does not lose it: the submitted revision stands until the next one
# ("amend"). Only a withdrawn submission becomes a draft again when it is taken up ("edit").
SUBMISSION_MOVES = {
    "edit": move([SubmissionState.DRAFT, SubmissionState.WITHDRAWN], SubmissionState.DRAFT),
    "amend": move(SubmissionState.SUBMITTED, SubmissionState.SUBMITTED),
    "submit": move(list(SubmissionState), SubmissionState.SUBMITTED),
    "withdraw": move(SubmissionState.SUBMITTED, SubmissionState.WITHDRAWN),
}


class SupplementState(models.TextChoices):
    ASKED = "asked", _("asked for")
    SENT = "sent", _("sent – being checked")
    LAPSED = "lapsed", _("nothing was sent in time")
    CONCLUDED = "concluded", _("concluded")


class SupplementOutcome(models.TextChoices):
    JUDGED = "judged", _("judged on what there is")
    EXCLUDED = "excluded", _("excluded: it stays unclear")


class PaperVerdict(models.TextChoices):
    """What staff find of a paper (domain.md §2.4: after the closing day refused, a blank page missing)."""

    ACCEPTED = "accepted", _("accepted")
    TOO_LATE = "too_late", _("refused: issued after the closing day")
    BLANK = "blank", _("missing: blank")
    DIFFERS = "differs", _("refused: not the same content, or it still shows who applied")
    NOT_SENT = "not_sent", _("not sent")


COPY_VERDICTS = (PaperVerdict.ACCEPTED, PaperVerdict.DIFFERS)
"""What a replaced anonymous copy can be: it is held to its content, not to an issue date."""

_TO_CHECK = [SupplementState.SENT, SupplementState.LAPSED]
SUPPLEMENT_UNDER_WAY = (SupplementState.ASKED, *_TO_CHECK)

SUPPLEMENT_MOVES = {
    "extend": move([SupplementState.ASKED, SupplementState.LAPSED], SupplementState.ASKED),
    "give": move(SupplementState.ASKED, SupplementState.ASKED),
    "send": move(SupplementState.ASKED, SupplementState.SENT),
    "lapse": move(SupplementState.ASKED, SupplementState.LAPSED),
    "judge": move(SupplementState.SENT, SupplementState.SENT),
    "conclude": move(_TO_CHECK, SupplementState.CONCLUDED),
}
