"""Home, display switch and the pages about the site."""

from django.urls import path
from django.views.generic import TemplateView

from .ocds.views import about
from .views import feeds, find, home, open_data, preferences, workspace

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("workspace/", workspace.workspace, name="workspace"),
    path("display/", preferences.display, name="display"),
    path("find/", find.find, name="find"),
    path("ocds/", about, name="ocds"),
    path("feeds/<slug:name>.atom", feeds.feed, name="feed"),
    path("open-data/", open_data.open_data, name="open_data"),
    path("help/", TemplateView.as_view(template_name="portal/help.html"), name="help"),
    path(
        "accessibility/",
        TemplateView.as_view(template_name="portal/accessibility.html"),
        name="accessibility",
    ),
]
