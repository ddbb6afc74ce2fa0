"""The addresses of the published datasets: pages of records, and files. Limits are those of our API."""

from typing import Any

from django.db.models import Q
from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request

from catalog.api import base
from catalog.api.files import AnyType
from innomarket.accounts.models import Scope
from innomarket.common.clock import today
from innomarket.common.conditional import etag_of, not_modified, validated

from . import designations, envelope, files, products, published
from .designations import MARK, BadCondition, condition

DEFAULT_SIZE, MOST, LAST_PAGE = 10, 10_000, 1_000_000
"""``perPage`` is 10 where nothing is said, as at the source; we answer up to ten thousand at once."""
KEYS = ("serviceKey", "ServiceKey")
PARAMETERS = ("page", "perPage", "returnType", *KEYS)
NAMES = ", ".join(("page", "perPage", "returnType", "serviceKey", f"{MARK}…::EQ]"))


class Records(AnyType):
    """Pages of designation records, asked for and answered as at api.odcloud.kr. No key is needed.

    ``serviceKey`` is taken and not looked at: a program sends the one it has for the source.
    """

    schema = None  # described in words: the fields are the source's, not ours

    def get(self, request: Request) -> HttpResponse:
        self._only(request)
        page = _number(request, "page", 1, LAST_PAGE)
        size = _number(request, "perPage", DEFAULT_SIZE, MOST)
        everything = designations.records()
        matching = everything.filter(self._conditions(request))
        data = designations.page(matching, today(), first=(page - 1) * size, size=size)
        body = {
            "page": page,
            "perPage": size,
            "totalCount": everything.count(),
            "currentCount": len(data),
            "matchCount": matching.count(),
            "data": data,
        }
        text = envelope.written(body, return_type(request, strict=True))
        etag = etag_of(request.path, text)
        kept = not_modified(request, etag)
        return kept if kept is not None else validated(self._answer(request, text), etag, None)

    def handle_exception(self, exc: Exception) -> HttpResponse:
        """What went wrong, as the source says it."""
        problem = super().handle_exception(exc)
        errors = problem.data.get("errors") or [problem.data]
        message = " ".join(
            f"{error['parameter']}: {error['detail']}" if error.get("parameter") else error["detail"]
            for error in errors
        )
        body = {"code": -problem.status_code, "msg": message}
        answer = self._answer(self.request, envelope.written(body, return_type(self.request)))
        answer.status_code = problem.status_code
        for name in ("Retry-After", "WWW-Authenticate", "Allow"):
            if name in problem.headers:
                answer[name] = problem[name]
        return answer

    @staticmethod
    def _answer(request: Request, text: bytes) -> HttpResponse:
        return HttpResponse(text, content_type=envelope.TYPES[return_type(request)])

    @staticmethod
    def _only(request: Request) -> None:
        """Refuse what we would have to overlook: a filter that is misspelt would give everything."""
        for name, value in request.query_params.items():
            if "\0" in value:
                raise exceptions.ValidationError({name: _("This character cannot be searched for.")})
            if name not in PARAMETERS and not name.startswith(MARK):
                text = _("There is no such parameter. There are: %(names)s.") % {"names": NAMES}
                raise exceptions.ValidationError({name: text})

    @staticmethod
    def _conditions(request: Request) -> Q:
        found = Q()
        for name, values in request.query_params.lists():
            if not name.startswith(MARK):
                continue
            for value in values:
                try:
                    found &= condition(name, value)
                except BadCondition as error:
                    raise exceptions.ValidationError({name: str(error)}) from error
        return found


def return_type(request: Any, *, strict: bool = False) -> str:
    """`returnType`, JSON unless XML is asked for. Raises ValidationError for another one where it is strict."""
    asked = request.GET.get("returnType", "JSON").upper()
    if asked in envelope.TYPES:
        return asked
    if strict:
        text = _("Choose one of: %(names)s.") % {"names": ", ".join(envelope.TYPES)}
        raise exceptions.ValidationError({"returnType": text})
    return "JSON"


def _number(request: Request, name: str, default: int, most: int) -> int:
    asked = request.query_params.get(name)
    if asked is None:
        return default
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= most):
        raise exceptions.ValidationError({name: _("Ask for 1 to %(most)s.") % {"most": most}})
    return int(asked)


class DatasetFile(AnyType):
    """A dataset as one file with its length and SHA-256; the same file again is answered 304."""

    schema = None
    limit = Scope.FILES
    dataset = ""

    def table(self) -> tuple[str, Any, Any]:
        """Its name, its fields and its rows."""
        raise NotImplementedError

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Access-Control-Expose-Headers"] = f"{base.EXPOSED}, Repr-Digest"
        return response

    def get(self, request: Request, kind: str) -> HttpResponse | FileResponse:
        base.only(request, KEYS)
        title, fields, rows = self.table()
        made = files.make(kind, title, fields, rows)
        etag = f'"{made.sha256}"'
        if (kept := not_modified(request, etag)) is not None:
            made.file.close()
            return kept
        response = FileResponse(
            made.file,
            as_attachment=True,
            filename=f"{title}-{today():%Y%m%d}.{kind}",
            content_type=files.KINDS[kind],
        )
        response["Repr-Digest"] = made.digest
        return validated(response, etag, None)


class ProductsFile(DatasetFile):
    def table(self) -> tuple[str, Any, Any]:
        return published.PRODUCTS, products.FIELDS, products.rows(today())


class DesignationsFile(DatasetFile):
    def table(self) -> tuple[str, Any, Any]:
        return published.DESIGNATIONS, designations.FIELDS, designations.rows(today())
