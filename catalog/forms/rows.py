"""Rows on one page: any number of them, added without a script, and an empty one is no row."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

MOST = 100


class Rows(BaseFormSet):
    """A list of forms of which an empty one says nothing, and each can be taken away."""

    title: Any = ""
    row_title: Any = ""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "empty_permitted": True, "use_required_attribute": False}

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.heading = f"{self.row_title} {(index or 0) + 1}"
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Take this row away")
        if "ORDER" in form.fields:
            form.fields["ORDER"].label = _("Place in the order")

    def values(self) -> list[dict[str, Any]]:
        """What the rows say, in their order; only after ``is_valid``."""
        kept = [
            form
            for form in self.forms
            if form.has_changed() and not self._should_delete_form(form)  # type: ignore[attr-defined]
        ]
        kept.sort(key=_place)
        return [
            {name: value for name, value in form.values().items() if name not in ("DELETE", "ORDER")}
            for form in kept
        ]


def _place(form: Any) -> int:
    """Where the row was put; one that was put nowhere comes last."""
    place = form.cleaned_data.get("ORDER")
    return MOST if place is None else int(place)


def rows_of(
    form: type[forms.BaseForm],
    part: str,
    given: list[dict[str, Any]],
    data: Any = None,
    *,
    title: Any,
    row_title: Any,
    add: bool = False,
    spare: int = 1,
    ordered: bool = False,
) -> Rows:
    """The rows of a part as they stand in ``given``, or as they were typed; with ``add`` one more behind them."""
    made: Any = formset_factory(
        form,
        formset=Rows,
        extra=spare,
        max_num=MOST,
        absolute_max=MOST,
        can_delete=True,
        can_order=ordered,
    )
    if data is None:
        initial = [row | ({"ORDER": place} if ordered else {}) for place, row in enumerate(given, start=1)]
        found = made(initial=initial, prefix=part)
    elif add:
        typed = made(data, prefix=part)
        rows = [{name: row[name].value() for name in row.fields} for row in typed.forms]
        found = made(initial=[row for row in rows if _says_something(row)], prefix=part)
    else:
        found = made(data, prefix=part)
    found.title, found.row_title = title, row_title
    return found


def _says_something(row: dict[str, Any]) -> bool:
    return any(value for name, value in row.items() if name not in ("DELETE", "ORDER"))
