"""What people choose about their messages."""

from typing import Any

from django import forms

from . import kinds
from .models import Way


class WaysForm(forms.Form):
    """One question for each group of messages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group, name in kinds.choosable_groups().items():
            self.fields[group] = forms.ChoiceField(
                label=name, choices=Way.choices, widget=forms.RadioSelect, initial=Way.MAIL
            )
