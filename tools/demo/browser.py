"""A browser without a window: cookies, pages, forms, and what a page says. Standard library only."""

import http.cookiejar
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, text
    choices: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # name → (value, text)
    files: list[str] = field(default_factory=list)

    def names(self) -> set[str]:
        return {name for name, _value in self.fields} | set(self.choices) | set(self.files)


class PageParser(HTMLParser):
    """Title, heading, forms, links, and the text of notices and errors."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.heading = ""
        self.notices: list[str] = []
        self.text: list[str] = []
        self._form: Form | None = None
        self._select = ""
        self._option: str | None = None
        self._textarea: str | None = None
        self._button: tuple[str, str] | None = None
        self._label = ""
        self._capture: list[tuple[str, int, list[str]]] = []
        self._depth = 0
        self._href: str | None = None
        self._skip = 0
        self._choice: list[tuple[str, str]] | None = None  # where the label now open will be written

    VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attrs = {key: value or "" for key, value in pairs}
        if tag not in self.VOID:
            self._depth += 1
        if tag in ("script", "style", "svg", "template"):
            self._skip += 1
        classes = attrs.get("class", "").split()
        if tag == "h1":
            self._capture.append(("heading", self._depth, []))
        elif (
            "notice" in classes
            or "error-summary" in classes
            or "field-error" in classes
            or "errornote" in classes
        ):
            self._capture.append(("notice", self._depth, []))
        handler = getattr(self, f"_start_{tag}", None)
        if handler:
            handler(attrs)

    def _start_a(self, attrs: dict[str, str]) -> None:
        self._href = attrs.get("href")
        self._label = ""

    def _start_form(self, attrs: dict[str, str]) -> None:
        self._form = Form(attrs.get("action", ""), attrs.get("method", "get").lower())
        self.forms.append(self._form)

    def _start_input(self, attrs: dict[str, str]) -> None:
        if self._form is None or not attrs.get("name") or "disabled" in attrs:
            return
        name, kind, value = attrs["name"], attrs.get("type", "text"), attrs.get("value", "")
        if kind == "file":
            self._form.files.append(name)
        elif kind in ("radio", "checkbox"):
            self._choice = self._form.choices.setdefault(name, [])
            self._choice.append((value or "on", ""))
            self._label = ""
            if "checked" in attrs:
                self._form.fields.append((name, value or "on"))
        elif kind == "submit":
            self._form.buttons.append((name, value, value))
        else:
            self._form.fields.append((name, value))

    def _start_select(self, attrs: dict[str, str]) -> None:
        self._select = attrs.get("name", "")
        if self._form is not None:
            self._form.choices.setdefault(self._select, [])

    def _start_option(self, attrs: dict[str, str]) -> None:
        self._option, self._label = attrs.get("value", ""), ""
        if self._form is not None and "selected" in attrs and self._select:
            self._form.fields.append((self._select, attrs.get("value", "")))

    def _start_textarea(self, attrs: dict[str, str]) -> None:
        self._textarea, self._label = attrs.get("name", ""), ""

    def _start_button(self, attrs: dict[str, str]) -> None:
        self._button, self._label = (attrs.get("name", ""), attrs.get("value", "")), ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "svg", "template"):
            self._skip = max(0, self._skip - 1)
        if tag == "label" and self._choice:
            self._choice[-1] = (self._choice[-1][0], " ".join(self._label.split()))
            self._choice = None
        if tag == "form":
            self._form = None
        elif tag == "option" and self._form is not None and self._option is not None:
            self._form.choices.setdefault(self._select, []).append((self._option, self._label.strip()))
            self._option = None
        elif tag == "textarea" and self._form is not None and self._textarea is not None:
            # HTML drops the first line break of a text area.
            self._form.fields.append((self._textarea, self._label.removeprefix("\n")))
            self._textarea = None
        elif tag == "button" and self._form is not None and self._button is not None:
            self._form.buttons.append((*self._button, " ".join(self._label.split())))
            self._button = None
        elif tag == "a" and self._href is not None:
            self.links.append((self._href, " ".join(self._label.split())))
            self._href = None
        while self._capture and self._capture[-1][1] == self._depth and tag not in self.VOID:
            kind, _depth, parts = self._capture.pop()
            said = " ".join("".join(parts).split())
            if kind == "heading":
                self.heading = said
            elif said:
                self.notices.append(said)
        if tag not in self.VOID:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._skip:
            return
        self._label += data
        self.text.append(data)
        for _kind, _depth, parts in self._capture:
            parts.append(data)


@dataclass
class Page:
    url: str
    status: int
    body: bytes
    content_type: str

    def __post_init__(self) -> None:
        self.parsed = PageParser()
        if "html" in self.content_type:
            self.parsed.feed(self.body.decode("utf-8"))

    @property
    def heading(self) -> str:
        return self.parsed.heading

    @property
    def notices(self) -> list[str]:
        return self.parsed.notices

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.parsed.text).split())

    def form(self, *names: str) -> Form:
        """The form that has all the named fields or buttons."""
        for form in self.parsed.forms:
            have = form.names() | {name for name, _value, _text in form.buttons}
            if form.method == "post" and set(names) <= have:
                return form
        raise LookupError(f"{self.url} has no form with {names}: {self.heading} {self.notices}")

    def link(self, part: str) -> str:
        """The first link whose address contains ``part``."""
        for href, _text in self.parsed.links:
            if part in href:
                return href
        raise LookupError(f"{self.url} has no link with {part!r}")


class Browser:
    """One person's browser."""

    asked, waited = 0, 0.0
    """Requests of all people so far, and seconds until they were answered."""

    def __init__(self, base: str, language: str = "ko") -> None:
        self.base = base.rstrip("/")
        self.language = language
        jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def get(self, path: str) -> Page:
        return self._send(urllib.request.Request(self._absolute(path)))

    def submit(
        self,
        page: Page,
        form: Form,
        values: dict[str, object] | None = None,
        files: dict[str, tuple[str, bytes]] | None = None,
        button: str | None = None,
    ) -> Page:
        """Fill a form over what stands in it and send it, as pressing a button does."""
        values = values or {}
        unknown = set(values) - form.names()
        if unknown:
            raise LookupError(
                f"{page.url}: the form has no field {sorted(unknown)}; it has {sorted(form.names())}"
            )
        pairs = [(name, value) for name, value in form.fields if name not in values]
        for name, value in values.items():
            many = value if isinstance(value, list | tuple) else [value]
            pairs += [(name, str(one)) for one in many]
        pressed = next((b for b in form.buttons if button and button in (b[0], b[1])), None)
        if button and pressed is None:
            raise LookupError(f"{page.url}: no button {button!r} among {form.buttons}")
        if pressed and pressed[0]:
            pairs.append(pressed[:2])
        target = urllib.parse.urljoin(page.url, form.action) if form.action else page.url
        return self._post(target, pairs, files or {}, page.url)

    def _post(
        self, url: str, pairs: list[tuple[str, str]], files: dict[str, tuple[str, bytes]], referer: str
    ) -> Page:
        if files:
            body, content_type = _multipart(pairs, files)
        else:
            body, content_type = urllib.parse.urlencode(pairs).encode(), "application/x-www-form-urlencoded"
        request = urllib.request.Request(url, data=body, method="POST")
        request.add_header("Content-Type", content_type)
        request.add_header("Referer", referer)
        return self._send(request)

    def _absolute(self, path: str) -> str:
        return path if path.startswith("http") else self.base + path

    def _send(self, request: urllib.request.Request) -> Page:
        request.add_header("Accept-Language", self.language)
        began = time.monotonic()
        try:
            return self._answer(request)
        finally:
            Browser.asked += 1
            Browser.waited += time.monotonic() - began

    def _answer(self, request: urllib.request.Request) -> Page:
        try:
            answer = self._opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return Page(
                answer.geturl() or request.full_url,
                answer.status or 0,
                answer.read(),
                answer.headers.get("Content-Type", ""),
            )


def _multipart(pairs: list[tuple[str, str]], files: dict[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    out = b""
    for name, value in pairs:
        out += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, (filename, content) in files.items():
        out += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        out += content + b"\r\n"
    return out + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
