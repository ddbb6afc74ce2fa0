"""The catalogue for people; programs read catalog/api_urls.py."""

from django.urls import path

from .views import bulk, change, file, step
from .views.compare import compare
from .views.files import files_page
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
    path("catalog/mine/", change.MyProducts.as_view(), name="mine"),
    path("catalog/bulk/", bulk.BulkPage.as_view(), name="bulk"),
    path("catalog/bulk/staff/", bulk.StaffBulkPage.as_view(), name="bulk_staff"),
    path("catalog/bulk/<int:pk>/", bulk.BulkCheck.as_view(), name="bulk_check"),
    path("catalog/bulk/<slug:table>.<slug:kind>", bulk.BulkFile.as_view(), name="bulk_file"),
    path("catalog/bulk/staff/<slug:table>.<slug:kind>", bulk.StaffBulkFile.as_view(), name="bulk_file_staff"),
    path("catalog/files/", files_page, name="files"),
    path("catalog/<slug:number>/", product_page, name="product"),
    path("catalog/<slug:number>/history/", product_history, name="history"),
    path("catalog/<slug:number>/preview/", change.preview, name="preview"),
    path("catalog/<slug:number>/change/", change.ChangePage.as_view(), name="change"),
    path("catalog/<slug:number>/change/begin/", change.BeginChange.as_view(), name="change_begin"),
    path("catalog/<slug:number>/change/send/", change.SendChange.as_view(), name="change_send"),
    path("catalog/<slug:number>/change/withdraw/", change.WithdrawChange.as_view(), name="change_withdraw"),
    path("catalog/<slug:number>/change/rewrite/", change.RewriteChange.as_view(), name="change_rewrite"),
    path("catalog/<slug:number>/change/renew/", change.RenewChange.as_view(), name="change_renew"),
    path("catalog/<slug:number>/change/models/", step.ModelsPage.as_view(), name="change_models"),
    path("catalog/<slug:number>/change/models/<int:place>/", step.ModelPage.as_view(), name="change_model"),
    path(
        "catalog/<slug:number>/change/pictures/",
        file.FilesPage.as_view(),
        {"step": "pictures"},
        name="change_pictures",
    ),
    path(
        "catalog/<slug:number>/change/documents/",
        file.FilesPage.as_view(),
        {"step": "documents"},
        name="change_documents",
    ),
    path("catalog/<slug:number>/pictures/<int:document>/", file.draft_picture, name="draft_picture"),
    path("catalog/<slug:number>/files/<int:document>/", file.listing_file, name="file"),
    path("catalog/<slug:number>/change/<slug:step>/", step.StepPage.as_view(), name="change_step"),
]
