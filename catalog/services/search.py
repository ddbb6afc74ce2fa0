"""Keep what products are found by in step with them."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.db.models import QuerySet

from innomarket.common.locks import lock_all

from ..models import Product, SearchDocument, SearchWord
from ..search import korean
from ..search.document import BODY, VERSION, Document, document
from ..search.pieces import EVERY, Pieces
from .batches import in_batches


def refresh(products: Iterable[int], pieces: Pieces = EVERY) -> list[str]:
    """Write the search documents of these products anew. The caller's transaction holds their locks.

    Returns the words that they say, which are learnt once it has committed: a transaction that writes many products
    would keep words locked while it waits for those of another.
    """
    rows, words = rows_of(Product.objects.filter(pk__in=products), pieces)
    SearchDocument.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["product"],
        update_fields=[field.name for field in SearchDocument._meta.fields if field.name != "product"],
    )
    transaction.on_commit(lambda: learn(words), robust=True)
    return words


def rows_of(products: QuerySet[Product], pieces: Pieces = EVERY) -> tuple[list[SearchDocument], list[str]]:
    """The search documents of these products, unsaved and in the order of their keys; the words that they say."""
    made = [(row, document(_fields(row), pieces)) for row in _whole(products.order_by("pk"))]
    words = {word for _row, found in made for word in found.words}
    return [_row(product, found) for product, found in made], sorted(words)


def learn(words: Iterable[str]) -> None:
    """Add words that a mistyped one may have meant; in one order, so that no two who add the same block each other."""
    rows = [SearchWord(word=word, letters=korean.jamo(word)) for word in sorted(words)]
    SearchWord.objects.bulk_create(rows, ignore_conflicts=True)


def reindex(*, missing: bool = False, pieces: Pieces = EVERY) -> int:
    """Rebuild every search document, or those that are ``missing``; how many. Each batch is one transaction.

    Products are locked while they are read, so a change in between is neither lost nor undone. May run at any time,
    and again. A whole rebuild also forgets words that no product says any more.
    """
    if not missing:
        SearchWord.objects.all().delete()
    products = Product.objects.all()
    if missing:
        products = products.exclude(search__version=VERSION)  # of an earlier one, or not there at all
    done = 0
    for keys in in_batches(products):
        with transaction.atomic():
            refresh([row.pk for row in lock_all(Product.objects.filter(pk__in=keys))], pieces)
        done += len(keys)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_searchdocument, catalog_searchword")
    return done


def _whole(products: QuerySet[Product]) -> QuerySet[Product]:
    return products.select_related(
        "supplier", "category__parent", "item_class", "designation"
    ).prefetch_related("models__specifications__attribute", "certificates", "patents")


def _fields(product: Product) -> dict[str, list[str]]:
    """The texts of a product by the fields of ``catalog.search.document``."""
    categories = [
        found for found in (product.category, product.category and product.category.parent) if found
    ]
    named: list[str] = [name for one in categories for name in (one.name_ko, one.name_en)]
    if product.item_class is not None:
        named += [product.item_class.name_ko, product.item_class.name_en, product.item_class.code]
    for model in product.models.all():
        named += [model.name, model.identification_number]
    named += [str(certificate.get_kind_display()) for certificate in product.certificates.all()]
    named += [product.number, product.designation.number]
    return {
        "name": [product.name_ko, product.name_en],
        "kind": named,
        "summary": [product.summary],
        "supplier": [product.supplier.name_ko, product.supplier.name_en],
        "body": [product.description, *_body(product)],
    }


def _body(product: Product) -> Iterable[str]:
    yield product.manufacturer
    yield from product.collaborators
    for patent in product.patents.all():
        yield patent.title
        yield patent.number
    for model in product.models.all():
        for row in model.specifications.all():
            yield f"{row.attribute.name_ko if row.attribute else row.name_ko} {row.value} {row.unit}"


def _row(product: Product, found: Document) -> SearchDocument:
    category, supplier = product.category, product.supplier
    codes: Sequence[str] = ()
    if category is not None:
        codes = (category.code, category.parent.code) if category.parent else (category.code,)
    return SearchDocument(
        product=product,
        vector=found.vector,
        head=found.head,
        # The place of the body stays: a portal of an earlier version reads these rows until it is replaced.
        texts=[*found.texts[:BODY], ""],
        body=found.texts[BODY],
        version=VERSION,
        categories=list(codes),
        type=product.designation.type,
        valid=product.designation.valid,
        size=supplier.size_class,
        women=supplier.is_women_owned,
        youth=supplier.is_youth_led,
        regions=product.regions,
        price_won=product.price_won,
        verdict=product.pilot_verdict,
        certificates=sorted({certificate.kind for certificate in product.certificates.all()}),
        sdgs=product.sdgs,
    )
