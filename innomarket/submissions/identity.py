"""Who an applicant is, as a text may say it, and where a text says so. Pure: nothing is read or written here.

Searched are the names of the organisation (without its legal form, with any spacing), its business number and
code, its people with their names and addresses, its mail domain; and whatever looks like a telephone number, an
address of mail or web, or an author of the file, whoever it is (our default: the portal knows no telephone numbers).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape

from django.utils.translation import gettext_lazy as _

NAME, PERSON, NUMBER, MAIL, PHONE, WEB, AUTHOR, ATTACHMENT, UNREAD = (
    "name", "person", "number", "mail", "phone", "web", "author", "attachment", "unread",
)  # fmt: skip
WHAT = {
    NAME: _("name of the organisation"),
    PERSON: _("name of a person"),
    NUMBER: _("registration number"),
    MAIL: _("e-mail address"),
    PHONE: _("telephone number"),
    WEB: _("web address"),
    AUTHOR: _("author of the file"),
    ATTACHMENT: _("attached file"),
    UNREAD: _("cannot be searched"),
}
PAGE, FILE_NAME = "page", "file_name"
WHERE = {
    PAGE: _("text of the page"),
    FILE_NAME: _("name of the file"),
    "properties": _("properties of the file"),
    "author": _("properties of the file"),
    "annotation": _("note or link on the page"),
    "attachment": _("attachment inside the file"),
    "data": _("data of the file that no page shows"),
}
MOST_FOUND = 200
LONGEST = 120

LEGAL_FORMS = re.compile(
    r"\((?:주|유|사|재|합)\)|주식회사|유한책임회사|유한회사|합자회사|합명회사|사단법인|재단법인"
    r"|\b(?:incorporated|inc|corporation|corp|company|co|limited|ltd|llc|plc|gmbh)\b\.?",
    re.IGNORECASE,
)
# A domain of one of these says nothing of who writes.
PUBLIC_MAIL = frozenset(
    "naver.com daum.net hanmail.net kakao.com nate.com gmail.com googlemail.com outlook.com hotmail.com live.com"
    " icloud.com me.com yahoo.com yahoo.co.kr korea.com proton.me protonmail.com".split()
)
_PHONE = re.compile(
    r"(?<![\d.\-])(?:\+?82[\s.\-)]*(?:\(0\))?|\(?0)(?:2|1[016-9]|[3-6][1-5]|70|50\d?)[)\s.\-]{0,2}\d{3,4}[\s.\-]?\d{4}(?![\d\-])"
)
# No pattern reads on without end from each of many places: a text that is made to be slow takes as long as it is.
_MAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63})+")  # as long as RFC 5321 lets them be
_WEB = re.compile(
    r"(?:https?://|www\.)[^\s<>\"')\]]+"
    r"|(?<![@\w.\-])[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9\-]+)*\.(?:co\.kr|or\.kr|re\.kr|go\.kr|ac\.kr|com|net|org|kr|io)(?![\w\-])",
    re.IGNORECASE,
)
_BUSINESS = re.compile(r"(?<![\d\-])\d{3}-\d{2}-\d{5}(?![\d\-])")
_BETWEEN_LETTERS, _BETWEEN_WORDS, _BETWEEN_DIGITS = r"[\s·.\-]*", r"[\s\W_]*", r"[\s\-–.]*"
_CREATOR = re.compile(r"<dc:creator\b(?:(?!<dc:creator\b).)*?</dc:creator>", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_NAMESPACE = re.compile(r"\bxmlns:\w+\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_XML_WEB = re.compile(r"https?://(?:ns\.|purl\.|iptc\.|www\.(?:w3|aiim|npes)\.)[^\s\"'<>]*", re.IGNORECASE)


@dataclass
class Identity:
    """What an applicant is known by. Names of people as they are written; numbers by their digits."""

    names: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)

    def patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        """(what, pattern) of everything that is searched as such."""
        found = [(NAME, pattern) for name in self.names for pattern in _name(name)]
        found += [(PERSON, pattern) for name in self.people for pattern in _name(name)]
        found += [(NUMBER, _digits(number)) for number in self.numbers if len(number) >= 5]
        own = {mail.rpartition("@")[2].lower() for mail in self.mails} - PUBLIC_MAIL
        found += [(WEB, re.compile(re.escape(domain), re.IGNORECASE)) for domain in sorted(own) if domain]
        return found


def normal(text: str) -> str:
    """One spelling: compatibility forms unfolded (㈜ is (주)), soft hyphens and zero-width characters gone."""
    folded = unicodedata.normalize("NFKC", text)
    return re.sub("[\u00ad\u200b-\u200d\u2060\ufeff]", "", folded)


def without_form(name: str) -> str:
    """A name without its legal form: (주)한울 → 한울, Hanul Co., Ltd. → Hanul."""
    bare = LEGAL_FORMS.sub(" ", normal(name))
    return " ".join(bare.replace(",", " ").split()).strip(" .&-")


def _name(name: str) -> list[re.Pattern[str]]:
    bare = without_form(name)
    letters = [one for one in bare if one.isalnum()]
    if len(letters) < 2:  # nothing is left to search for, or half of every text would be found
        return []
    if any("가" <= one <= "힣" for one in letters):
        return [re.compile(_BETWEEN_LETTERS.join(map(re.escape, letters)), re.IGNORECASE)]
    parts = [re.escape(part) for part in re.split(r"[\W_]+", bare) if part]
    return [re.compile(_alone(_BETWEEN_WORDS.join(parts)), re.IGNORECASE)]


def _digits(number: str) -> re.Pattern[str]:
    return re.compile(_alone(_BETWEEN_DIGITS.join(map(re.escape, number))))


def _alone(pattern: str) -> str:
    return f"(?<![0-9A-Za-z]){pattern}(?![0-9A-Za-z])"


@dataclass(frozen=True)
class Found:
    """One thing found: what it is, where, on which page (0: on none), and the words themselves."""

    what: str
    where: str
    page: int
    text: str


def search(
    identity: Identity,
    *,
    pages: Iterable[str],
    data: Iterable[tuple[str, int, str]] | None,
    file_name: str = "",
) -> list[Found]:
    """Everything in the pages, in what lies beside them and in the file's name that says who applies.

    The same words in the same place are named once. ``data`` None: it could not be read, which is named too.
    """
    patterns, found = identity.patterns(), dict[Found, None]()

    def look(text: str, where: str, page: int) -> None:
        for one in _in(text, patterns):
            found.setdefault(Found(one[0], where, page, one[1]))

    look(file_name.rpartition(".")[0] or file_name, FILE_NAME, 0)
    for number, text in enumerate(pages, start=1):
        look(text, PAGE, number)
    for where, page, text in data or []:
        if where == "attachment":
            found.setdefault(Found(ATTACHMENT, where, page, _short(text)))
        if where == "author":
            found.setdefault(Found(AUTHOR, where, page, _short(text)))
        if text.lstrip().startswith("<"):
            for creator in _CREATOR.findall(text):
                name = " ".join(unescape(_TAG.sub(" ", creator)).split())
                if name:
                    found.setdefault(Found(AUTHOR, "author", 0, _short(name)))
            text = _XML_WEB.sub(" ", unescape(_NAMESPACE.sub(" ", text)))
        look(text, where, page)
    if data is None:
        found.setdefault(Found(UNREAD, "data", 0, ""))
    return list(found)[:MOST_FOUND]


def _in(text: str, patterns: list[tuple[str, re.Pattern[str]]]) -> Iterable[tuple[str, str]]:
    text = normal(text)
    taken = bytearray(len(text))  # 1: part of what was named already
    general = [(MAIL, _MAIL), (NUMBER, _BUSINESS), (PHONE, _PHONE), (WEB, _WEB)]
    for what, pattern in [*patterns, *general]:
        for match in pattern.finditer(text):
            start, end = match.span()
            if what in (WEB, PHONE) and any(taken[start:end]):
                continue  # part of an address or a number that was named already
            taken[start:end] = b"\x01" * (end - start)
            yield what, _short(match.group())


def _short(text: str) -> str:
    return " ".join(text.split())[:LONGEST]
