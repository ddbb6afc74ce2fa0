from django.urls import path

from .views import designation, meeting, proposal

app_name = "designation"

urlpatterns = [
    path("proposals/", proposal.ProposalList.as_view(), name="proposal_list"),
    path("proposals/<str:number>/", proposal.ProposalDetail.as_view(), name="proposal"),
    path("designations/", designation.DesignationList.as_view(), name="list"),
    path("designations/<str:number>/", designation.DesignationDetail.as_view(), name="detail"),
    path("meetings/", meeting.MeetingList.as_view(), name="meeting_list"),
    path("meetings/<str:number>/", meeting.MeetingDetail.as_view(), name="meeting"),
    path("meetings/<str:number>/<int:order>/", meeting.MotionDetail.as_view(), name="motion"),
    path("meetings/<str:number>/<int:order>/recuse/", meeting.RecuseView.as_view(), name="recuse"),
    path("meetings/<str:number>/<int:order>/vote/", meeting.VoteView.as_view(), name="vote"),
]
