from datetime import UTC, datetime

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from innomarket.common import context
from innomarket.common.refusals import Refused
from innomarket.common.views import ConfirmView, PrivateMixin, RefusalMixin, ServiceFormView


class NameForm(forms.Form):
    name = forms.CharField(label="Name")


class NameView(ServiceFormView):
    form_class = NameForm
    title = "Give a name"
    success_url = "/done/"
    success_message = "Named."

    def perform(self, form):
        match form.cleaned_data["name"]:
            case "late":
                raise Refused("closed", "The call has closed.")
            case "taken":
                raise Refused("taken", "This name is taken.", field="name")
            case "foreign":
                raise Refused("foreign", "Not yours.", field="no_such_field", status=403)
        return form.cleaned_data["name"]


@pytest.fixture(autouse=True)
def _still_clock(monkeypatch):
    monkeypatch.setattr(context, "_database_now", lambda: datetime(2026, 11, 23, 5, 3, tzinfo=UTC))
    with translation.override("en"):
        yield


def ask(view, method: str = "post", **data) -> HttpResponse:
    request = getattr(RequestFactory(), method)("/", data)
    request.user = AnonymousUser()
    request.session = {}
    request._messages = FallbackStorage(request)
    response = view.as_view()(request)
    response.messages = [str(message) for message in get_messages(request)]
    return response.render() if hasattr(response, "render") else response


def test_a_service_that_agrees_leads_on_with_a_message():
    response = ask(NameView, name="good")
    assert (response.status_code, response.url, response.messages) == (302, "/done/", ["Named."])


def test_an_invalid_form_is_422_and_keeps_what_was_typed():
    class LongNameForm(NameForm):
        size = forms.IntegerField()

    class LongNameView(NameView):
        form_class = LongNameForm

    response = ask(LongNameView, name="kept words", size="many")
    assert response.status_code == 422
    assert 'value="kept words"' in response.text and 'value="many"' in response.text


def test_a_refusal_stands_on_top_with_its_status_and_keeps_what_was_typed():
    response = ask(NameView, name="late")
    assert response.status_code == 409
    assert "<strong>The call has closed.</strong>" in response.text
    assert 'value="late"' in response.text and response.messages == []


def test_a_refusal_of_a_field_stands_at_the_field():
    response = ask(NameView, name="taken")
    assert response.status_code == 409
    assert 'id="id_name_error"' in response.text
    assert 'href="#id_name">Name: This name is taken.' in response.text


def test_a_refusal_of_an_unknown_field_still_reaches_the_person():
    response = ask(NameView, name="foreign")
    assert response.status_code == 403
    assert "<strong>Not yours.</strong>" in response.text


def test_a_form_page_is_private():
    assert ask(NameView, "get")["Cache-Control"] == "private, no-store"
    assert ask(NameView, name="late")["Cache-Control"] == "private, no-store"


class WithdrawView(ConfirmView):
    title = "Withdraw"
    success_url = "/done/"

    def effects(self):
        return ["<b>12</b> people are told"]

    def perform(self, form):
        raise Refused("closed", form.cleaned_data["reason"])


def test_a_confirmation_says_what_it_does_and_asks_for_a_reason():
    response = ask(WithdrawView, "get")
    assert "&lt;b&gt;12&lt;/b&gt; people are told" in response.text
    assert 'name="reason"' in response.text
    assert ask(WithdrawView, reason="").status_code == 422


def test_a_confirmation_hands_the_reason_to_the_service():
    response = ask(WithdrawView, reason="because")
    assert response.status_code == 409
    assert "<strong>because</strong>" in response.text


def test_a_refusal_from_elsewhere_is_a_page_with_its_reason_and_status():
    class SealedView(RefusalMixin, PrivateMixin):
        def get(self, request):
            raise Refused("sealed", "Not before the <opening>.", status=403)

    response = ask(SealedView, "get")
    assert response.status_code == 403
    assert "Not before the &lt;opening&gt;." in response.text
