"""Forms of the engine itself. The questions of a submission are the kind's own forms."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from innomarket.accounts.models import Organisation
from innomarket.common.views import REASON_MAX

from .models import Lot
from .words import titled


class BeginForm(forms.Form):
    """For which lot, and for which organisation. What has one answer only is not asked."""

    lot = forms.ModelChoiceField(
        label=_("What do you answer?"), queryset=Lot.objects.none(), empty_label=None
    )
    organisation = forms.ModelChoiceField(
        label=_("For which organisation?"),
        queryset=Organisation.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args: Any, lots: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.only_lot, self.only_organisation = _only(lots), _only(organisations)
        for name, choices, only in (
            ("lot", lots, self.only_lot),
            ("organisation", organisations, self.only_organisation),
        ):
            if only is not None or not choices:
                del self.fields[name]
            else:
                field: Any = self.fields[name]
                field.queryset = type(choices[0])._default_manager.filter(pk__in=[row.pk for row in choices])
        if "lot" in self.fields:
            self.fields["lot"].label_from_instance = lambda lot: f"{lot.order}. {titled(lot, 'title')}"  # type: ignore[attr-defined]

    def chosen(self) -> tuple[Lot | None, Organisation | None]:
        """The lot and the organisation, chosen or the only ones."""
        return (
            self.cleaned_data.get("lot", self.only_lot),
            self.cleaned_data.get("organisation", self.only_organisation),
        )


def _only(rows: Any) -> Any:
    return rows[0] if len(rows) == 1 else None


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files at once; each is received by itself afterwards."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not files and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return list(files)  # an empty or overlong name is refused file by file, in words


class UploadForm(forms.Form):
    file = ManyFilesField(
        label=_("Choose files"),
        error_messages={"required": _("Choose a file first, then press “Upload”.")},
        widget=ManyFiles(attrs={"aria-describedby": "file-limits"}),
    )


class SubmitForm(forms.Form):
    """The submit at the end of the check. ``shown``: key of what was found in the anonymous copy, to be looked at."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    looked = forms.BooleanField(
        label=_(
            "I have looked at these places and at the whole copy: what stands there does not show who applies."
        ),
        required=False,
    )

    def __init__(self, *args: Any, shown: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shown"].initial = shown
        if not shown:
            del self.fields["looked"], self.fields["shown"]


class WithdrawForm(forms.Form):
    """Withdrawing needs no reason; who wants to may leave a note for their own side, sealed."""

    reason = forms.CharField(
        label=_("Note for your own record"),
        required=False,
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
