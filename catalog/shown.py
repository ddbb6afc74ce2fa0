"""What the page of a product shows: of a listed one, and of one as a change would make it."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language

from challenges import sdgs
from innomarket.common.clock import KST, today
from innomarket.common.countries import country_name
from innomarket.documents.models import Document, Rendition
from innomarket.timeline.models import Milestone

from . import words
from .models import ItemClass, Product, ProductImage
from .states import PilotVerdict, UseAfter

CLEAN = Document.State.CLEAN

DETAILS = (
    *("models__specifications__attribute", "certificates", "patents"),
    *("images__document__renditions", "documents__document"),
)
"""Relations that ``page_of`` reads: prefetch them."""


def page_of(product: Product, *, draft: bool = False) -> dict[str, Any]:
    """The context of ``catalog/product.html``. Pictures of a draft have an address of their own, not for all."""
    day = today()
    state, tone = words.designation_state(product.designation, day)
    milestones = list(Milestone.objects.public().filter(story=product.story_id)) if product.story_id else []
    # The pilot's address is in the story: the catalogue knows no pilots.
    found = [news.url for news in milestones if news.kind.startswith("pilots.") and news.url]
    return {
        "product": product,
        "designation": product.designation,
        "state": state,
        "tone": tone,
        "in_force": day in product.designation.valid,
        "changed_later": product.changed_at.astimezone(KST).date() > product.listed_at.astimezone(KST).date(),
        "checks": words.private_contract_checks(product.designation, day),
        "pilot_words": words.pilot_words(product),
        "pilot_url": found[-1] if found else "",
        "milestones": milestones,
        "results": [_result(row) for row in product.pilot_results],
        "models": [words.model_shown(model) for model in product.models.all()],
        "certificates": words.certificates_shown(product, day),
        "regions": words.regions_shown(product),
        "origin": country_name(product.origin),
        "categories": [
            each for each in (product.category and product.category.parent, product.category) if each
        ],
        "classes": list(ItemClass.objects.filter(code__in=product.item_class.path))
        if product.item_class
        else [],
        "other_name": product.name_ko if _language() == "en" else product.name_en,
        "other_language": "ko" if _language() == "en" else "en",
        "goals": sdgs.names_of(product.sdgs, _language()),
        "pictures": pictures_of(product, draft=draft),
        "documents": [row for row in product.documents.all() if row.document.state == CLEAN],
    }


def _language() -> str:
    return "en" if get_language() == "en" else "ko"


def _result(row: dict[str, Any]) -> dict[str, Any]:
    """A concluded trial in the words of the page's language."""
    english = get_language() == "en"
    return row | {
        "institution": (english and row["institution_en"]) or row["institution_ko"],
        "given_on": date.fromisoformat(row["given_on"]),
        "verdict_words": dict(PilotVerdict.choices).get(row["verdict"], row["verdict"]),
        "use_words_of_kind": dict(UseAfter.choices).get(row["use"], ""),
        "use_on": date.fromisoformat(row["use_on"]) if row["use_on"] else None,
    }


def pictures_of(product: Product, *, draft: bool = False) -> list[dict[str, Any]]:
    """The pictures that are checked, each with its copies by width; words in the page's language, else Korean ones."""
    english = get_language() == "en"
    found = []
    for image in product.images.all():
        copies = list(image.document.renditions.all())
        if image.document.state != CLEAN or not copies:
            continue
        addresses = [_address(product, image, copy, draft) for copy in copies]
        found.append(
            {
                "alt": (english and image.alt_en) or image.alt_ko,
                "alt_is_korean": english and not image.alt_en,
                "src": addresses[min(1, len(copies) - 1)],
                "largest": addresses[-1],
                "srcset": ""
                if draft
                else ", ".join(
                    f"{address} {copy.width}w" for address, copy in zip(addresses, copies, strict=True)
                ),
                "width": copies[-1].width,
                "height": copies[-1].height,
            }
        )
    return found


def _address(product: Product, image: ProductImage, copy: Rendition, draft: bool) -> str:
    if draft:
        return reverse("catalog:draft_picture", args=[product.number, image.document_id])
    return reverse("picture", args=[copy.sha256])
