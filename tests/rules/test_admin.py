"""Every dated rule has the two steps in the console, with words for each of its values."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from django.utils import translation

from innomarket.common.clock import today
from innomarket.common.dated import DatedRule
from innomarket.evaluation import shipped
from innomarket.evaluation.models import EvaluationRule
from innomarket.rules.admin import RuleAdmin
from innomarket.rules.forms import form_for
from innomarket.rules.services import value_fields
from tests.accounts.factories import staff
from tests.support.staff import sign_in

pytestmark = pytest.mark.django_db

RULES = [model for model in apps.get_models() if issubclass(model, DatedRule)]


@pytest.mark.parametrize("model", RULES)
def test_every_rule_is_kept_in_the_console(model):
    assert isinstance(admin.site._registry[model], RuleAdmin)


@pytest.mark.parametrize("model", RULES)
def test_every_rule_can_be_entered_with_its_values(model):
    assert {*value_fields(model), "source", "begins", "reason"} == set(form_for(model).base_fields)


@pytest.mark.parametrize("model", RULES)
def test_every_check_of_a_rule_has_words(model):
    for constraint in model._meta.constraints:
        assert constraint.violation_error_message != constraint.default_violation_error_message, (
            constraint.name
        )


def test_form_begins_with_what_holds_and_enters_the_rest(client):
    shipped.load()
    sign_in(client, staff("run_rounds"))
    url = reverse("admin:evaluation_evaluationrule_enter")
    page = client.get(url)
    assert page.context["form"]["panel_size"].value() == EvaluationRule.objects.get().panel_size
    data = {name: page.context["form"][name].value() for name in value_fields(EvaluationRule)} | {
        "pass_mark": "80",
        "source": "공고 2026-2",
        "reason": "결정",
        "begins": str(today() + timedelta(days=3)),
    }
    assert client.post(url, data).status_code == 302
    assert EvaluationRule.objects.at(today() + timedelta(days=3)).pass_mark == 80


def test_form_with_values_that_do_not_fit_keeps_what_was_typed(client):
    shipped.load()
    sign_in(client, staff("run_rounds"))
    url = reverse("admin:evaluation_evaluationrule_enter")
    data = {
        "pass_mark": "70", "least_sheets": "9", "trim_from": "5", "panel_size": "3",
        "source": "s", "reason": "r", "begins": str(today() + timedelta(days=3)),
    }  # fmt: skip
    with translation.override("ko"):
        answer = client.post(url, data)
    assert answer.status_code == 422
    assert answer.context["form"]["least_sheets"].value() == "9"
    assert EvaluationRule.objects.count() == 1


@pytest.mark.parametrize("model", RULES)
def test_source_of_a_shipped_rule_reads_in_both_languages(model):
    for rule in model.objects.all():
        with translation.override("en"):
            english = str(rule.source_in_words())
        with translation.override("ko"):
            assert rule.source_in_words() != english, "its Korean is missing"
        assert not any("가" <= letter <= "힣" for letter in english)


def test_dates_of_a_rule_are_no_designation_in_korean():
    with translation.override("ko"):
        assert EvaluationRule._meta.get_field("valid").verbose_name == "적용 기간"
