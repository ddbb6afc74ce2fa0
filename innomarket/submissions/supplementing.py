"""What people are told about supplement requests. No message names a file or quotes what was submitted."""

from django.utils.translation import gettext_lazy as _

from innomarket.notifications.kinds import MessageKind, register

KINDS = [
    MessageKind(
        "submissions.supplement_asked",
        _("Papers are asked for until %(due)s: %(number)s"),
        _(
            "For your submission to “%(call)s” the agency asks for papers: %(papers)s.\n"
            "Reason: %(reason)s\n"
            "Send them on the page below before %(due)s. State the issue date of each: one issued after the "
            "closing day is refused, and a blank page counts as missing.\n"
            "If nothing is sent, it is judged on what there is, or excluded when it stays unclear. "
            "What you submitted stays as it is."
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.copy_found",
        _("Look at your anonymous copy: %(number)s"),
        _(
            "Your submission %(number)s to “%(call)s” was sent before its anonymous copy had been searched. Now it is: "
            "there are places that may show who applied, or pages that could not be searched.\n"
            "Look at them on the page below. Until %(closes)s you can replace the copy and submit again. What you "
            "submitted stands until then."
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.copy_returned",
        _("Your anonymous copy comes back, until %(due)s: %(number)s"),
        _(
            "The anonymous copy of your submission to “%(call)s” shows who applied, so its evaluators cannot read it.\n"
            "Where: %(reason)s\n"
            "Send one without that on the page below before %(due)s. Its content must be the same otherwise: staff "
            "compare both texts. What you submitted stays as it is.\n"
            "If nothing is sent, it is judged on what there is, or excluded."
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.supplement_extended",
        _("More time to send papers, until %(due)s: %(number)s"),
        _(
            "For your submission to “%(call)s” the papers asked for (%(papers)s) can now be sent before %(due)s.\n"
            "Reason: %(reason)s"
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.supplement_reminder",
        _("Not sent yet: the papers asked for in %(number)s, until %(due)s"),
        _(
            "For your submission to “%(call)s” papers are asked for: %(papers)s. They have not been sent.\n"
            "What is uploaded and not sent does not count. Send them before %(due)s."
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.supplement_sent",
        _("Received: the papers of %(number)s"),
        _(
            "We received the papers to your submission to “%(call)s”.\n"
            "Number: %(number)s\nReceived: %(at)s\nPapers: %(papers)s\nSHA-256 of the whole: %(sha256)s\n"
            "Staff now check them and tell you the result."
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.supplement_to_judge",
        _("Papers to check: %(number)s"),
        _("The applicant sent papers to %(number)s (“%(call)s”) on %(at)s. Check each and conclude."),
    ),
    MessageKind(
        "submissions.supplement_file_refused",
        _("A paper to %(number)s was refused by the virus check"),
        _(
            "The virus check found something in the file of “%(slot)s” (SHA-256 %(sha256)s), uploaded for your "
            "submission to “%(call)s”. It was deleted.\n"
            "%(what)s Clean your computer first. What is not sent yet is due before %(due)s."
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.supplement_file_refused_staff",
        _("Refused by the virus check: a paper to %(number)s"),
        _(
            "The virus check found something in the file of “%(slot)s” (SHA-256 %(sha256)s), uploaded to %(number)s "
            "(“%(call)s”). It was deleted, and the applicant is told.\n%(what)s"
        ),
    ),
    MessageKind(
        "submissions.supplement_lapsed",
        _("The time is over: no papers were sent to %(number)s"),
        _(
            "For the submission to “%(call)s” papers were asked for until %(due)s. Nothing was sent.\n"
            "Staff now decide: it is judged on what there is, or excluded when it stays unclear."
        ),
        binding=True,
    ),
    MessageKind(
        "submissions.supplement_concluded",
        _("Decided on the papers of %(number)s: %(outcome)s"),
        _(
            "The supplement %(number)s to “%(call)s” is concluded: %(outcome)s.\nReason: %(reason)s\n"
            "Papers: %(papers)s"
        ),
        binding=True,
    ),
]


def register_all() -> None:
    """Make the kinds known; called once when the app is ready."""
    for kind in KINDS:
        register(kind)
