"""The pages of evaluators, published rounds, and the fit opinion of institutions."""

from django.urls import path

from .views import objection, opinion, published, queue, sheet, visit

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
    path("objections/<str:number>/", objection.ObjectionView.as_view(), name="objection"),
    path(
        "objections/<str:number>/withdraw/",
        objection.WithdrawObjectionView.as_view(),
        name="withdraw_objection",
    ),
    path("rounds/", published.PublishedRoundList.as_view(), name="published_list"),
    path("rounds/<str:number>/", published.PublishedRoundView.as_view(), name="published"),
    path("rounds/<str:number>/result.json", published.ResultFileView.as_view(), name="result_file"),
    path("rounds/<str:number>/result.csv", published.ResultTableView.as_view(), name="result_table"),
    path("proposals/<str:number>/opinion/", opinion.OpinionView.as_view(), name="opinion"),
]
