from .bulk import BulkImport
from .category import Category, ProfileAttribute
from .classification import ItemClass
from .detail import Certificate, Patent, ProductDocument, ProductImage, ProductModel, Specification
from .listing import ListingChange, ListingFile, ListingVersion
from .product import Product, ProductQuerySet
from .public import PublicListing
from .rule import ListingRule
from .saved import SavedSearch
from .search import SearchDocument, SearchWord
from .snapshot import Snapshot

__all__ = [
    "BulkImport",
    "Category",
    "Certificate",
    "ItemClass",
    "ListingChange",
    "ListingFile",
    "ListingRule",
    "ListingVersion",
    "Patent",
    "Product",
    "ProductDocument",
    "ProductImage",
    "ProductModel",
    "ProductQuerySet",
    "ProfileAttribute",
    "PublicListing",
    "SavedSearch",
    "SearchDocument",
    "SearchWord",
    "Snapshot",
    "Specification",
]
