"""The pages of evaluators, and the fit opinion of institutions."""

from django.urls import path

from .views import opinion, queue, sheet, visit

app_name = "evaluation"

urlpatterns = [
    path("evaluation/", queue.QueueView.as_view(), name="queue"),
    path("evaluation/<str:number>/", queue.RoundView.as_view(), name="round"),
    path("evaluation/<str:number>/<int:order>/", sheet.SheetView.as_view(), name="sheet"),
    path("evaluation/<str:number>/<int:order>/conflict/", sheet.ConflictView.as_view(), name="conflict"),
    path(
        "evaluation/<str:number>/<int:order>/record/<int:pk>/",
        visit.VisitFileView.as_view(),
        name="visit_file",
    ),
    path("proposals/<str:number>/opinion/", opinion.OpinionView.as_view(), name="opinion"),
]
