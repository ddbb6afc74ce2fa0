"""How much a listing may hold, by date."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.dated import DatedRule, no_overlap


class ListingRule(DatedRule):
    """Collaborating manufacturers: up to 3 since June 2025 (domain.md §2.2). The other limits are ours."""

    kept_by = "keep_catalogue"

    most_collaborators = models.PositiveSmallIntegerField(_("collaborating manufacturers at most"))
    most_models = models.PositiveSmallIntegerField(_("models at most"))
    most_images = models.PositiveSmallIntegerField(_("pictures at most"))
    most_documents = models.PositiveSmallIntegerField(_("documents at most"))
    max_image_bytes = models.PositiveIntegerField(_("largest picture"), help_text=_("bytes"))
    max_document_bytes = models.PositiveIntegerField(_("largest document"), help_text=_("bytes"))
    most_bulk_rows = models.PositiveIntegerField(
        _("rows of a bulk import at most"), default=500, db_default=500
    )
    max_bulk_bytes = models.PositiveIntegerField(
        _("largest file of a bulk import"), default=5 << 20, db_default=5 << 20, help_text=_("bytes")
    )

    most_saved_searches = models.PositiveSmallIntegerField(
        _("saved searches of a person at most"), default=20, db_default=20
    )

    class Meta:
        verbose_name = _("rule for listings")
        verbose_name_plural = _("rules for listings")
        constraints = [
            no_overlap("one_listing_rule_at_a_time"),
            models.CheckConstraint(
                condition=Q(most_models__gte=1),
                name="listing_has_room_for_a_model",
                violation_error_message=_("A product has at least one model."),
            ),
        ]
