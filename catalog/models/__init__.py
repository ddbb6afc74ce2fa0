from .bulk import BulkImport
from .category import Category, ProfileAttribute
from .classification import ItemClass
from .detail import Certificate, Patent, ProductDocument, ProductImage, ProductModel, Specification
from .listing import ListingChange, ListingFile, ListingVersion
from .product import Product, ProductQuerySet
from .rule import ListingRule
from .saved import SavedSearch
from .search import SearchDocument, SearchWord

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
    "SavedSearch",
    "SearchDocument",
    "SearchWord",
    "Specification",
]
