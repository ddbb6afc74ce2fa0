"""Companies write their listings out, staff take them over; one is corrected, one waits for staff."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL.Image import Image

from catalog.models import ListingChange, Product
from catalog.services.change import begin_change, propose_change, save_change, take_change
from catalog.services.classification import import_classification
from catalog.services.file import DOCUMENTS, PICTURES, add_file
from catalog.services.product import edit_product
from innomarket.common.clock import moved_to
from innomarket.common.refusals import Refused
from innomarket.documents.tables import read_table

from .cast import Cast
from .listed import Listing, Paper
from .needs import NEEDS
from .scenes import small_pdf

GOALS = {need.product_ko: list(need.sdgs) for need in NEEDS}
# A branch of the tree in the field names of the agency's dataset 15129417; the item itself is a real one (domain.md
# §5.2), the wider classes bear our names.
CLASSES = (
    ("47", "청소 장비", "Cleaning equipment"),
    ("4710", "물과 하수 처리", "Water and sewage treatment"),
    ("471015", "처리 장치", "Treatment equipment"),
    ("47101524", "슬러지 처리 장치", "Sludge treatment equipment"),
    ("4710152401", "슬러지퇴비화장치", "Sludge composter"),
)


def classification_imported(cast: Cast, at: datetime) -> None:
    """A branch of the classification, by the file that operators import."""
    rows = [
        "prdctClsfcNo,prdctClsfcNoNm,prdctClsfcNoEngNm,useYn",
        *(",".join((*one, "Y")) for one in CLASSES),
    ]
    table = read_table("\n".join(rows).encode(), name="classification.csv", most_rows=len(rows))
    with moved_to(at):
        import_classification(table=table, by=cast.staff["catalogue"], keep_missing=True)


def written_out(cast: Cast, listings: Iterable[Listing], at: datetime) -> None:
    """Each one on a later day: written in full by the supplier, and a day after taken over by staff."""
    products = {
        product.name_ko: product for product in Product.objects.select_related("supplier", "category")
    }
    for turn, listing in enumerate(listings):
        product, day = products[listing.product], at + timedelta(days=turn)
        change = _proposed(cast, product, listing, day)
        try:
            with moved_to(day + timedelta(days=1)):
                take_change(change=change, by=cast.staff["catalogue"])
        except Refused as refused:
            # A virus scanner is set up, and looks at the files only when the sample is there: staff find it waiting.
            if refused.code != "file_not_checked":
                raise


def _proposed(cast: Cast, product: Product, listing: Listing, day: datetime) -> ListingChange:
    by = cast.owner(product.supplier)
    with moved_to(day):
        change = begin_change(product=product, by=by)
        for picture in listing.pictures:
            words = {"alt_ko": picture.alt_ko, "alt_en": picture.alt_en}
            add_file(change=change, by=by, part=PICTURES, upload=_png(picture.draw()), words=words)
        for kind, title in listing.documents:
            upload = small_pdf(f"{title}.pdf", f"{product.number} {kind}")
            add_file(
                change=change, by=by, part=DOCUMENTS, upload=upload, words={"kind": kind, "title": title}
            )
        change.refresh_from_db()
        change = save_change(change=change, by=by, fields=_fields(product, listing, change, day))
        return propose_change(change=change, by=by)


def _fields(product: Product, listing: Listing, change: ListingChange, day: datetime) -> dict[str, Any]:
    brand, _space, kind = product.name_ko.partition(" ")
    return {
        "description": listing.description,
        "category": listing.category,
        "item_class": listing.item_class,
        "price_basis": listing.price_basis,
        "regions": list(listing.regions),
        "manufacturer": f"{brand} 제조",
        "collaborators": list(listing.collaborators),
        "sdgs": GOALS[kind],
        "video_url": listing.video,
        "models": [model.content() for model in listing.models],
        "certificates": [_certificate(paper, day) for paper in listing.papers],
        "patents": [
            *change.content["patents"],
            *({"kind": kind, "number": number, "title": title} for kind, number, title in listing.rights),
        ],
    }


def _certificate(paper: Paper, day: datetime) -> dict[str, str]:
    kind, number, issuer, since, until = paper
    return {
        "kind": kind,
        "number": number,
        "issuer": issuer,
        "issued_on": (day - timedelta(days=since)).date().isoformat(),
        "valid_until": (day + timedelta(days=until)).date().isoformat(),
    }


def _png(image: Image) -> SimpleUploadedFile:
    stored = BytesIO()
    image.save(stored, "PNG")
    return SimpleUploadedFile("product.png", stored.getvalue(), content_type="image/png")


def corrected(cast: Cast, name: str, at: datetime) -> None:
    """Staff correct one word of a live listing; the public history shows why."""
    product = Product.objects.get(name_ko=name)
    with moved_to(at):
        edit_product(
            product=product,
            by=cast.staff["catalogue"],
            reason="가격에 드는 것을 규격서와 같게 고쳤습니다.",
            price_basis="조작기, 케이블 200 m, 교육 하루 포함",
        )


def change_waiting(cast: Cast, name: str, at: datetime) -> None:
    """A supplier proposes a price, a delivery time and a value of a model: staff compare it with what stands."""
    product = Product.objects.select_related("supplier").get(name_ko=name)
    by = cast.owner(product.supplier)
    with moved_to(at):
        change = begin_change(product=product, by=by)
        first, *others = change.content["models"]
        values = [
            row | ({"value": "21"} if row["attribute"] == "mass" else {}) for row in first["specifications"]
        ]
        change = save_change(
            change=change,
            by=by,
            fields={
                "price_won": (product.price_won or 0) + 2_200_000,
                "delivery_days": 45,
                "models": [first | {"specifications": values}, *others],
            },
        )
        propose_change(change=change, by=by)
