"""What the ground needs of the database: the mark of a movable clock, and the processes' heartbeats."""

from django.db import models
from django.db.models.functions import Now as RealNow
from django.utils.translation import gettext_lazy as _


class MovableClock(models.Model):
    """Marks one database, by its name, as one whose clock tests and the sample may move.

    The name is part of the mark, so that a copy restored elsewhere is not movable.
    """

    database = models.CharField(max_length=63, primary_key=True)

    class Meta:
        verbose_name = _("movable clock")
        verbose_name_plural = _("movable clocks")

    def __str__(self) -> str:
        return self.database


class Heartbeat(models.Model):
    """When a background process was last seen alive; ``/readyz`` reads it."""

    process = models.CharField(_("process"), max_length=40, unique=True)
    at = models.DateTimeField(_("seen at"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.process


class Readiness(models.Model):
    """One answer of ``/readyz``, as somebody who asked it got it. Real time: probes are real.

    While the database is away no row can be written: the silence between two rows is the record of it.
    """

    at = models.DateTimeField(_("probed at"), db_default=RealNow(), db_index=True)
    failed = models.CharField(
        _("parts that failed"), max_length=200, blank=True, help_text=_("Empty: everything stood.")
    )
    source = models.CharField(_("probed by"), max_length=40)

    class Meta:
        verbose_name = _("readiness")
        verbose_name_plural = _("readiness")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.source} {self.failed or 'ok'}"

    @property
    def parts(self) -> frozenset[str]:
        return frozenset(part for part in self.failed.split(",") if part)
