"""The classification of goods from the agency's published data: whole, checked first, and safe to repeat.

Headings are those of 물품목록정보서비스 (dataset 15129417; operations for 2, 4, 6, 8 and 10 digits), or their Korean
names as its files bear them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import record
from innomarket.common.refusals import Refused
from innomarket.documents.tables import Row, Table, Wrong, WrongRows

from ..models import ItemClass, Product
from .following import follow

MOST_ROWS = 300_000
BATCH = 2_000
SHOWN = 50
# What each of our columns may be called; the first that is given and not empty counts.
HEADINGS = {
    "code": ("dtilPrdctClsfcNo", "세부품명번호", "prdctClsfcNo", "물품분류번호"),
    "name_ko": ("dtilPrdctClsfcNoNm", "세부품명", "prdctClsfcNoNm", "품명", "물품분류명"),
    "name_en": ("dtilPrdctClsfcNoEngNm", "세부영문품명", "prdctClsfcNoEngNm", "영문품명"),
    "explanation": (
        *("dtilPrdctClsfcNoNmDscrpt", "description", "세부품명해설"),
        *("prdctClsfcNoNmDscrpt", "품명해설", "설명"),
    ),
    "in_use": ("useYn", "사용여부"),
    "changed_on": ("chgDate", "변경일자", "변경일시"),
}
COLUMNS = ("name_ko", "name_en", "explanation", "in_use", "changed_on")


@dataclass
class Outcome:
    """How many classes were new, changed, the same, or out of use because they are not in the file."""

    new: int = 0
    changed: int = 0
    same: int = 0
    ended: int = 0
    examples: list[str] = field(default_factory=list)


def import_classification(
    *, table: Table, by: Any = None, dry_run: bool = False, keep_missing: bool = False, most_ended: int = 20
) -> Outcome:
    """Make the tree say what the file says, in one transaction; the same file again changes nothing.

    The products of the classes that say something else now follow in search and public listing, in batches after it
    (`reindex_search` and `rebuild_catalog` do the same where this is cut short). A class that is in use here and not
    in the file goes out of use, and stays because products carry it; with ``keep_missing`` (a part of the tree) it
    stays in use. Raises WrongRows, and Refused where more than ``most_ended`` percent of the classes in use would
    end: then the file is rather a part.
    """
    classes = _classes(table)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Whoever writes a listing shares the row of its class until the commit (content.py): all of them are done
            # before the first class is written, and none of them waits while a class is held that another one needs.
            cursor.execute(f'LOCK TABLE "{ItemClass._meta.db_table}" IN EXCLUSIVE MODE')
        held = {row.code: row for row in ItemClass.objects.all()}
        _ask_parents(classes, held)
        outcome, written = _compared(classes, held)
        missing = [row for row in held.values() if row.in_use and row.code not in classes]
        if not keep_missing:
            _ask_ended(len(missing), held.values(), most_ended)
            outcome.ended = len(missing)
        if dry_run:
            return outcome
        _write(written)
        if not keep_missing:
            ItemClass.objects.filter(pk__in=[row.pk for row in missing]).update(in_use=False)
        if outcome.new or outcome.changed or outcome.ended:
            _record(by, outcome, min(classes))
    renamed = [row.code for row in written if row.code in held]
    follow(Product.objects.filter(item_class__in=renamed))
    return outcome


def _classes(table: Table) -> dict[str, ItemClass]:
    """Every row as a class; a class may stand twice if it says the same."""
    names = {key: [name for name in known if name in table.headings] for key, known in HEADINGS.items()}
    for key in ("code", "name_ko"):
        if not names[key]:
            text = _("The file has none of the headings %(names)s.") % {"names": ", ".join(HEADINGS[key])}
            raise Refused("no_heading", text, field="file", status=422)
    found: dict[str, ItemClass] = {}
    wrong: list[Wrong] = []
    for row in table.rows:
        made = _class(row, names, wrong)
        if made is None:
            continue
        other = found.setdefault(made.code, made)
        if _said(other) != _said(made):
            wrong.append(
                Wrong(row.number, names["code"][0], _("This class stands twice with different words."))
            )
    if wrong:
        raise WrongRows(wrong)
    return found


def _class(row: Row, names: dict[str, list[str]], wrong: list[Wrong]) -> ItemClass | None:
    given = {key: _first(row, known) for key, known in names.items()}
    before = len(wrong)
    code, column = given["code"]
    if not re.fullmatch(r"(?:[0-9]{2}){1,5}", code):
        wrong.append(Wrong(row.number, column, _("A class has 2, 4, 6, 8 or 10 digits.")))
    name, column = given["name_ko"]
    if not 0 < len(name) <= 200:
        wrong.append(Wrong(row.number, column, _("Give a name of at most 200 characters.")))
    english, column = given["name_en"]
    if len(english) > 200:
        wrong.append(Wrong(row.number, column, _("Give a name of at most 200 characters.")))
    used, column = given["in_use"]
    if used.upper() not in ("", "Y", "N", "예", "아니오", "TRUE", "FALSE"):
        wrong.append(Wrong(row.number, column, _("Write Y or N.")))
    day, column = given["changed_on"]
    changed_on = _day(day)
    if day and changed_on is None:
        wrong.append(Wrong(row.number, column, _("Write a day as 2026-01-31 or 20260131.")))
    if len(wrong) > before:
        return None
    return ItemClass(
        code=code,
        name_ko=name,
        name_en=english,
        explanation=given["explanation"][0],
        in_use=used.upper() not in ("N", "아니오", "FALSE"),
        changed_on=changed_on,
    )


def _first(row: Row, known: list[str]) -> tuple[str, str]:
    """The first given value with its heading; ("", heading) where none is."""
    for name in known:
        if row.cells.get(name):
            return row.cells[name], name
    return "", known[-1] if known else ""


def _day(text: str) -> date | None:
    digits = re.sub(r"[^0-9]", "", text)[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _said(row: ItemClass) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in COLUMNS)


def _ask_parents(classes: dict[str, ItemClass], held: dict[str, ItemClass]) -> None:
    known = {*classes, *held}
    lost = sorted(code for code in classes if len(code) > 2 and code[:-2] not in known)
    if lost:
        text = _("The class above is missing of: %(codes)s. Import the whole tree.")
        raise Refused("no_parent", text % {"codes": ", ".join(lost[:10])}, field="file", status=422)


def _ask_ended(n: int, held: Iterable[ItemClass], most: int) -> None:
    used = sum(row.in_use for row in held)
    if n * 100 > used * most:
        text = _(
            "%(n)s of %(all)s classes in use are not in the file. If it is a part of the tree, import it as a part"
            " (--part); if they really ended, allow it (--most-ended 100)."
        )
        raise Refused("too_many_ended", text % {"n": n, "all": used}, field="file", status=422)


def _compared(classes: dict[str, ItemClass], held: dict[str, ItemClass]) -> tuple[Outcome, list[ItemClass]]:
    outcome, written = Outcome(), []
    for code, row in classes.items():
        stands = held.get(code)
        if stands is None:
            outcome.new += 1
        elif _said(stands) != _said(row):
            outcome.changed += 1
        else:
            outcome.same += 1
            continue
        written.append(row)
        if len(outcome.examples) < SHOWN:
            outcome.examples.append(f"{'+' if stands is None else '~'} {row}")
    return outcome, written


def _write(rows: list[ItemClass]) -> None:
    ItemClass.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["code"], update_fields=[*COLUMNS]
    )


def _record(by: Any, outcome: Outcome, code: str) -> None:
    record(
        actor=by,
        verb="catalog.import_classification",
        subject=ItemClass(pk=code),
        changes={
            "new": outcome.new,
            "changed": outcome.changed,
            "ended": outcome.ended,
        },
    )
