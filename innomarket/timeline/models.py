"""The public story of a need: one thread from the task to the result of the pilot."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now


class Story(models.Model):
    """Opened by the task; every later object of the same need carries it."""

    opened_at = models.DateTimeField(_("opened at"), db_default=Now())

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")

    def __str__(self) -> str:
        return f"#{self.pk}"


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def public(self) -> "MilestoneQuerySet":
        return self.filter(public=True)


class Milestone(models.Model):
    """One piece of news in a story, in both languages."""

    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="milestones")
    at = models.DateTimeField(_("at"), db_default=Now())
    kind = models.CharField(_("kind"), max_length=60)
    text_ko = models.CharField(_("text in Korean"), max_length=300)
    text_en = models.CharField(_("text in English"), max_length=300)
    url = models.CharField(_("address"), max_length=200, blank=True)
    public = models.BooleanField(_("public"), default=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["story", "at"], name="milestones_of_a_story")]

    def __str__(self) -> str:
        return self.kind
