"""How one form field becomes markup: label, hint before, error, input.

Chosen by widget, so that a form names Django's own fields and widgets and gets our look.
A form may say more with plain attributes on the field:

* ``unit``          text after the input ("원", "m")
* ``choice_hints``  {value: text} shown under a choice
* ``cards``         True: the choices are cards
* ``inline``        True: the choices stand in one line
* ``size``          "short", "medium" or "" (full width)
* ``needed``        True: may stay empty in a draft, but is asked when submitting, so not "optional"
"""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.boundfield import BoundField
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

OPTIONS = ("unit", "choice_hints", "cards", "inline", "size")


@dataclasses.dataclass
class Shown:
    """A field ready for components/field.html."""

    field: BoundField
    kind: str
    label: str
    hint: str
    optional: bool
    options: dict[str, Any]
    input: SafeString | str = ""
    choices: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    note: str = ""

    @property
    def id(self) -> str:
        return self.field.auto_id or self.field.html_name

    @property
    def target(self) -> str:
        return target_of(self.field)

    @property
    def errors(self) -> list[str]:
        return [str(text) for text in self.field.errors]

    @property
    def described_by(self) -> str:
        ids = [(self.hint, "hint"), (self.errors, "error"), (self.note, "note")]
        return " ".join(f"{self.id}_{end}" for there, end in ids if there)


def render_field(bound: BoundField, **given: Any) -> SafeString | str:
    """One field as HTML; a hidden one is its bare input."""
    if bound.is_hidden:
        return bound.as_widget()
    return get_template("components/field.html").render({"f": prepare(bound, **given)})


def prepare(
    bound: BoundField, *, label: str = "", hint: str = "", optional: bool = True, **given: Any
) -> Shown:
    """Choose how a bound field is shown and render its input with the right attributes.

    ``optional`` false: not said of a field that may stay empty, as of a filter, where nobody thinks otherwise.
    """
    options = {name: getattr(bound.field, name, None) for name in OPTIONS}
    options.update({name: value for name, value in given.items() if value not in (None, "")})
    shown = Shown(
        field=bound,
        kind=kind_of(bound.field.widget),
        label=str(label or bound.label or ""),
        hint=str(hint or bound.help_text or ""),
        optional=optional and not bound.field.required and not getattr(bound.field, "needed", False),
        options=options,
        note=_length_note(bound.field),
    )
    if shown.kind in ("radio", "checkboxes"):
        shown.choices = _choices(shown)
    else:
        shown.input = _input(shown)
    return shown


def kind_of(widget: forms.Widget) -> str:
    """The group of a widget: text, number, textarea, select, radio, checkboxes, checkbox, file, other."""
    kinds: list[tuple[type[forms.Widget], str]] = [
        (forms.CheckboxSelectMultiple, "checkboxes"),
        (forms.RadioSelect, "radio"),
        (forms.CheckboxInput, "checkbox"),
        (forms.FileInput, "file"),
        (forms.NumberInput, "number"),
        (forms.Textarea, "textarea"),
        (forms.Select, "select"),
    ]
    plain = "text" if getattr(widget, "input_type", None) else "other"
    return next((name for type_, name in kinds if isinstance(widget, type_)), plain)


def target_of(bound: BoundField) -> str:
    """The id that the error summary links to: the input, or the first of the choices."""
    if kind_of(bound.field.widget) in ("radio", "checkboxes"):
        ids = (sub.data["attrs"].get("id", "") for sub in bound.subwidgets if sub.data.get("value"))
        return next(ids, "") or bound.auto_id
    return bound.id_for_label or bound.auto_id


def _input(shown: Shown) -> SafeString:
    widget = copy.deepcopy(shown.field.field.widget)
    css = {"textarea": "textarea", "select": "select", "checkbox": "", "file": ""}.get(shown.kind, "input")
    size = shown.options.get("size") or ("short" if shown.kind == "number" or _is_moment(widget) else "")
    attrs: dict[str, str | bool] = {
        "class": " ".join(filter(None, [css, f"input-{size}" if size and css else ""]))
    }
    attrs = {name: value for name, value in attrs.items() if value}
    if shown.described_by:
        attrs["aria-describedby"] = shown.described_by
    if shown.kind == "number":
        _as_typed_number(widget)
    elif shown.kind == "file":
        widget = _plain_file(widget)
    elif shown.kind == "textarea":
        # The browser would cut a long text without a word; the form says it, with everything kept.
        for name in ("maxlength", "minlength"):
            widget.attrs.pop(name, None)
    elif _is_moment(widget):
        _as_picker(widget)
    # A placeholder vanishes while one types; label and hint say it and stay.
    widget.attrs.pop("placeholder", None)
    return shown.field.as_widget(widget=widget, attrs=attrs)


def _as_typed_number(widget: forms.NumberInput) -> None:
    # A text input keeps what was typed ("약 1.2km") for the error message; type=number drops it.
    whole = str(widget.attrs.get("step", "1")).isdigit()
    widget.input_type = "text"
    for name in ("min", "max", "step"):
        widget.attrs.pop(name, None)
    widget.attrs.setdefault("inputmode", "numeric" if whole else "decimal")
    widget.attrs.setdefault("autocomplete", "off")


def _plain_file(widget: forms.FileInput) -> forms.FileInput:
    several = widget.allow_multiple_selected
    # Django refuses "multiple" at construction time: it is put on afterwards.
    plain = forms.FileInput(attrs={name: value for name, value in widget.attrs.items() if name != "multiple"})
    if several:
        plain.allow_multiple_selected = True
        plain.attrs["multiple"] = True
    return plain


def _is_moment(widget: forms.Widget) -> bool:
    return isinstance(widget, (forms.DateTimeInput, forms.DateInput, forms.TimeInput))


def _as_picker(widget: Any) -> None:
    if isinstance(widget, forms.DateTimeInput):
        widget.input_type, widget.format = "datetime-local", "%Y-%m-%dT%H:%M"
    elif isinstance(widget, forms.DateInput):
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    else:
        widget.input_type, widget.format = "time", "%H:%M"


NO_ANSWER = BLANK_CHOICE_DASH[0][1]
"""What Django offers where nothing is chosen. In words ("Not known yet") it is a choice like the others."""


def _choices(shown: Shown) -> list[dict[str, Any]]:
    hints = {str(key): text for key, text in (shown.options.get("choice_hints") or {}).items()}
    found = []
    for sub in shown.field.subwidgets:
        data = sub.data
        if "value" not in data:
            continue
        if data["value"] in ("", None) and shown.kind == "radio" and data["label"] == NO_ANSWER:
            continue
        data["attrs"]["aria-invalid"] = "true" if shown.errors else None
        if not shown.errors:
            data["attrs"].pop("aria-invalid")
        found.append({"tag": sub.tag(), "label": data["label"], "hint": hints.get(str(data["value"]), "")})
    return found


def _length_note(field_: forms.Field) -> str:
    """The limits of a long answer, said before anyone runs into them."""
    if not isinstance(field_.widget, forms.Textarea):
        return ""
    least, most = getattr(field_, "min_length", None), getattr(field_, "max_length", None)
    if least and most:
        return _("From %(least)s to %(most)s characters") % {"least": f"{least:,}", "most": f"{most:,}"}
    if most:
        return _("Up to %(most)s characters") % {"most": f"{most:,}"}
    if least:
        return _("At least %(least)s characters") % {"least": f"{least:,}"}
    return ""
