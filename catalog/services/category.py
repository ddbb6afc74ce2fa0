"""The categories of products and their profiles: what every product of a category is asked to say.

Codes stand in addresses and data and never change. A category is never deleted; a value of a profile only while no
product says it.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from innomarket.audit.services import changed, created, record
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock, lock_all
from innomarket.common.refusals import Refused, ask

from ..models import Category, Product, ProfileAttribute, Specification
from ..permissions import may_edit
from .following import follow

Choices = Sequence[tuple[str, str]]
"""Each choice in Korean, under which it is kept, and in English."""


def add_category(
    *, by: Any, code: str, name_ko: str, name_en: str, parent: Category | None = None, order: int = 0
) -> Category:
    """A large category, or with ``parent`` a middle one below it. Raises Refused at "code" or "parent"."""
    with transaction.atomic():
        ask(may_edit(by))
        _ask_free(Category.objects.filter(code=code))
        if parent is not None and lock(Category, parent.pk).parent_id is not None:
            text = _("Categories have two levels: large and middle.")
            raise Refused("two_levels", text, field="parent", status=422)
        category = Category(code=code, name_ko=name_ko, name_en=name_en, parent=parent, order=order)
        return created(category, actor=by, verb="catalog.add_category", code=code)


def change_category(*, category: Category, by: Any, name_ko: str, name_en: str, order: int = 0) -> Category:
    """Other names or another place; search and data of its products follow."""
    with transaction.atomic():
        category = _whole(category)
        ask(may_edit(by))
        changed(
            category,
            actor=by,
            verb="catalog.change_category",
            name_ko=name_ko,
            name_en=name_en,
            order=order,
        )
    follow(products_of(category))
    return category


def add_attribute(
    *,
    by: Any,
    category: Category,
    code: str,
    name_ko: str,
    name_en: str,
    kind: str,
    unit: str = "",
    choices: Choices = (),
    required: bool = False,
    order: int = 0,
) -> ProfileAttribute:
    """A further value of a profile; a large category's stands in those of its middle ones too.

    Raises Refused at "code", or at "choices" where the kind has none or needs some.
    """
    with transaction.atomic():
        category = lock(Category, category.pk)
        ask(may_edit(by))
        _ask_free(
            ProfileAttribute.objects.filter(
                Q(category=category) | Q(category=category.parent_id) | Q(category__parent=category),
                code=code,
            )
        )
        attribute = ProfileAttribute(
            category=category,
            code=code,
            name_ko=name_ko,
            name_en=name_en,
            kind=kind,
            unit=unit if kind == ProfileAttribute.Kind.NUMBER else "",
            required=required,
            order=order,
            **_in_both(choices),
        )
        with in_words(ProfileAttribute, attribute_has_choices_where_it_offers_them="choices"):
            return created(attribute, actor=by, verb="catalog.add_attribute", code=code)


def change_attribute(
    *,
    attribute: ProfileAttribute,
    by: Any,
    name_ko: str,
    name_en: str,
    choices: Choices = (),
    required: bool = False,
    order: int = 0,
) -> ProfileAttribute:
    """Other words, another place, further choices. Kind and unit stay: what products say stands in them.

    Raises Refused at "choices" where one is left out that a product says.
    """
    with transaction.atomic():
        category = _whole(attribute.category)
        attribute = lock(ProfileAttribute, attribute.pk)
        ask(may_edit(by))
        both: dict[str, Any] = _in_both(choices)
        said = Specification.objects.filter(attribute=attribute).exclude(value__in=both["choices_ko"])
        if attribute.kind == ProfileAttribute.Kind.CHOICE and (
            lost := said.values_list("value", flat=True).first()
        ):
            text = _("A product says “%(value)s”: this choice stays.")
            raise Refused("choice_in_use", text % {"value": lost}, field="choices", status=422)
        with in_words(ProfileAttribute, attribute_has_choices_where_it_offers_them="choices"):
            changed(
                attribute,
                actor=by,
                verb="catalog.change_attribute",
                name_ko=name_ko,
                name_en=name_en,
                required=required,
                order=order,
                **both,
            )
    follow(products_of(category))
    return attribute


def remove_attribute(*, attribute: ProfileAttribute, by: Any) -> None:
    """Take a value out of its profile. Raises Refused while a product says it."""
    with transaction.atomic():
        category = lock(Category, attribute.category_id)
        attribute = lock(ProfileAttribute, attribute.pk)
        ask(may_edit(by))
        models = Specification.objects.filter(attribute=attribute).count()
        if models:
            text = ngettext("%(n)s model says it, so it stays.", "%(n)s models say it, so it stays.", models)
            raise Refused("in_use", text % {"n": models})
        # By both codes: ``shipped.load`` never brings it back.
        gone = {"category": category.code, "code": attribute.code}
        record(actor=by, verb="catalog.remove_attribute", subject=attribute, changes=gone)
        attribute.delete()


def products_of(category: Category) -> QuerySet[Product]:
    """The products that name it, or a middle category below it."""
    return Product.objects.filter(Q(category=category) | Q(category__parent=category))


def _whole(category: Category) -> Category:
    """The category, locked with those below it: who gives a product one of them shares its row until the commit."""
    rows = lock_all(Category.objects.filter(Q(pk=category.pk) | Q(parent=category.pk)))
    return next(row for row in rows if row.pk == category.pk)


def _ask_free(rows: QuerySet[Any]) -> None:
    if rows.exists():
        raise Refused("code_taken", _("This code is taken. Choose another one."), field="code", status=422)


def _in_both(choices: Choices) -> dict[str, list[str]]:
    return {
        "choices_ko": [korean for korean, _english in choices],
        "choices_en": [english for _korean, english in choices],
    }
