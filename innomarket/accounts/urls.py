"""Organisations, their members, and one's own page."""

from django.urls import path

from .views import api_token, invitation, membership, organisation, person

app_name = "accounts"

urlpatterns = [
    path("organisations/", organisation.OrganisationList.as_view(), name="organisation_list"),
    path("organisations/apply/", organisation.ApplyView.as_view(), name="apply"),
    path("organisations/apply/<slug:kind>/", organisation.ApplyAsView.as_view(), name="apply_as"),
    path("organisations/<int:pk>/", organisation.OrganisationView.as_view(), name="organisation"),
    path("organisations/<int:pk>/again/", organisation.ApplyAgainView.as_view(), name="apply_again"),
    path("organisations/<int:pk>/members/invite/", invitation.InviteView.as_view(), name="invite"),
    path(
        "organisations/<int:pk>/invitations/<int:invitation>/withdraw/",
        invitation.WithdrawInvitationView.as_view(),
        name="withdraw_invitation",
    ),
    path("invitations/<str:token>/", invitation.AcceptInvitationView.as_view(), name="invitation"),
    path(
        "organisations/<int:pk>/members/<int:membership>/",
        membership.ChangeMemberView.as_view(),
        name="change_member",
    ),
    path(
        "organisations/<int:pk>/members/<int:membership>/remove/",
        membership.RemoveMemberView.as_view(),
        name="remove_member",
    ),
    path("organisations/<int:pk>/tokens/", api_token.TokensView.as_view(), name="tokens"),
    path(
        "organisations/<int:pk>/tokens/<int:token>/revoke/",
        api_token.RevokeTokenView.as_view(),
        name="revoke_token",
    ),
    path("people/me/", person.MeView.as_view(), name="me"),
]
