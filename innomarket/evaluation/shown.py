"""What the applicant's page and the console show alike."""

from typing import Any

from django.urls import reverse

from .models import Objection


def files_of(objection: Objection, *, removable: bool = False) -> list[dict[str, Any]]:
    """The files as components/files.html shows them; ``removable``: with a button to take each out."""
    return [
        {
            "name": file.document.name,
            "size": file.document.size,
            "sha256": file.document.sha256,
            "state": "" if file.document.state == "clean" else file.document.get_state_display(),
            "url": reverse("evaluation:objection_file", args=[file.pk]),
            **({"remove_name": "take_out", "remove_value": file.pk} if removable else {}),
        }
        for file in objection.files.select_related("document")
    ]
