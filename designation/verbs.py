"""What is done with committees, meetings, votes and designations. In words, for the history that staff read."""

from django.utils.translation import gettext_lazy as _

from innomarket.audit.verbs import register

register(
    {
        "designation.create_committee": _("Committee made"),
        "designation.seat_member": _("Member of the committee seated"),
        "designation.vacate_seat": _("Seat vacated"),
        "designation.plan_meeting": _("Meeting planned"),
        "designation.open_meeting": _("Meeting opened"),
        "designation.record_attendance": _("Attendance recorded"),
        "designation.close_meeting": _("Meeting closed"),
        "designation.table_motion": _("Motion put on the agenda"),
        "designation.defer_motion": _("Motion deferred"),
        "designation.recuse": _("Recused from a motion"),
        "designation.open_vote": _("Vote opened"),
        "designation.cast_ballot": _("Ballot cast"),
        "designation.close_vote": _("Vote closed"),
        "designation.decide": _("Decision recorded"),
        "designation.designate": _("Product designated"),
        "designation.want_motion": _("Motion wanted after an evaluation anew"),
        "designation.table_review": _("Motion to end a designation put on the agenda"),
        "designation.end": _("Designation ended by the committee"),
    }
)
