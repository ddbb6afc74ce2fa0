"""A committee, its seats, and its meetings (domain.md §2.7)."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import KST, Now

from ..states import MeetingState


class Committee(models.Model):
    """``least_present``: the least number of entitled members for a quorum, beside more than half of the base."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_ko = models.CharField(_("name in Korean"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    least_present = models.PositiveSmallIntegerField(_("fewest present"), default=3)

    class Meta:
        verbose_name = _("committee")
        verbose_name_plural = _("committees")
        constraints = [
            models.CheckConstraint(condition=Q(least_present__gte=1), name="somebody_must_be_present")
        ]

    def __str__(self) -> str:
        return self.name_ko


class SeatQuerySet(models.QuerySet["Seat"]):
    def filled_on(self, day) -> "SeatQuerySet":
        """Held by somebody on this day (KST)."""
        return self.filter(valid__contains=day)


class Seat(models.Model):
    """A place on a committee and who holds it in a time."""

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="seats", verbose_name=_("committee")
    )
    place = models.PositiveSmallIntegerField(_("number of the seat"))
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats", verbose_name=_("holder")
    )
    title_ko = models.CharField(_("title in Korean"), max_length=80, blank=True)
    title_en = models.CharField(_("title in English"), max_length=80, blank=True)
    is_chair = models.BooleanField(_("chair"), default=False)
    valid = DateRangeField(_("holds it"))

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["committee", "place"]
        constraints = [
            ExclusionConstraint(
                name="one_holder_of_a_seat",
                expressions=[
                    ("committee", RangeOperators.EQUAL),
                    ("place", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This seat is held by somebody in this time."),
            ),
            ExclusionConstraint(
                name="one_seat_for_a_holder",
                expressions=[
                    ("committee", RangeOperators.EQUAL),
                    ("holder", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person already holds a seat in this time."),
            ),
            ExclusionConstraint(
                name="one_chair_at_a_time",
                expressions=[
                    ("committee", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(is_chair=True),
                violation_error_message=_("The committee has a chair in this time."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False),
                name="seat_is_held_for_a_time",
                violation_error_message=_("The last day must not lie before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.committee_id}/{self.place}"


def _day_of_the_meeting() -> TruncDate:
    return TruncDate("held_at", tzinfo=KST)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user) -> "MeetingQuerySet":
        """Staff who keep the committee, and those who hold a seat on the day of the meeting."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff and user.has_perm("accounts.keep_committee"):
            return self
        return self.filter(pk__in=Meeting.objects.sat_on_by(user).values("pk"))

    def sat_on_by(self, user) -> "MeetingQuerySet":
        """Meetings of a committee on which the person holds a seat on their day (KST)."""
        return self.filter(
            committee__seats__holder=user, committee__seats__valid__contains=_day_of_the_meeting()
        ).order_by()


class Meeting(models.Model):
    number = models.CharField(_("number"), max_length=20, unique=True)
    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("committee")
    )
    held_at = models.DateTimeField(_("date and time"))
    place = models.CharField(_("where"), max_length=120, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED
    )
    created_at = models.DateTimeField(_("planned at"), db_default=Now())
    closed_at = models.DateTimeField(_("ended at"), null=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-held_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at=None)),
                name="meeting_closed_has_its_time",
            )
        ]

    def __str__(self) -> str:
        return self.number
