"""Fields that several forms of evaluation share."""

from typing import Any

from django import forms


class NeededToSubmit(forms.CharField):
    """Shown as required, yet not by the form: a draft may leave it empty, and the service asks for it."""

    def validate(self, value: str) -> None:
        pass


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """No file, one or several."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in given]
