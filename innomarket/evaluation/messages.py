"""What people are told about evaluation rounds."""

from django.utils.translation import gettext_lazy as _

from innomarket.notifications.kinds import MessageKind, register

KINDS = [
    MessageKind(
        "evaluation.round_started",
        _("You are asked to evaluate: %(title)s"),
        _(
            "You are on the panel of round %(number)s, “%(title)s”, with %(entries)s entries.\n"
            "Declare your conflicts of interest first; then the entries open for you.\n"
            "Sheets are due: %(due)s"
        ),
        binding=True,
    ),
    MessageKind(
        "evaluation.round_finished",
        _("Scored: %(title)s"),
        _(
            "All sheets of round %(number)s, “%(title)s”, are in or closed: %(passed)s of %(entries)s entries "
            "pass.\nNext, select entries and publish the results."
        ),
    ),
    MessageKind(
        "evaluation.round_reopened",
        _("Opened again for scoring: %(title)s"),
        _(
            "Round %(number)s, “%(title)s”, was opened again before its results were published.\n"
            "Reason: %(reason)s\nSheets that you have not submitted can be completed."
        ),
    ),
    MessageKind(
        "evaluation.sheet_returned",
        _("Your sheet came back: %(title)s, entry %(order)s"),
        _(
            "The chief of round %(number)s, “%(title)s”, gives you back your sheet for entry %(order)s.\n"
            "Reason: %(reason)s\nChange it, or submit it again as it is with a word on why. Until then it does "
            "not count. Sheets are due: %(due)s"
        ),
        binding=True,
    ),
    MessageKind(
        "evaluation.round_cancelled",
        _("Cancelled: the evaluation of %(title)s"),
        _("Round %(number)s, “%(title)s”, was cancelled. You need not score any more.\nReason: %(reason)s"),
    ),
    MessageKind(
        "evaluation.left_panel",
        _("You are no longer on the panel: %(title)s"),
        _(
            "You were taken off the panel of round %(number)s, “%(title)s”. You need not score any more.\n"
            "Reason: %(reason)s"
        ),
    ),
    MessageKind(
        "evaluation.results",
        _("Result of %(number)s: %(outcome)s"),
        _(
            "The evaluation of your submission %(number)s, “%(title)s”, is complete.\n"
            "Outcome: %(outcome)s\nScore: %(total)s\nPlace: %(place)s\n\n"
            "By criterion:\n%(scores)s\n\nThe evaluators' comments (without their names):\n%(comments)s"
        ),
        binding=True,
    ),
]


def register_all() -> None:
    for kind in KINDS:
        register(kind)
