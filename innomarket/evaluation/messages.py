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
        "evaluation.drawn",
        _("Your panel was drawn: %(title)s"),
        _(
            "The draw has seated you on the panel of round %(number)s, “%(title)s”.\n"
            "Sign the pledge, or decline with a reason: then the next in the order is called. "
            "Nothing opens before the pledge.\nSheets are due: %(due)s"
        ),
        binding=True,
    ),
    MessageKind(
        "evaluation.called",
        _("You are called to judge: %(title)s"),
        _(
            "You are next in the order of the draw for round %(number)s, “%(title)s”. "
            "Entries that wait for you: %(entries)s.\n"
            "Sign the pledge, or decline with a reason. Nothing opens before the pledge.\n"
            "Sheets are due: %(due)s"
        ),
        binding=True,
    ),
    MessageKind(
        "evaluation.pool_exhausted",
        _("Nobody is left in the draw: %(title)s"),
        _(
            "The order of draw %(draw)s for round %(number)s, “%(title)s”, has come to its end and a seat is open.\n"
            "Appoint somebody with a reason; it is shown as an appointment wherever the panel is shown."
        ),
    ),
    MessageKind(
        "evaluation.panel_reminder",
        _("Your sheets are due: %(title)s"),
        _(
            "Work is open on round %(number)s, “%(title)s”: %(left)s.\nSheets are due: %(due)s\n"
            "No more reminders come once everything is submitted."
        ),
        binding=True,
    ),
    MessageKind(
        "evaluation.pool",
        _("The pool of evaluators: %(what)s"),
        _("Your place in the pool of evaluators has changed: %(what)s.\n%(reason)s"),
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
        "evaluation.entries_closed",
        _("Not yours to score any more: entries of %(title)s"),
        _(
            "In round %(number)s, “%(title)s”, these entries have closed for you: %(orders)s.\n"
            "A conflict of interest with their applicants, or with the institution whose task it is, is on record: "
            "declared in another round, stated in your profile, or an organisation that you belong to.\n"
            "Sheets that you have written for them are kept and do not count. The round's page says what was found. "
            "If that is wrong, write to the staff of the round."
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
        "evaluation.publication_prepared",
        _("Look at the results and publish them: %(number)s"),
        _(
            "%(who)s has prepared the publication %(number)s: %(rounds)s.\n"
            "%(applicants)s applicants are told: %(selected)s selected, %(not_selected)s not selected, "
            "%(below_pass)s below the pass mark, %(no_result)s without a result.\n"
            "Nothing is published yet. A second member of staff looks at the messages and publishes."
        ),
    ),
    MessageKind(
        "evaluation.results",
        _("Result of %(number)s: %(outcome)s"),
        _(
            "The evaluation of your submission %(number)s, “%(title)s”, is complete.\n"
            "Outcome: %(outcome)s%(reason)s\nScore: %(total)s (pass mark %(pass_mark)s)\nPlace: %(place)s\n"
            "Selected in this round: %(selected)s\n\n"
            "By criterion:\n%(scores)s\n\nThe evaluators' comments (without their names):\n%(comments)s\n\n"
            "The list of the round is public: %(list)s\n"
            "Who was not selected stands there by a code. Yours stands on the page below, for your side alone.\n"
            "You may object to this result once, until %(until)s, on the same page."
        ),
        binding=True,
    ),
    MessageKind(
        "evaluation.results_anew",
        _("Result of %(number)s after the evaluation anew: %(outcome)s"),
        _(
            "Your submission %(number)s, “%(title)s”, was evaluated anew in round %(round)s, by a panel in which "
            "nobody of the former one sat.\n"
            "Outcome: %(outcome)s%(reason)s\nScore: %(total)s (pass mark %(pass_mark)s)\nPlace: %(place)s\n"
            "It supersedes the former result (round %(former_round)s: %(former_outcome)s, %(former_total)s), which "
            "is kept.\n\n"
            "By criterion:\n%(scores)s\n\nThe evaluators' comments (without their names):\n%(comments)s\n\n"
            "The new result is public: %(list)s\n"
            "Your code there stands on the page below, for your side alone.\n"
            "You may object to this result once, until %(until)s, on the same page."
        ),
        binding=True,
    ),
    MessageKind(
        "evaluation.anew_to_open",
        _("To be evaluated anew: the objection %(number)s"),
        _(
            "The objection %(number)s to the result of %(submission)s in round %(round)s was upheld: what it is about "
            "is evaluated anew.\nOpen a round for it, with a panel in which nobody of the former one sits. Until its "
            "result is published, the later steps of what it concerns wait."
        ),
    ),
    MessageKind(
        "evaluation.objection_filed",
        _("Received: your objection %(number)s"),
        _(
            "We received your objection to the result of %(submission)s, “%(title)s”, on %(at)s.\n"
            "Number: %(number)s\nStaff who did not decide on it answer it with a reason. Until then the later steps "
            "of what it concerns wait; the rest of the round goes on."
        ),
        binding=True,
    ),
    MessageKind(
        "evaluation.objection_file_refused",
        _("A file of your objection %(number)s was refused by the virus check"),
        _(
            "The virus check found something in a file of your objection %(number)s to the result of %(submission)s, "
            "“%(title)s” (SHA-256 %(sha256)s). It was deleted.\n"
            "If the objection is not filed yet, take the file out of it first. If it is, it stands with that file "
            "marked as refused."
        ),
        binding=True,
    ),
    MessageKind(
        "evaluation.filed_objection_file_refused",
        _("Refused by the virus check: a file of the objection %(number)s"),
        _(
            "The virus check found something in a file of the objection %(number)s to the result of %(submission)s in "
            "round %(round)s (SHA-256 %(sha256)s). It was deleted, and the applicant is told. The objection stands."
        ),
    ),
    MessageKind(
        "evaluation.visit_file_refused",
        _("A file of the record on %(submission)s was refused by the virus check"),
        _(
            "The virus check found something in a file of the record on %(submission)s in round %(round)s "
            "(SHA-256 %(sha256)s). It was deleted and is sent to nobody. Add a clean one to the record."
        ),
    ),
    MessageKind(
        "evaluation.objection_to_answer",
        _("Answer the objection %(number)s"),
        _(
            "To the result of %(submission)s in round %(round)s an objection was filed on %(at)s.\n"
            "The later steps of what it concerns wait for its answer. Neither the chief of the round nor who "
            "prepared the publication answers it."
        ),
        binding=True,
    ),
    MessageKind(
        "evaluation.objection_withdrawn",
        _("Withdrawn: the objection %(number)s"),
        _("The objection to the result of %(submission)s in round %(round)s was withdrawn by its applicant."),
    ),
    MessageKind(
        "evaluation.objection_answered",
        _("Answered: your objection %(number)s – %(outcome)s"),
        _(
            "Your objection %(number)s to the result of %(submission)s, “%(title)s”, was answered: %(outcome)s.\n"
            "The reason stands on the page below, for your side alone."
        ),
        binding=True,
    ),
]


def register_all() -> None:
    for kind in KINDS:
        register(kind)
