"""What is done with people, organisations and invitations. In words, for the history that staff read."""

from django.utils.translation import gettext_lazy as _

from innomarket.audit.verbs import register

register(
    {
        "accounts.make_token": _("Token for the API made"),
        "accounts.revoke_token": _("Token for the API revoked"),
        "accounts.sign_up": _("Signed up"),
        "accounts.register_person": _("Person entered by staff"),
        "accounts.change_person": _("Person's data changed"),
        "accounts.confirm_address": _("E-mail address confirmed"),
        "accounts.add_address": _("E-mail address added"),
        "accounts.change_address": _("E-mail address changed"),
        "accounts.remove_address": _("E-mail address removed"),
        "accounts.set_password": _("Password set"),
        "accounts.change_password": _("Password changed"),
        "accounts.reset_password": _("Password reset by mail"),
        "accounts.add_second_factor": _("Second factor set up"),
        "accounts.give_second_factor": _("Second factor given by staff"),
        "accounts.remove_second_factor": _("Second factor removed"),
        "accounts.renew_recovery_codes": _("Recovery codes renewed"),
        "accounts.close_account": _("Account closed"),
        "accounts.reopen_account": _("Account opened again"),
        "accounts.change_groups": _("Staff rights changed"),
        "accounts.give_staff_groups": _("Staff rights given"),
        "accounts.apply_for_organisation": _("Organisation applied for"),
        "accounts.apply_again": _("Organisation applied for again"),
        "accounts.verify_organisation": _("Organisation verified"),
        "accounts.refuse_organisation": _("Organisation refused"),
        "accounts.add_member": _("Member added"),
        "accounts.change_member": _("Member's role changed"),
        "accounts.remove_member": _("Member removed"),
        "accounts.leave": _("Left the organisation"),
        "accounts.invite": _("Invited by mail"),
        "accounts.replace_invitation": _("Invitation sent anew"),
        "accounts.withdraw_invitation": _("Invitation withdrawn"),
        "accounts.accept_invitation": _("Invitation accepted"),
        "accounts.join": _("Joined by invitation"),
    }
)
