"""What designation tells people; their places are filled by the services."""

from django.utils.translation import gettext_lazy as _

from innomarket.notifications.kinds import MessageKind, register

register(
    MessageKind(
        "designation.meeting_planned",
        _("Committee meeting on %(when)s"),
        _(
            "The %(committee)s meets on %(when)s. Place: %(place)s.\n\nThe agenda and the proposals stand on the"
            " page of the meeting. If you have a conflict with one of them, recuse yourself there."
        ),
    )
)
register(
    MessageKind(
        "designation.motion_tabled",
        _("Your proposal is on the committee's agenda: %(title)s"),
        _(
            "The committee decides on the designation of “%(title)s” on %(when)s.\n\nYou need not do anything."
            " You are told the decision."
        ),
    )
)
register(
    MessageKind(
        "designation.designated",
        _("Designated: %(product)s (%(number)s)"),
        _(
            "The committee designated “%(product)s” as an innovation product.\n\nNumber: %(number)s\nValid from"
            " %(from)s to %(until)s, both days included.\n\nThe product now stands in the catalogue. The"
            " institution that proposed the task is matched first."
        ),
        binding=True,
    )
)
register(
    MessageKind(
        "designation.designated_for_you",
        _("A solution to your task was designated: %(product)s"),
        _(
            "“%(product)s”, proposed for your task “%(task)s”, was designated as an innovation product"
            " (%(number)s), valid from %(from)s to %(until)s.\n\nYour institution is the first that can try it."
        ),
    )
)
register(
    MessageKind(
        "designation.motion_wanted",
        _("A motion is wanted on designation %(number)s: %(product)s"),
        _(
            "The proposal of “%(product)s” (%(number)s) was evaluated anew and is selected no longer. The designation"
            " stands: only the committee can end it.\n\nPut the motion on the agenda of a meeting."
        ),
    )
)
register(
    MessageKind(
        "designation.review_tabled",
        _("The committee decides whether your designation ends: %(product)s"),
        _(
            "Your proposal was evaluated anew and is selected no longer. On %(when)s the committee decides whether the"
            " designation of “%(product)s” (%(number)s) ends.\n\nUntil then it stands. You are told the decision."
        ),
        binding=True,
    )
)
register(
    MessageKind(
        "designation.stands",
        _("Your designation stands: %(product)s (%(number)s)"),
        _(
            "The committee decided that the designation of “%(product)s” (%(number)s) does not end. It is valid until"
            " %(until)s, that day included."
        ),
        binding=True,
    )
)
register(
    MessageKind(
        "designation.ended",
        _("Your designation ends: %(product)s (%(number)s)"),
        _(
            "The committee decided that the designation of “%(product)s” (%(number)s) ends. Its last day is %(until)s."
            "\n\nThe decision with its count of votes stands on the page of the designation. What was contracted"
            " before stays."
        ),
        binding=True,
    )
)
register(
    MessageKind(
        "designation.rejected",
        _("Not designated: %(title)s"),
        _(
            "The committee did not adopt the designation of “%(title)s”.\n\nThe decision with its count of votes"
            " stands on the page of your proposal."
        ),
        binding=True,
    )
)
