"""Who judges a round, and who may not judge what."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now

from .round import Entry, Round


class Panelist(models.Model):
    """An evaluator on one round's panel; ``place`` is their place in it (ties of trimming, codes)."""

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="panelists", verbose_name=_("round")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="panels", verbose_name=_("evaluator")
    )
    place = models.PositiveSmallIntegerField(_("place"))
    seated_at = models.DateTimeField(_("seated at"), db_default=Now())
    declared_at = models.DateTimeField(
        _("conflicts declared at"), null=True, help_text=_("Nothing opens for an evaluator before that.")
    )
    left_at = models.DateTimeField(_("left at"), null=True)

    class Meta:
        verbose_name = _("panel member")
        verbose_name_plural = _("panel members")
        ordering = ["round", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "user"],
                condition=Q(left_at=None),
                name="one_seat_on_a_panel",
                violation_error_message=_("This person is on the panel already."),
            ),
            models.UniqueConstraint(fields=["round", "place"], name="one_panelist_in_a_place"),
        ]

    def __str__(self) -> str:
        return f"E{self.place}"


class Recusal(models.Model):
    """A panel member does not judge an entry: declared by themselves, or found (same organisation)."""

    class Ground(models.TextChoices):
        DECLARED = "declared", _("declared by the evaluator")
        SAME_ORGANISATION = "same_organisation", _("belongs to the applicant's organisation")
        LOT_OWNER = "lot_owner", _("belongs to the institution whose task it is")

    panelist = models.ForeignKey(
        Panelist, on_delete=models.PROTECT, related_name="recusals", verbose_name=_("panel member")
    )
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="recusals", verbose_name=_("entry")
    )
    ground = models.CharField(_("ground"), max_length=20, choices=Ground.choices)
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("recusal")
        verbose_name_plural = _("recusals")
        constraints = [
            models.UniqueConstraint(fields=["panelist", "entry"], name="one_recusal_each"),
            models.CheckConstraint(condition=Q(reason__gt=""), name="recusal_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.panelist_id}/{self.entry_id}"
