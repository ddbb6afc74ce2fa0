from django.urls import path

from .views import task

app_name = "challenges"

urlpatterns = [
    path("challenges/", task.TaskList.as_view(), name="list"),
    path("challenges/<str:number>/", task.TaskDetail.as_view(), name="detail"),
]
