"""The nightly files, for people."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..bulk import FORMATS
from ..models import Snapshot

NIGHTS = 7


def files_page(request: HttpRequest) -> HttpResponse:
    """The files of the last nights with size and SHA-256, and where the file of this moment is."""
    nights: dict[Any, list[Snapshot]] = {}
    most = NIGHTS * len(FORMATS) * len(Snapshot.Language.values)
    for snapshot in Snapshot.objects.of(Snapshot.What.PRODUCTS)[:most]:
        nights.setdefault(snapshot.day, []).append(snapshot)
    context = {"nights": list(nights.items()), "formats": [(code, code.upper()) for code in FORMATS]}
    return render(request, "catalog/files.html", context)
