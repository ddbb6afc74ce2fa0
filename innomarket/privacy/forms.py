"""What staff enter for a person, and what people answer about their consents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innomarket.common.views import ReasonForm


class EraseOnRequestForm(ReasonForm):
    """Whom, by the address of the account; why."""

    email = forms.EmailField(
        label=_("E-mail address of the account"),
        help_text=_("The person has asked for it and has shown who they are."),
    )
    field_order = ("email", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("It stays for good: write no name and no contact data.")


class ConsentForm(forms.Form):
    """One yes or no for each notice; nothing is ticked beforehand."""

    def __init__(self, *args: Any, rows: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in rows:
            notice, answer = row["notice"], row["answer"]
            initial = None
            if answer is not None:
                initial = "yes" if answer.given_at and not answer.withdrawn_at else "no"
            field: Any = forms.ChoiceField(
                label=notice.get_purpose_display(),
                choices=[("yes", _("I agree")), ("no", _("I do not agree"))],
                widget=forms.RadioSelect,
                initial=initial,
                required=False,
            )
            self.fields[f"notice_{notice.pk}"] = field
