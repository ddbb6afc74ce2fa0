"""The tables in which many listings are changed at once: their columns, and how a cell becomes a value and back.

Four tables, each as CSV or XLSX: ``products`` (one row for each), ``models`` (one for each value of a model),
``certificates`` and ``patents``. The rows of a product in one of the last three are the whole part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from innomarket.accounts.regions import REGIONS
from innomarket.common.countries import country_code
from innomarket.common.fields import MOST_WON
from innomarket.documents.tables import as_read

from .models import Category, Certificate, Patent, Product, ProductModel, Specification
from .services.content import COLUMNS, KEYS, MODEL, SPECIFICATION, profile_of

NUMBER = "number"
VALUE = ("attribute", *SPECIFICATION)
BETWEEN = ";"
YES, NO = ("y", "yes", "예", "true", "1", "포함"), ("n", "no", "아니오", "아니요", "false", "0", "미포함")


class WrongCell(ValueError):
    """What is to be done about a cell, in words."""


@dataclass(frozen=True)
class Column:
    """``name`` in the content; ``read`` makes a value of a cell, ``write`` a cell of a value.

    Of "category" a cell is read by ``category_of``, with what one question found for the whole file.
    """

    name: str
    title: str | Promise
    read: Callable[[str], Any] = str
    write: Callable[[Any], Any] = lambda value: value

    @property
    def headings(self) -> set[str]:
        """Every heading under which it is found: its name, and its title in both languages."""
        found = {self.name}
        for language in ("ko", "en"):
            with override(language):
                found.add(str(self.title))
        return found


@dataclass(frozen=True)
class Table:
    """``part`` is "" where the columns are the listing's own."""

    code: str
    title: str | Promise
    part: str
    columns: tuple[Column, ...]


def _whole(text: str) -> int | None:
    digits = text.replace(",", "").replace("원", "").strip()
    if not digits:
        return None
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 15:
        raise WrongCell(_("Write a whole number, for example 48000000."))
    return int(digits)


def _won(text: str) -> int | None:
    found = _whole(text)
    if found == 0:
        raise WrongCell(_("The price must be more than 0 won."))
    if found is not None and found > MOST_WON:
        raise WrongCell(_("This number is too large."))
    return found


def _small(text: str) -> int | None:
    found = _whole(text)
    if found is not None and found > 32_767:
        raise WrongCell(_("This number is too large."))
    return found


def _flag(text: str) -> bool:
    word = text.strip().lower()
    if word not in (*YES, *NO):
        raise WrongCell(_("Write Y or N."))
    return word in YES


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", BETWEEN).split(BETWEEN) if part.strip()]


def _regions(text: str) -> list[str]:
    known: dict[str, str] = {}
    for language in ("ko", "en"):
        with override(language):
            known |= {str(label): name for name, label in REGIONS.items()}
    known |= {name: name for name in REGIONS}
    found = []
    for word in _list(text):
        if word not in known:
            raise WrongCell(
                _("There is no region “%(name)s”. Write for example 서울특별시.") % {"name": word}
            )
        found.append(known[word])
    return found


def _goals(text: str) -> list[int]:
    found = [_whole(word) for word in _list(text)]
    return sorted({number for number in found if number is not None})


def categories_by_word() -> dict[str, str]:
    """Codes of categories by their codes and names: one question for a whole file."""
    found: dict[str, str] = {}
    for row in Category.objects.values_list("code", "name_ko", "name_en"):
        for word in row:
            found.setdefault(word, row[0])
    return found


def category_of(known: dict[str, str], text: str) -> str:
    """The code of the category that a cell names by its code or name."""
    word = text.strip()
    if word and word not in known:
        raise WrongCell(_("There is no category “%(name)s”.") % {"name": word})
    return known[word] if word else ""


def _country(text: str) -> str:
    code = country_code(text)
    if not code:
        raise WrongCell(
            _("There is no country “%(name)s”. Write its name, or its code of two letters.") % {"name": text}
        )
    return code


def _choice(choices: Any) -> Callable[[str], str]:
    def read(text: str) -> str:
        word = text.strip().lower()
        for value, label in choices:
            words = {str(value).lower()}
            for language in ("ko", "en"):
                with override(language):
                    words.add(str(label).lower())
            if word in words:
                return str(value)
        shown = ", ".join(str(label) for _value, label in choices)
        raise WrongCell(_("Write one of: %(choices)s.") % {"choices": shown})

    return read


def _day(text: str) -> str | None:
    from datetime import date

    word = text.strip().replace(".", "-").replace("/", "-").rstrip("-")
    if not word:
        return None
    try:
        return date.fromisoformat(word).isoformat()
    except ValueError:
        raise WrongCell(_("Write a day as 2026-01-31.")) from None


def _joined(value: Any) -> str:
    return f"{BETWEEN} ".join(str(part) for part in value or [])


def _yes_or_no(value: Any) -> str:
    return "Y" if value else "N"


READ: dict[str, tuple[Callable[[str], Any], Callable[[Any], Any]]] = {
    "price_won": (_won, lambda value: value),
    "price_includes_vat": (_flag, _yes_or_no),
    "delivery_days": (_small, lambda value: value),
    "trl": (_small, lambda value: value),
    "regions": (_regions, _joined),
    "collaborators": (_list, _joined),
    "sdgs": (_goals, _joined),
    "origin": (_country, lambda value: value),
    "issued_on": (_day, lambda value: value),
    "valid_until": (_day, lambda value: value),
}


def _columns(model: Any, *names: str, **read: Callable[[str], Any]) -> tuple[Column, ...]:
    made = []
    for name in names:
        reads, writes = READ.get(name, (str, lambda value: value))
        title = model._meta.get_field(name).verbose_name
        made.append(Column(name, title, read.get(name) or reads, writes))
    return tuple(made)


TABLES = {
    table.code: table
    for table in (
        Table("products", gettext_lazy("Products"), "", _columns(Product, *COLUMNS[:4], *KEYS, *COLUMNS[4:])),
        Table(
            "models",
            gettext_lazy("Models and specifications"),
            "models",
            (
                *_columns(ProductModel, "name", "identification_number", "price_won"),
                *_columns(Specification, "attribute", "name_ko", "name_en", "value", "unit"),
            ),
        ),
        Table(
            "certificates",
            gettext_lazy("Certificates"),
            "certificates",
            (
                *_columns(Certificate, "kind", kind=_choice(Certificate.Kind.choices)),
                Column("number", gettext_lazy("certificate number")),
                *_columns(Certificate, "issuer", "issued_on", "valid_until"),
            ),
        ),
        Table(
            "patents",
            gettext_lazy("Patents and other rights"),
            "patents",
            (
                *_columns(Patent, "kind", kind=_choice(Patent.Kind.choices)),
                Column("number", gettext_lazy("number of the right")),
                *_columns(Patent, "title"),
            ),
        ),
    )
}
PRODUCT = Column(NUMBER, gettext_lazy("product number"))
"""The first column of every table. In a part's table its plain name is the part's own number."""


def column_names(table: Table, headings: tuple[str, ...]) -> tuple[str, dict[str, Column], list[str]]:
    """The heading of the product's number, the columns by their headings, and headings that are none."""
    first = next((name for name in headings if name in PRODUCT.headings and _is_product(table, name)), "")
    found, unknown = {}, []
    for name in headings:
        column = next((one for one in table.columns if name in one.headings), None)
        if name == first:
            continue
        if column is None:
            unknown.append(name)
        else:
            found[name] = column
    return first, found, unknown


def _is_product(table: Table, heading: str) -> bool:
    return heading != NUMBER or not any(column.name == NUMBER for column in table.columns)


def headings_of(table: Table) -> list[str]:
    """In the language of the page."""
    return [str(PRODUCT.title), *(str(column.title) for column in table.columns)]


def rows_of(table: Table, number: str, content: dict[str, Any]) -> list[list[Any]]:
    """The rows of a product, before ``documents.tables.handed_out``."""
    if not table.part:
        return [[number, *(column.write(content[column.name]) for column in table.columns)]]
    given = content[table.part] if table.part != "models" else _model_rows(content["models"])
    return [[number, *(column.write(row.get(column.name)) for column in table.columns)] for row in given]


def _model_rows(models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row for each value; the model's own columns stand in each."""
    found = []
    for model in models:
        own = {name: model.get(name) for name in MODEL}
        found += [own | spec for spec in model.get("specifications", ())] or [own]
    return found


def model_of_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Models out of rows: those of one name are one model, in the order in which they come."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        model = found.setdefault(row["name"], {name: row[name] for name in MODEL} | {"specifications": []})
        if says_a_value(row):
            model["specifications"].append({name: row[name] or "" for name in VALUE})
    return list(found.values())


def says_a_value(row: dict[str, Any]) -> bool:
    """Whether a row of the models' table holds more than the model's own columns."""
    return any(row[name] for name in VALUE)


def attributes_by_word(category: Category | None) -> dict[str, str]:
    """Codes of a category's attributes by their codes and names, so that a table may name them as people do."""
    found: dict[str, str] = {}
    for row in profile_of(category):
        found |= {word: row.code for word in (row.code, row.name_ko, row.name_en) if word}
    return found


def missing_columns(table: Table, found: dict[str, Column]) -> list[str]:
    """Titles of a part's columns that a file leaves out: the rows are the whole part, so it would empty them."""
    if not table.part:
        return []
    given = {column.name for column in found.values()}
    return [str(column.title) for column in table.columns if column.name not in given]


def as_it_stands(table: Table, content: dict[str, Any], rows: list[dict[str, str]]) -> dict[str, Any]:
    """What of the rows (cells by the columns' names) is what we hand out of this content: its parts, untouched.

    A value that a cell cannot show exactly, as an old text with other line ends, is so no change of its own.
    """
    ours = [
        {column.name: as_read(cell) for column, cell in zip(table.columns, row[1:], strict=True)}
        for row in rows_of(table, "", content)
    ]
    if table.part:
        return {table.part: content[table.part]} if ours == rows else {}
    return {name: content[name] for name, cell in rows[0].items() if ours[0][name] == cell}
