"""The catalogue for people; programs read catalog/api_urls.py."""

from django.urls import path

from .views.compare import compare
from .views.listing import ProductList
from .views.product import product_history, product_page
from .views.saved import ChangeSearch, SavedSearches, SaveSearch
from .views.suggest import suggest

app_name = "catalog"

urlpatterns = [
    path("catalog/", ProductList.as_view(), name="list"),
    path("catalog/compare/", compare, name="compare"),
    path("catalog/searches/", SavedSearches.as_view(), name="saved_searches"),
    path("catalog/searches/save/", SaveSearch.as_view(), name="save_search"),
    path("catalog/searches/<int:pk>/", ChangeSearch.as_view(), name="change_search"),
    path("catalog/suggest/", suggest, name="suggest"),
    path("catalog/<slug:number>/", product_page, name="product"),
    path("catalog/<slug:number>/history/", product_history, name="history"),
]
