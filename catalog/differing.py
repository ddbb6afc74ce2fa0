"""Differences of two contents of a listing, in words: what a supplier, staff and the public history read."""

from datetime import date
from typing import Any

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from challenges import sdgs
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


def place_of(path: str, content: dict[str, Any]) -> str:
    """What the place of a refusal is called, as "certificates.0.number", of a content; "" where it names none."""
    steps = path.split(".")
    if len(steps) < 2 or steps[0] not in ROWS:
        return ""
    return _Names([], content).label(Difference(path, None, None))


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
        return _called(attribute) if attribute else str(spec.get(self._name_in(spec), ""))

    @staticmethod
    def _name_in(spec: dict[str, Any]) -> str:
        """The column of the name that a page in this language shows of a value that its supplier names."""
        return "name_en" if _language() == "en" and spec.get("name_en") else "name_ko"

    def _standing(self, steps: list[str]) -> dict[str, Any] | None:
        """The row of a value as it is after, or as it was before where it is gone."""
        return next((row for content in reversed(self.contents) if (row := self._row(content, steps))), None)

    @staticmethod
    def _row(content: dict[str, Any], steps: list[str]) -> dict[str, Any] | None:
        try:
            return dict(content["models"][int(steps[1])]["specifications"][int(steps[3])])
        except (IndexError, KeyError):
            return None

    def _has_words(self, path: str) -> bool:
        """Whether the words beside a file, which stand in lines of their own, say which one it is."""
        part, place, _name = path.split(".")
        for content in reversed(self.contents):
            for row in content[part][int(place) : int(place) + 1]:
                return any(row.get(name) for name in ("alt_ko", "alt_en", "title"))
        return False

    def is_said_with_its_value(self, one: Difference) -> bool:
        """Which attribute a value of the profile is and its unit stand in the line of the value; so do name
        and unit of one that its supplier names and that is wholly new or gone (its name in the other language has a
        line of its own)."""
        steps = one.path.split(".")
        if steps[2:3] != ["specifications"]:
            return False
        row = self._standing(steps) or {}
        if row.get("attribute"):
            return steps[-1] in ("attribute", "unit")
        return (
            steps[-1] in (self._name_in(row), "unit") and self._stands_once(steps) and bool(row.get("value"))
        )

    def _stands_once(self, steps: list[str]) -> bool:
        """Whether only one of the contents has the row of a value."""
        return sum(self._row(content, steps) is not None for content in self.contents) == 1

    def _by_profile(self, steps: list[str], value: Any) -> str:
        """As the product's page shows it."""
        attribute = self.attributes.get((self._standing(steps) or {}).get("attribute", ""))
        if attribute is None:
            row = self._standing(steps) or {}
            return f"{value} {row.get('unit', '')}".strip() if self._stands_once(steps) else str(value)
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
        if name in ("issued_on", "valid_until"):
            return _day(str(value))
        if name == "sdgs":
            return ", ".join(sdgs.names_of(value, _language()))
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
                return "" if self._has_words(one.path) else _("a file without words")
            return pgettext("in a comparison", "another file")
        if name == "kind":
            model: Any = ROWS[one.path.split(".")[-3]]
            return str(dict(model.Kind.choices).get(value, value))
        return str(value)


def _language() -> str:
    return "en" if get_language() == "en" else "ko"


def _day(text: str) -> str:
    """In words; what is no day stands as it was typed."""
    try:
        return formats.kst_date(date.fromisoformat(text), _language())
    except ValueError:
        return text


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
