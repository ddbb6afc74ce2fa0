"""The classification of goods: a tree of 2, 4, 6, 8 and 10 digits (물품분류번호, 세부품명번호; domain.md §5.2)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ItemClass(models.Model):
    """One node of the tree; its parent is the code without its last two digits.

    2 segment, 4 family, 6 class, 8 commodity (물품분류번호), 10 detailed item (세부품명번호). Imported by
    ``import_classification``; a code that is no longer in use stays, because products carry it.
    """

    code = models.CharField(_("code"), max_length=10, primary_key=True)
    name_ko = models.CharField(_("name in Korean"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    explanation = models.TextField(_("explanation"), blank=True)
    in_use = models.BooleanField(_("in use"), default=True)
    changed_on = models.DateField(_("changed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("class of goods")
        verbose_name_plural = _("classes of goods")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^([0-9]{2}){1,5}$"),
                name="item_class_has_2_to_10_digits",
                violation_error_message=_("A class has 2, 4, 6, 8 or 10 digits."),
            ),
        ]
        indexes = [
            models.Index(fields=["code"], name="item_classes_by_prefix", opclasses=["varchar_pattern_ops"])
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_ko}"

    @property
    def level(self) -> int:
        """1 segment … 5 detailed item."""
        return len(self.code) // 2

    @property
    def path(self) -> list[str]:
        """The codes from the segment down to this one."""
        return [self.code[:end] for end in range(2, len(self.code) + 1, 2)]
