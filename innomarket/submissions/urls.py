"""Calls, and one's own submissions from the first draft to the receipt."""

from django.urls import path

from .views import (
    calendar,
    call,
    check,
    compare,
    files,
    paper,
    reading,
    receipt,
    step,
    supplement,
    upload,
    verify,
)

app_name = "submissions"

urlpatterns = [
    path("verify/", verify.VerifyView.as_view(), name="verify"),
    path("calls/", call.CallList.as_view(), name="call_list"),
    path("calls/calendar/", calendar.CallCalendar.as_view(), name="calendar"),
    path("calls/<str:number>/", call.CallView.as_view(), name="call"),
    path("calls/<str:number>/apply/", call.BeginView.as_view(), name="begin"),
    path("submissions/<str:number>/edit/<slug:step>/", step.StepView.as_view(), name="edit"),
    path("submissions/<str:number>/files/<slug:slot>/", files.FilesView.as_view(), name="files"),
    path(
        "submissions/<str:number>/files/<slug:slot>/uploads/",
        upload.UploadsView.as_view(),
        name="uploads",
    ),
    path("submissions/<str:number>/uploads/<uuid:uuid>/", upload.UploadView.as_view(), name="upload"),
    path("submissions/<str:number>/file/<int:pk>/", receipt.DraftFileView.as_view(), name="file"),
    path("submissions/<str:number>/check/", check.CheckView.as_view(), name="check"),
    path("submissions/<str:number>/receipt/", receipt.ReceiptView.as_view(), name="receipt"),
    path("submissions/<str:number>/compare/", compare.CompareView.as_view(), name="compare"),
    path("submissions/<str:number>/withdraw/", receipt.WithdrawView.as_view(), name="withdraw"),
    path(
        "submissions/<str:number>/<int:ordinal>/file/<int:pk>/",
        receipt.SubmittedFileView.as_view(),
        name="submitted_file",
    ),
    path(
        "submissions/<str:number>/<int:ordinal>/file/<int:pk>/read/", reading.ReadView.as_view(), name="read"
    ),
    path(
        "submissions/<str:number>/<int:ordinal>/file/<int:pk>/pages/<int:page>.webp",
        reading.PageImageView.as_view(),
        name="page_image",
    ),
    path(
        "submissions/<str:number>/<int:ordinal>/file/<int:pk>/pages/<int:page>.txt",
        reading.PageTextView.as_view(),
        name="page_text",
    ),
    path("submissions/<str:number>/<int:ordinal>/frozen.json", receipt.FrozenView.as_view(), name="frozen"),
    path("supplements/<str:number>/", supplement.SupplementView.as_view(), name="supplement"),
    path("supplements/<str:number>/send/", supplement.SendView.as_view(), name="supplement_send"),
    path(
        "supplements/<str:number>/papers/<int:order>/",
        supplement.PaperView.as_view(),
        name="supplement_paper",
    ),
    path(
        "supplements/<str:number>/papers/<int:order>/file/",
        supplement.PaperFileView.as_view(),
        name="supplement_file",
    ),
    path("submissions/<str:number>/draft.pdf", paper.DraftPaperView.as_view(), name="draft_pdf"),
    path(
        "submissions/<str:number>/<int:ordinal>/submission.pdf",
        paper.SubmittedPaperView.as_view(),
        name="submitted_pdf",
    ),
    path(
        "submissions/<str:number>/<int:ordinal>/receipt.pdf",
        paper.ReceiptPaperView.as_view(),
        name="receipt_pdf",
    ),
]
