from django.urls import path

from . import views

app_name = "pilots"

urlpatterns = [
    path("pilots/", views.Overview.as_view(), name="list"),
    path("pilots/<str:number>/", views.PilotPage.as_view(), name="pilot"),
    path("pilots/<str:number>/inspection/", views.RecordInspection.as_view(), name="inspection"),
    path("pilots/<str:number>/measures/", views.RecordMeasures.as_view(), name="measures"),
    path("pilots/<str:number>/use/", views.RecordUse.as_view(), name="use"),
    path("pilots/<str:number>/verdict/", views.RecordVerdict.as_view(), name="verdict"),
]
