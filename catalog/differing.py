"""Differences of two contents of a listing, in words: what a supplier, staff and the public history read."""

from typing import Any

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from challenges.sdgs import GOALS
from innomarket.accounts.regions import REGIONS
from innomarket.common import formats
from innomarket.common.countries import country_name

from .models import (
    Category,
    Certificate,
    ItemClass,
    Patent,
    Product,
    ProductDocument,
    ProductImage,
    ProductModel,
    ProfileAttribute,
    Specification,
)
from .services.comparing import Difference, differences

ROWS = {
    "models": ProductModel,
    "specifications": Specification,
    "certificates": Certificate,
    "patents": Patent,
    "images": ProductImage,
    "documents": ProductDocument,
}


def lines(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, str]]:
    """One line for each value that differs: ``label``, ``before`` and ``after`` ("" where there is none).

    A value of the profile is one line with its unit, under the name that the profile gives it.
    """
    found = differences(before, after)
    names = _Names(found, before, after)
    shown = [
        {
            "label": names.label(one),
            "before": names.value(one, one.before),
            "after": names.value(one, one.after),
        }
        for one in found
        if not names.is_said_with_its_value(one)
    ]
    return [line for line in shown if line["before"] or line["after"]]


class _Names:
    """What codes and columns are called, asked once for all the differences."""

    def __init__(self, found: list[Difference], *contents: dict[str, Any]) -> None:
        self.contents = contents
        codes = {str(value) for one in found for value in (one.before, one.after) if value}
        wanted = {one.part for one in found}
        self.categories = _named(Category.objects.filter(code__in=codes)) if "category" in wanted else {}
        self.classes = dict(
            _classes(ItemClass.objects.filter(code__in=codes)) if "item_class" in wanted else ()
        )
        rows = ProfileAttribute.objects.all() if "models" in wanted else ()
        self.attributes = {row.code: row for row in rows}

    def label(self, one: Difference) -> str:
        steps = one.path.split(".")
        if len(steps) == 1:
            return _title(Product, steps[0])
        words: list[str] = []
        for name, place in zip(steps[::2], steps[1::2], strict=False):
            title = str(ROWS[name]._meta.verbose_name)
            words.append(f"{title} {int(place) + 1}")
        if len(steps) % 2:
            words.append(self._last(one, steps))
        return _capital(" › ".join(words))

    def _last(self, one: Difference, steps: list[str]) -> str:
        row = steps[-3]
        if row == "specifications" and steps[-1] == "value":
            return self._specification(steps) or _title(Specification, "value")
        return _title(ROWS[row], steps[-1])

    def _specification(self, steps: list[str]) -> str:
        """A named value is called by its name, by the profile or by the supplier."""
        spec = self._standing(steps) or {}
        attribute = self.attributes.get(spec.get("attribute", ""))
        return _called(attribute) if attribute else str(spec.get("name_ko", ""))

    def _standing(self, steps: list[str]) -> dict[str, Any] | None:
        """The row of a value as it is after, or as it was before where it is gone."""
        for content in reversed(self.contents):
            try:
                return dict(content["models"][int(steps[1])]["specifications"][int(steps[3])])
            except (IndexError, KeyError):
                continue
        return None

    def is_said_with_its_value(self, one: Difference) -> bool:
        """Which attribute a value of the profile is and its unit stand in the line of the value."""
        steps = one.path.split(".")
        if steps[2:3] != ["specifications"] or steps[-1] not in ("attribute", "unit"):
            return False
        return bool((self._standing(steps) or {}).get("attribute"))

    def _by_profile(self, steps: list[str], value: Any) -> str:
        """As the product's page shows it."""
        attribute = self.attributes.get((self._standing(steps) or {}).get("attribute", ""))
        if attribute is None:
            return str(value)
        if attribute.kind == ProfileAttribute.Kind.FLAG:
            return _("Yes") if value == "true" else _("No")
        if _language() == "en" and value in attribute.choices_ko:
            return str(attribute.choices_en[attribute.choices_ko.index(value)])
        return f"{value} {attribute.unit}".strip()

    def value(self, one: Difference, value: Any) -> str:
        if value in (None, "", []):
            return ""
        name = one.path.rpartition(".")[2]
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if name == "attribute":
            return _called(self.attributes[value]) if value in self.attributes else str(value)
        if name == "value":
            return self._by_profile(one.path.split("."), value)
        if name == "delivery_days":
            return ngettext("%(n)s day", "%(n)s days", value) % {"n": value}
        if name == "price_won":
            return formats.won(value, _language())
        if name == "sdgs":
            return ", ".join(goal.name(_language()) for goal in GOALS if goal.number in value)
        if isinstance(value, list):
            return ", ".join(str(REGIONS.get(item, item)) for item in value)
        if name == "category":
            return self.categories.get(value, value)
        if name == "item_class":
            return f"{value} {self.classes.get(value, '')}".strip()
        if name == "origin":
            return country_name(value)
        if name == "document":
            if None in (one.before, one.after):
                return ""  # its words beside it say which
            return pgettext("in a comparison", "another file")
        if name == "kind":
            model: Any = ROWS[one.path.split(".")[-3]]
            return str(dict(model.Kind.choices).get(value, value))
        return str(value)


def _language() -> str:
    return "en" if get_language() == "en" else "ko"


def _title(model: Any, name: str) -> str:
    return _capital(str(model._meta.get_field(name).verbose_name))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _called(attribute: ProfileAttribute) -> str:
    return attribute.name_en if _language() == "en" else attribute.name_ko


def _classes(rows: Any) -> list[tuple[str, str]]:
    """Not every class has an English name."""
    english = _language() == "en"
    return [
        (code, (english and other) or name)
        for code, name, other in rows.values_list("code", "name_ko", "name_en")
    ]


def _named(rows: Any) -> dict[str, str]:
    name = "name_en" if get_language() == "en" else "name_ko"
    return dict(rows.values_list("code", name))
