"""The groups of filters beside a list of products: what each choice is called, and how many it leaves."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from challenges.sdgs import GOALS
from designation.models import Designation
from innomarket.accounts.models import Organisation
from innomarket.accounts.regions import REGIONS
from innomarket.common import formats

from ..filters import ProductFilter
from ..models import Category, Certificate
from ..search import facets
from ..states import PilotVerdict

FORCE = {"true": _lazy("In force"), "false": _lazy("Ended or not begun")}
RESULT = {"true": _lazy("With a pilot result"), "false": _lazy("Without a pilot result")}


def groups(page: Any, filterset: ProductFilter) -> list[dict[str, Any]]:
    """For components/facets.html, all counted in one statement; ``page`` is the KeysetListView."""
    filterset.form.is_valid()  # what is wrong is left out of the cleaned data, as it filters nothing
    counts = facets.counts(filterset.answer, filterset.form.cleaned_data, filterset.day)
    asked = page.request.GET

    def group(name: str, title: str, labels: Iterable[Any], *, is_open: bool = False) -> dict[str, Any]:
        options = [
            (value, str(label), counts.shown(name, str(value)))
            for value, label in labels
            if counts.of[name].get(str(value)) or str(value) in asked.getlist(name)
        ]
        return page.facet(name, title, options, is_open=is_open)

    found = [
        _one_value(page, "in_force", _("Designation"), FORCE, counts),
        _categories(page, counts),
        _one_value(page, "has_pilot_result", _("Test results"), RESULT, counts),
        group("pilot_verdict", _("Pilot result"), PilotVerdict.choices, is_open=True),
        group("type", _("Type of designation"), Designation.Type.choices),
        group("certificate", _("Certificate"), Certificate.Kind.choices),
        group("size", _("Size of the supplier"), Organisation.Size.choices),
        _one_of(
            _("Women and youth"),
            [
                (label, counts.shown(name, "true"), asked.get(name) == "true", {name: "true"})
                for name, label in (("women", _("Women-owned")), ("youth", _("Youth-led")))
            ],
            page,
            is_open=bool(asked.get("women") or asked.get("youth")),
        ),
        group("region", _("Region of supply"), REGIONS.items()),
        group("sdg", _("Sustainable development goal"), _goals()),
        _prices(page, counts),
    ]
    return [one for one in found if one["options"]]


def _categories(page: Any, counts: facets.Counts) -> dict[str, Any]:
    """Large categories, and below a chosen one its middle ones.

    Choices in one group mean "or": a middle category narrows by taking its large one's place in the address, and
    the last one that is taken away gives it back.
    """
    asked = [code for code in page.request.GET.getlist("category") if code]
    name = "name_en" if get_language() == "en" else "name_ko"
    rows = list(Category.objects.values_list("code", "parent__code", name))

    def option(code: str, label: str, wanted: list[str]) -> dict[str, Any]:
        address = page.address({"category": wanted or None})
        return {"label": label, "n": counts.shown("category", code), "on": code in asked, "url": address}

    found = []
    for code, _above, label in [row for row in rows if row[1] is None]:
        below = {middle: words for middle, above, words in rows if above == code}
        chosen = [one for one in asked if one in below]
        others = [one for one in asked if one != code and one not in below]
        large = option(code, label, others if code in asked else [*others, code])
        if code in asked or chosen:
            large["label_below"] = _("%(name)s: middle categories") % {"name": label}
            large["below"] = [
                option(
                    middle,
                    words,
                    [*others, *([one for one in chosen if one != middle] or [code])]
                    if middle in chosen
                    else [*others, *chosen, middle],
                )
                for middle, words in below.items()
                if counts.of["category"].get(middle) or middle in chosen
            ]
        if counts.of["category"].get(code) or code in asked or chosen:
            found.append(large)
    return {"title": _("Category"), "open": True, "options": found}


def _goals() -> list[tuple[str, str]]:
    language = get_language() or "ko"
    return [(str(goal.number), goal.name(language)) for goal in GOALS]


def _one_value(
    page: Any, name: str, title: str, labels: dict[str, Any], counts: facets.Counts
) -> dict[str, Any]:
    """Yes or no: one value at a time, unlike the other groups."""
    on = page.request.GET.get(name, "")
    options = [
        (label, counts.shown(name, value), value == on, {name: value}) for value, label in labels.items()
    ]
    return _one_of(title, options, page)


def _prices(page: Any, counts: facets.Counts) -> dict[str, Any]:
    """Steps that buyers think in; any other range can stand in the address."""
    asked = {name: page.request.GET.get(name, "") for name in ("price_min", "price_max")}
    steps = [{"price_min": str(low or ""), "price_max": str(high or "")} for low, high in facets.PRICE_STEPS]
    return _one_of(
        _("Price"),
        [
            (price_words(low, high), counts.shown("price", str(place)), steps[place] == asked, steps[place])
            for place, (low, high) in enumerate(facets.PRICE_STEPS)
        ],
        page,
        is_open=any(asked.values()),
    )


def _one_of(title: str, options: list[tuple[Any, ...]], page: Any, *, is_open: bool = True) -> dict[str, Any]:
    """A group of (label, count, on, parameters), each of its own; choosing one again takes it away."""
    return {
        "title": title,
        "open": is_open,
        "options": [
            {
                "label": label,
                "n": n,
                "on": on,
                "url": page.address({name: None if on else value or None for name, value in chosen.items()}),
            }
            for label, n, on, chosen in options
        ],
    }


def price_words(low: int, high: int | None) -> str:
    language = "en" if get_language() == "en" else "ko"
    if not low:
        return _("Up to %(amount)s") % {"amount": formats.eok(high or 0, language)}
    if high is None:
        return _("From %(amount)s") % {"amount": formats.eok(low, language)}
    return f"{formats.eok(low, language)} – {formats.eok(high, language)}"
