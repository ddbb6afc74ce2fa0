"""What people are told about calls and their submissions."""

from django.utils.translation import gettext_lazy as _

from innomarket.notifications.kinds import MessageKind, register

KINDS = [
    MessageKind(
        "submissions.call_announced",
        _("A call that answers your need was announced: %(call)s"),
        _(
            "The call “%(call)s” (%(number)s) was announced.\n"
            "It takes submissions from %(opens)s to %(closes)s. What is submitted stays sealed until its "
            "recorded opening; then the people of your institution read what answers your need."
        ),
    ),
    MessageKind(
        "submissions.submitted",
        _("Received: %(number)s (revision %(ordinal)s)"),
        _(
            "We received your submission to “%(call)s”.\n"
            "Number: %(number)s, revision %(ordinal)s\n"
            "Received: %(at)s\n"
            "Files: %(files)s\n"
            "SHA-256 of the whole: %(sha256)s\n"
            "Anyone who has this number and a SHA-256 can check them here: %(verify)s\n"
            "Until %(closes)s you can change it and submit again, or withdraw it. Nobody but your side reads it "
            "before the recorded opening."
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.file_refused",
        _("A file of %(number)s was refused by the virus check"),
        _(
            "The virus check found something in a file of the draft %(number)s for “%(call)s” "
            "(%(slot)s, SHA-256 %(sha256)s).\n"
            "The file was taken out and deleted. Clean your computer, upload the file again, and submit before "
            "%(closes)s.\n%(what)s"
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.submitted_file_refused",
        _("A submitted file of %(number)s was refused by the virus check"),
        _(
            "The virus check found something in a submitted file of %(number)s, call “%(call)s” "
            "(%(slot)s, SHA-256 %(sha256)s).\n"
            "The submission stands; the file is marked as refused and is sent to nobody. "
            "Decide with the applicant how to go on."
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.withdrawn",
        _("Withdrawn: %(number)s"),
        _(
            "The submission %(number)s to “%(call)s” was withdrawn on %(at)s. It is not evaluated.\n"
            "Until %(closes)s you can submit it again."
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.call_closed",
        _("Closed: %(call)s, %(submitted)s submissions"),
        _(
            "The call “%(call)s” (%(number)s) closed on %(closes)s with %(submitted)s submissions.\n"
            "They can be opened from %(opening)s on, by two members of staff in the console."
        ),
    ),
    MessageKind(
        "submissions.opening_prepared",
        _("A second person is needed to open the submissions: %(call)s"),
        _(
            "The opening of the submissions to “%(call)s” (%(number)s) was prepared on %(at)s. A second member of "
            "staff confirms it in the console. Nothing is opened before."
        ),
    ),
    MessageKind(
        "submissions.closed_with_yours",
        _("The call has closed: %(call)s"),
        _(
            "The call “%(call)s” (%(number)s) closed on %(closes)s. What you submitted stands as your receipt "
            "says.\nThe submissions are opened from %(opening)s on and then evaluated. We will tell you."
        ),
    ),
    MessageKind(
        "submissions.closed_without_yours",
        _("Not submitted: your draft for %(call)s"),
        _(
            "The call “%(call)s” (%(number)s) closed on %(closes)s. A draft of yours was not submitted and does "
            "not take part.\nWhat you wrote is kept, and you can still read it."
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.extended",
        _("More time: %(call)s now closes on %(closes)s"),
        _(
            "The call “%(call)s” (%(number)s) was extended.\n"
            "It now closes on %(closes)s, and submissions are opened from %(opening)s on.\n"
            "Reason: %(reason)s"
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.extended_for_you",
        _("More time for your organisation: %(call)s"),
        _(
            "Your organisation may submit to “%(call)s” (%(number)s) until %(closes)s. "
            "Submissions are opened from %(opening)s on.\n"
            "Reason: %(reason)s"
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.opening_moved",
        _("Opened later: the submissions to %(call)s"),
        _(
            "The submissions to “%(call)s” (%(number)s) are opened from %(opening)s on, because some of those who "
            "take part were given more time.\nYour own closing is not changed by this."
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.amended",
        _("Changed (%(ordinal)s): %(call)s"),
        _(
            "The call “%(call)s” (%(number)s) was changed. Amendment %(ordinal)s:\n"
            "%(what)s\n"
            "It closes on %(closes)s. Read it again before you submit."
        ),
    ),
    MessageKind(
        "submissions.outage_too_late",
        _("An outage could not move the closing of %(call)s"),
        _(
            "An outage from %(from)s to %(until)s touched the closing of “%(call)s” (%(number)s): %(what)s.\n"
            "Its submissions have been opened, so it cannot take submissions again. Decide how to go on.\n"
            "Begun, or changed after it had been submitted, and not submitted: %(n)s\n"
            "%(cases)s"
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.outage_proposed",
        _("The portal did not answer from %(from)s: was this an outage?"),
        _(
            "The portal did not answer from %(from)s to %(until)s.\n"
            "Calls whose closing or opening this touches: %(calls)s\n"
            "Record it as an outage, or dismiss it with a reason. Until then no deadline moves."
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.outage_case_decided",
        _("Decided after an outage: %(number)s"),
        _(
            "An outage touched the closing of “%(call)s”, and what you wrote last in %(number)s was not submitted. "
            "The agency decided on %(at)s: %(outcome)s\nReason: %(reason)s"
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.break_glass_asked",
        _("A second person is needed: reading %(number)s in need"),
        _(
            "%(person)s asked on %(at)s to read the sealed submission %(number)s.\nGround: %(ground)s\n"
            "Reason: %(reason)s\nA second member of staff grants or refuses it in the console."
        ),
    ),
    MessageKind(
        "submissions.break_glass_granted",
        _("Read before the opening: %(number)s"),
        _(
            "The agency reads your sealed submission %(number)s in need.\nAsked by: %(person)s, on %(at)s\n"
            "Granted by: %(second)s\nGround: %(ground)s\nReason: %(reason)s\nUntil: %(until)s\n"
            "Only these two read it. The submission's page shows each reading."
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.break_glass_not_granted",
        _("Not read: a request for %(number)s"),
        _(
            "%(person)s asked on %(at)s to read your sealed submission %(number)s. It was not granted: "
            "%(state)s\nGround: %(ground)s\nReason: %(reason)s\nNobody has read it."
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.cancelled",
        _("Cancelled: %(call)s"),
        _(
            "The call “%(call)s” (%(number)s) was cancelled. Nothing that was submitted to it is opened or "
            "evaluated.\nReason: %(reason)s"
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.opened",
        _("Opened: the submissions to %(call)s"),
        _(
            "The submissions to “%(call)s” (%(number)s) were opened on %(at)s. Yours takes part in the "
            "evaluation. We will tell you its result."
        ),
    ),
    MessageKind(
        "submissions.opened_without_yours",
        _("Your submission to %(call)s does not take part"),
        _(
            "The submissions to “%(call)s” (%(number)s) were opened on %(at)s. Your organisation had not been "
            "verified by then, so its submission is not evaluated."
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.opened_for_you",
        _("You can read the answers to your need: %(call)s"),
        _(
            "The submissions to “%(call)s” (%(number)s) were opened on %(at)s. The people of your institution "
            "can now read those that answer its need, and give an opinion on how they fit."
        ),
    ),
]


def register_all() -> None:
    for kind in KINDS:
        register(kind)
