"""The consoles of designations and of the rules by date."""

from django.contrib import admin

from innomarket.common.admin import ServiceAdmin
from innomarket.rules.admin import RuleAdmin

from ..models import Designation, DesignationRule, VotingRule
from .steps import KEEP


@admin.register(Designation)
class DesignationAdmin(ServiceAdmin):
    permission_required = KEEP
    list_display = ["number", "product_name_ko", "organisation", "designated_on", "valid"]
    list_select_related = ["organisation"]
    search_fields = ["number", "product_name_ko", "product_name_en", "organisation__name_ko"]
    fields = [
        "number",
        "type",
        "product_name_ko",
        "product_name_en",
        "organisation",
        "submission",
        "designated_on",
        "valid",
        "designated_at",
    ]


admin.site.register([DesignationRule, VotingRule], RuleAdmin)
