"""The Atom feeds."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from innomarket.common.conditional import etag_of, not_modified, validated
from innomarket.common.shared import share

from .. import feeds

ATOM = "application/atom+xml; charset=utf-8"


@require_safe
def feed(request: HttpRequest, name: str) -> HttpResponse:
    """A feed in the language of its address: the same for everybody; who has it already is told so."""
    if name not in feeds.FEEDS:
        raise Http404
    text = feeds.written(name)
    etag = etag_of(request.path, text.decode())
    if (kept := not_modified(request, etag)) is not None:
        return share(kept)
    response = share(validated(HttpResponse(text, content_type=ATOM), etag, None))
    response["Access-Control-Allow-Origin"] = "*"
    return response
