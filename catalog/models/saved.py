"""Searches that people keep, to look again and to be told of what is new."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def visible_to(self, user) -> "SavedSearchQuerySet":
        """One's own alone: what somebody looks for is nobody else's business, staff included."""
        return self.filter(owner=user) if user.is_authenticated else self.none()


class SavedSearch(models.Model):
    """Words, filters and order of the list, as its address holds them. What was listed until ``told_until`` is told."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    name = models.CharField(_("name of the search"), max_length=80)
    query = models.CharField(_("words and filters"), max_length=1000)
    tell = models.BooleanField(_("tell me about new products"), default=True)
    saved_at = models.DateTimeField(_("saved at"), db_default=Now())
    told_until = models.DateTimeField(_("told until"), db_default=Now())

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        ordering = ["owner", "-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "query"],
                name="one_saved_search_of_a_query",
                violation_error_message=_("You have already saved this search."),
            ),
            models.CheckConstraint(condition=Q(name__gt=""), name="saved_search_has_a_name"),
            models.CheckConstraint(
                condition=Q(query__gt=""),
                name="saved_search_asks_for_something",
                violation_error_message=_("Choose words or filters first."),
            ),
        ]
        indexes = [models.Index(fields=["told_until"], condition=Q(tell=True), name="saved_searches_to_tell")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def path(self) -> str:
        """The list's address without a language."""
        return f"/catalog/?{self.query}"
