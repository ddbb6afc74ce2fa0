"""What programs read of the procurement data: no language in the address."""

from django.urls import path, re_path

from . import views

app_name = "ocds"

urlpatterns = [
    path("releases.json", views.Releases.as_view(), name="releases"),
    re_path(r"^records/(?P<ocid>[A-Za-z0-9-]{1,60})\.json$", views.Record.as_view(), name="record"),
    path("snapshots.json", views.Snapshots.as_view(), name="snapshots"),
    re_path(r"^snapshots/(?P<name>[a-z0-9.-]{1,60})$", views.SnapshotFile.as_view(), name="snapshot"),
    re_path(r"^history\.(?P<kind>jsonl?)$", views.History.as_view(), name="history"),
]
