from django.urls import path

from .views import idea, task

app_name = "challenges"

urlpatterns = [
    path("challenges/", task.TaskList.as_view(), name="list"),
    path("challenges/<str:number>/", task.TaskDetail.as_view(), name="detail"),
    path("ideas/", idea.IdeaList.as_view(), name="ideas"),
    path("ideas/<str:number>/", idea.IdeaDetail.as_view(), name="idea"),
]
