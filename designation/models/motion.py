"""A motion to designate, its recusals and ballots, and the decision. Ballots and decisions stand."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.evaluation.models import Result
from innomarket.submissions.models import Submission

from ..states import Choice, MajorityBase, MotionState
from .committee import Meeting, Seat

# A proposal in one of these is on no other agenda.
UNDECIDED_OR_ADOPTED = (MotionState.TABLED, MotionState.VOTING, MotionState.ADOPTED)


class Attendance(models.Model):
    """A seat whose holder is present at a meeting."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="attendances", verbose_name=_("meeting")
    )
    seat = models.ForeignKey(
        Seat, on_delete=models.PROTECT, related_name="attendances", verbose_name=_("seat")
    )
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [models.UniqueConstraint(fields=["meeting", "seat"], name="present_once")]
        triggers = [
            pgtrigger.Protect(name="attendance_stands", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="attendance_of_a_member",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM designation_meeting g JOIN designation_seat s ON s.committee_id = g.committee_id
                        WHERE g.id = NEW.meeting_id AND s.id = NEW.seat_id AND g.state = 'held'
                    ) THEN
                        RAISE EXCEPTION 'not a seat of this committee' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}/{self.seat_id}"


class MotionQuerySet(models.QuerySet["Motion"]):
    def visible_to(self, user) -> "MotionQuerySet":
        """As the meeting that it stands on the agenda of."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user).order_by().values("pk"))

    def proposals_to_table(self) -> models.QuerySet[Submission]:
        """Selected and published proposals that stand on no agenda and are not designated."""
        chosen = Result.objects.selected().filter(entry__submission__lot__call__kind="proposal")
        rejected = Motion.objects.filter(submission=models.OuterRef("pk"), state=MotionState.REJECTED)
        return (
            Submission.objects.filter(pk__in=chosen.values("entry__submission"))
            .exclude(pk__in=self.filter(state__in=UNDECIDED_OR_ADOPTED).values("submission"))
            .annotate(was_rejected=models.Exists(rejected))
            .select_related("current", "applicant_organisation")
            .order_by("was_rejected", "number")
        )

    def to_designate(self) -> "MotionQuerySet":
        """Those that ask whether to designate, not whether a designation shall end."""
        return self.filter(wanted=None)

    def to_be_read_by(self, user) -> "MotionQuerySet":
        """On the agenda of a committee on which the person sits on that day: its content may be read.

        Not where the person is recused from any motion on the same proposal, an earlier or a later one.
        """
        if not user.is_authenticated:
            return self.none()
        recused = Motion.objects.filter(recusals__seat__holder=user).order_by().values("submission")
        mine = self.filter(meeting__in=Meeting.objects.sat_on_by(user).values("pk"))
        return mine.exclude(submission__in=recused)


class Motion(models.Model):
    """Shall this proposal's product be designated? With ``wanted``: shall its designation end?"""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="motions", verbose_name=_("meeting")
    )
    order = models.PositiveSmallIntegerField(_("order"))
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="motions", verbose_name=_("proposal")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=MotionState.choices, default=MotionState.TABLED
    )
    voting_opened_at = models.DateTimeField(_("vote opened at"), null=True)
    wanted = models.ForeignKey(
        "designation.WantedMotion",
        on_delete=models.PROTECT,
        null=True,
        related_name="motions",
        verbose_name=_("after an evaluation anew"),
    )

    objects = MotionQuerySet.as_manager()

    class Meta:
        verbose_name = _("motion")
        verbose_name_plural = _("motions")
        ordering = ["meeting", "order"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "order"], name="one_motion_in_a_place"),
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(state__in=["tabled", "voting", "adopted"], wanted=None),
                name="one_motion_for_a_proposal",
                violation_error_message=_("This proposal is already on an agenda, or decided."),
            ),
            models.UniqueConstraint(
                fields=["wanted"],
                condition=Q(state__in=["tabled", "voting", "adopted", "rejected"], wanted__isnull=False),
                name="one_motion_for_what_is_wanted",
                violation_error_message=_("The motion is already on an agenda, or was voted on."),
            ),
            models.CheckConstraint(
                condition=Q(state="tabled", voting_opened_at=None)
                | Q(state="deferred")
                | (~Q(state__in=["tabled", "deferred"]) & Q(voting_opened_at__isnull=False)),
                name="motion_voted_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}/{self.order}"

    @property
    def question(self) -> str:
        """What is voted on, in the language of the page."""
        title = self.submission.current.title if self.submission.current else self.submission.number
        if self.wanted_id is None:
            return gettext("Designate “%(title)s”") % {"title": title}
        return gettext("End the designation of “%(title)s”, after its evaluation anew") % {"title": title}


class MotionRecusal(models.Model):
    """A seat that leaves the base of one motion."""

    motion = models.ForeignKey(
        Motion, on_delete=models.PROTECT, related_name="recusals", verbose_name=_("motion")
    )
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="recusals", verbose_name=_("seat"))
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("recusal from a motion")
        verbose_name_plural = _("recusals from motions")
        constraints = [
            models.UniqueConstraint(fields=["motion", "seat"], name="recused_once"),
            models.CheckConstraint(condition=Q(reason__gt=""), name="motion_recusal_says_why"),
        ]
        triggers = [
            pgtrigger.Protect(name="motion_recusal_stands", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="motion_recusal_before_the_vote",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    PERFORM 1 FROM designation_motion m
                        JOIN designation_meeting g ON g.id = m.meeting_id
                        JOIN designation_seat s ON s.id = NEW.seat_id AND s.committee_id = g.committee_id
                        WHERE m.id = NEW.motion_id AND m.state IN ('tabled', 'voting') FOR UPDATE OF m;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'not a seat of this undecided motion' USING ERRCODE = 'check_violation';
                    END IF;
                    IF EXISTS (SELECT 1 FROM designation_ballot b
                               WHERE b.motion_id = NEW.motion_id AND b.seat_id = NEW.seat_id) THEN
                        RAISE EXCEPTION 'has voted on this motion' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.motion_id}/{self.seat_id}"


class Ballot(models.Model):
    """One vote a seat; cast by its holder, never changed."""

    motion = models.ForeignKey(
        Motion, on_delete=models.PROTECT, related_name="ballots", verbose_name=_("motion")
    )
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="ballots", verbose_name=_("seat"))
    choice = models.CharField(_("vote"), max_length=10, choices=Choice.choices)
    cast_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("cast by")
    )
    cast_at = models.DateTimeField(_("cast at"), db_default=Now())

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [
            models.UniqueConstraint(
                fields=["motion", "seat"],
                name="one_vote_a_seat",
                violation_error_message=_("This seat has already voted on this motion."),
            ),
            models.CheckConstraint(
                condition=Q(choice__in=Choice.values), name="ballot_is_for_against_or_abstain"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="ballot_stands", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="ballot_of_an_entitled_member",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    -- FOR SHARE: a vote that is being closed at this moment is over for this ballot.
                    PERFORM 1 FROM designation_motion m
                        JOIN designation_meeting g ON g.id = m.meeting_id
                        JOIN designation_seat s ON s.id = NEW.seat_id AND s.committee_id = g.committee_id
                        JOIN designation_attendance a ON a.meeting_id = g.id AND a.seat_id = s.id
                        WHERE m.id = NEW.motion_id AND m.state = 'voting' AND s.holder_id = NEW.cast_by_id
                          AND s.valid @> (m.voting_opened_at AT TIME ZONE 'Asia/Seoul')::date
                        FOR SHARE OF m;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'not a member entitled to vote' USING ERRCODE = 'check_violation';
                    END IF;
                    IF EXISTS (SELECT 1 FROM designation_motionrecusal r
                               WHERE r.motion_id = NEW.motion_id AND r.seat_id = NEW.seat_id) THEN
                        RAISE EXCEPTION 'recused from this motion' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.motion_id}/{self.seat_id}"


class Decision(models.Model):
    """The count of a motion, frozen: base (entitled seats), present, votes, and what follows."""

    motion = models.OneToOneField(
        Motion, on_delete=models.PROTECT, related_name="decision", verbose_name=_("motion")
    )
    base = models.PositiveSmallIntegerField(_("seats entitled to vote"))
    present = models.PositiveSmallIntegerField(_("present"))
    votes_for = models.PositiveSmallIntegerField(_("for"))
    votes_against = models.PositiveSmallIntegerField(_("against"))
    votes_abstain = models.PositiveSmallIntegerField(_("abstentions"))
    majority_base = models.CharField(
        _("more than half of"), max_length=10, choices=MajorityBase.choices, default=MajorityBase.VOTES
    )
    adopted = models.BooleanField(_("adopted"))
    decided_at = models.DateTimeField(_("decided at"), db_default=Now())
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(condition=Q(present__lte=F("base")), name="present_within_the_base"),
            models.CheckConstraint(
                condition=Q(present__gte=F("votes_for") + F("votes_against") + F("votes_abstain")),
                name="votes_within_the_present",
            ),
            models.CheckConstraint(
                condition=Q(adopted=False) | Q(votes_for__gt=F("votes_against")),
                name="adopted_by_more_for_than_against",
            ),
            models.CheckConstraint(
                condition=Q(present__gt=F("base") - F("present")), name="decision_has_its_quorum"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="decision_stands", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="decision_counts_its_ballots",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM designation_ballot b WHERE b.motion_id = NEW.motion_id
                        HAVING count(*) FILTER (WHERE b.choice = 'for') = NEW.votes_for
                           AND count(*) FILTER (WHERE b.choice = 'against') = NEW.votes_against
                           AND count(*) FILTER (WHERE b.choice = 'abstain') = NEW.votes_abstain
                    ) THEN
                        RAISE EXCEPTION 'the count is not that of the ballots' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.motion_id}"
