"""Why a content is not taken, in words for the person who chose the file."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DAMAGED = _(
    "The file is damaged: it cannot be opened. Save it again from its program and choose the new file."
)


class WrongContent(Exception):
    """A code and a whole sentence; ``services.receive`` turns it into a Refused at the field."""

    def __init__(self, code: str, reason: str | Promise) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason

    @classmethod
    def bomb(cls) -> "WrongContent":
        return cls(
            "zip_bomb", _("The file unpacks to far more than its size. Save it again with smaller contents.")
        )

    @classmethod
    def locked(cls) -> "WrongContent":
        return cls(
            "locked", _("The file is locked with a password. Choose one that opens without a password.")
        )

    @classmethod
    def hidden(cls) -> "WrongContent":
        return cls(
            "hidden_content",
            _("The file holds something else beside its document. Save it again from its program."),
        )

    @classmethod
    def macros(cls) -> "WrongContent":
        return cls("macros", _("The file holds macros. Save it without macros and choose the new file."))
