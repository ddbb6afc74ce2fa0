"""The pages of evaluators, published rounds, and the fit opinion of institutions."""

from django.urls import path

from .views import blind, draw, objection, opinion, pledge, profile, published, queue, sheet, visit

app_name = "evaluation"

urlpatterns = [
    path("evaluation/", queue.QueueView.as_view(), name="queue"),
    path("evaluation/profile/", profile.ProfileView.as_view(), name="profile"),
    path("evaluation/profile/edit/", profile.EditView.as_view(), name="profile_edit"),
    path("evaluation/profile/tie/", profile.AddTie.as_view(), name="tie"),
    path("evaluation/profile/tie/<int:pk>/end/", profile.EndTie.as_view(), name="tie_end"),
    path("evaluation/profile/tie/<int:pk>/withdraw/", profile.WithdrawTie.as_view(), name="tie_withdraw"),
    path("evaluation/profile/away/", profile.AddAbsence.as_view(), name="away"),
    path("evaluation/profile/away/<int:pk>/", profile.RemoveAbsence.as_view(), name="away_remove"),
    path("evaluation/profile/leave/", profile.LeaveView.as_view(), name="leave_pool"),
    path("draws/", draw.DrawList.as_view(), name="draws"),
    path("draws/<str:number>/", draw.DrawView.as_view(), name="draw"),
    path("draws/<str:number>/pool.json", draw.PoolFile.as_view(), name="draw_pool"),
    path("draws/<str:number>/draw.json", draw.DrawFile.as_view(), name="draw_file"),
    path("evaluation/<str:number>/seat/", pledge.PledgeView.as_view(), name="seat"),
    path("evaluation/<str:number>/seat/decline/", pledge.DeclineView.as_view(), name="decline"),
    path("evaluation/<str:number>/", queue.RoundView.as_view(), name="round"),
    path("evaluation/<str:number>/<int:order>/", sheet.SheetView.as_view(), name="sheet"),
    path(
        "evaluation/<str:number>/<int:order>/copy/<int:page>.webp",
        blind.CopyImageView.as_view(),
        name="copy_image",
    ),
    path(
        "evaluation/<str:number>/<int:order>/copy/<int:page>.txt",
        blind.CopyTextView.as_view(),
        name="copy_text",
    ),
    path("evaluation/<str:number>/<int:order>/conflict/", sheet.ConflictView.as_view(), name="conflict"),
    path(
        "evaluation/<str:number>/<int:order>/record/<int:pk>/",
        visit.VisitFileView.as_view(),
        name="visit_file",
    ),
    path("objections/<str:number>/", objection.ObjectionView.as_view(), name="objection"),
    path("objections/file/<int:pk>/", objection.ObjectionFileView.as_view(), name="objection_file"),
    path("objections/<str:number>/answer.pdf", objection.AnswerPaperView.as_view(), name="answer_paper"),
    path(
        "objections/<str:number>/result-<str:round>.pdf",
        objection.ResultPaperView.as_view(),
        name="result_paper",
    ),
    path(
        "objections/<str:number>/withdraw/",
        objection.WithdrawObjectionView.as_view(),
        name="withdraw_objection",
    ),
    path("rounds/", published.PublishedRoundList.as_view(), name="published_list"),
    path("rounds/verify.pyz", published.VerifyProgramView.as_view(), name="verify_program"),
    path("rounds/<str:number>/", published.PublishedRoundView.as_view(), name="published"),
    path("rounds/<str:number>/result.json", published.ResultFileView.as_view(), name="result_file"),
    path("rounds/<str:number>/<slug:part>.json", published.PartFileView.as_view(), name="result_part"),
    path("rounds/<str:number>/result.csv", published.ResultTableView.as_view(), name="result_table"),
    path("proposals/<str:number>/opinion/", opinion.OpinionView.as_view(), name="opinion"),
]
