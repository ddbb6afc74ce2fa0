"""Large and middle categories of innovation products, and what a product of a category is described by."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Category(models.Model):
    """A large category (혁신대분류카테고리), or with ``parent`` a middle one (혁신중분류카테고리); domain.md §5.1."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("large category"),
    )
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="category_is_not_its_own_parent"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="categories_have_two_levels",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__parent__isnull=False),
                func="""
                    IF EXISTS (SELECT 1 FROM catalog_category WHERE id = NEW.parent_id AND parent_id IS NOT NULL)
                       OR EXISTS (SELECT 1 FROM catalog_category WHERE parent_id = NEW.id) THEN
                        RAISE EXCEPTION 'Categories have two levels: large and middle.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'categories_have_two_levels';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.name_ko


class ProfileAttribute(models.Model):
    """One line of a category's profile: what every product of it says, so that products can be compared.

    The kinds: a number in ``unit``, one of ``choices`` (stored in Korean, shown by ``choices_en`` at the same
    place), yes or no, or free text.
    """

    class Kind(models.TextChoices):
        # By themselves: elsewhere "number" is what a thing is quoted by, and "text" the body of a letter.
        NUMBER = "number", pgettext_lazy("kind of value", "number")
        CHOICE = "choice", _("one of several")
        FLAG = "flag", _("yes or no")
        TEXT = "text", pgettext_lazy("kind of value", "text")

    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="attributes", verbose_name=_("category")
    )
    code = models.SlugField(_("code"), max_length=40)
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    kind = models.CharField(_("kind of value"), max_length=10, choices=Kind.choices)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    choices_ko = ArrayField(
        models.CharField(max_length=60), verbose_name=_("choices in Korean"), default=list, blank=True
    )
    choices_en = ArrayField(
        models.CharField(max_length=60), verbose_name=_("choices in English"), default=list, blank=True
    )
    required = models.BooleanField(_("must be given"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("attribute of a category")
        verbose_name_plural = _("attributes of categories")
        ordering = ["category", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["category", "code"], name="one_attribute_of_a_code"),
            models.CheckConstraint(
                condition=Q(choices_ko__len=F("choices_en__len")) | Q(choices_ko=[], choices_en=[]),
                name="attribute_choices_in_both_languages",
                violation_error_message=_("Give each choice in Korean and in English."),
            ),
            models.CheckConstraint(
                condition=(Q(kind="choice") & ~Q(choices_ko=[])) | (~Q(kind="choice") & Q(choices_ko=[])),
                name="attribute_has_choices_where_it_offers_them",
                violation_error_message=_("Only an attribute with several choices has choices."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category_id}/{self.code}"
