"""Notices for everybody; one's own data, consents and erasure."""

from django.urls import path

from . import views

app_name = "privacy"

urlpatterns = [
    path("privacy/", views.NoticesView.as_view(), name="notices"),
    path("people/me/data/", views.MineView.as_view(), name="mine"),
    path("people/me/data/export/", views.ExportView.as_view(), name="export"),
    path("people/me/data/<int:pk>/my-data.zip", views.DownloadView.as_view(), name="download"),
    path("people/me/data/consent/", views.ConsentView.as_view(), name="consent"),
    path("people/me/data/erase/", views.EraseView.as_view(), name="erase"),
    path("people/me/data/keep/", views.TakeBackView.as_view(), name="take_back"),
]
