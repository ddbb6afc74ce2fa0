"""Rows that every installation has: kinds of organisations, classes of institutions, groups of staff."""

from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_noop

from .models import ApiRule, InstitutionClass, OrganisationKind

# code, names, has a 7-digit code, has a business number, people may apply for one themselves
KINDS: list[tuple[str, str, str, bool, bool, bool]] = [
    ("public_institution", "공공기관", "Public institution", True, False, True),
    ("company", "기업", "Company", False, True, True),
    ("agency", "운영 기관", "The agency itself", False, False, False),
    ("ministry", "중앙부처", "Ministry", True, False, True),
    ("support_institute", "지원 기관", "Support institute", False, False, True),
    ("test_house", "시험 기관", "Test house", False, True, True),
    ("foreign_body", "해외 기관", "Foreign body", False, False, True),
    ("partner_agency", "협력 기관", "Partner agency", False, False, True),
]

# domain.md §1: the classes by which rates and targets differ.
CLASSES: list[tuple[str, str, str]] = [
    ("central", "중앙행정기관", "Central government"),
    ("local", "지방자치단체", "Local government"),
    ("local_enterprise", "지방공기업", "Local public enterprise"),
    ("public_corporation", "공기업·준정부기관", "Public corporation or quasi-governmental institution"),
    ("education", "교육기관", "Education"),
    ("medical", "의료기관", "Medical institution"),
    ("non_profit", "비영리기관", "Non-profit institution"),
]

# One group for each desk; a person's desks are what the groups add up to.
GROUPS: dict[str, tuple[str, ...]] = {
    "Rounds": ("run_rounds",),
    "Committee": ("keep_committee",),
    "Budget": ("keep_budget",),
    "Catalogue": ("keep_catalogue",),
    "Verification": ("verify_organisations",),
    "Audit": ("read_audit",),
}


API = {
    "anonymous_per_minute": 300,
    "token_per_minute": 3_000,
    "anonymous_files_per_hour": 10,
    "token_files_per_hour": 60,
    "most_tokens": 20,
    "most_token_days": 366,
    "snapshot_days": 30,
    "source": gettext_noop("innomarket: no source states a limit"),
    "is_default": True,
}


def load() -> int:
    """Put the rows in place; a name that staff have changed since stays. Safe to run again."""
    for order, (code, name_ko, name_en, has_code, has_number, may_apply) in enumerate(KINDS, start=1):
        OrganisationKind.objects.get_or_create(
            code=code,
            defaults={
                "name_ko": name_ko,
                "name_en": name_en,
                "has_institution_code": has_code,
                "has_business_number": has_number,
                "may_apply": may_apply,
                "order": order,
            },
        )
    for order, (code, name_ko, name_en) in enumerate(CLASSES, start=1):
        InstitutionClass.objects.get_or_create(
            code=code, defaults={"name_ko": name_ko, "name_en": name_en, "order": order}
        )
    for name, codenames in GROUPS.items():
        group, _made = Group.objects.get_or_create(name=name)
        group.permissions.add(
            *Permission.objects.filter(content_type__app_label="accounts", codename__in=codenames)
        )
    ApiRule.ensure(valid=(None, None), values=API)
    return len(KINDS) + len(CLASSES) + len(GROUPS) + 1
