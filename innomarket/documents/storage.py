"""Where uploaded files lie: encrypted, and without an address. `services.send` is the only way out."""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from innomarket.common import sealing


class Sealing(File):
    """What is being stored, encrypted while it is read. It has no temporary file that could be moved instead."""

    def __init__(self, content: File, place: str) -> None:
        super().__init__(None, place)
        self._content, self._place = content, place

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        return sealing.sealed(self._content.chunks(chunk_size), self._place)


class PrivateStorage(FileSystemStorage):
    """A folder without addresses, whatever MEDIA_URL says; what lies in it is sealed, bound to its path."""

    def url(self, name: str | None) -> str:
        """Raises ValueError always, so that no template can print an address."""
        raise ValueError("Uploaded files have no address.")

    def _save(self, name: str, content: Any) -> str:
        saved: str = super()._save(name, Sealing(content, name))  # type: ignore[misc]
        if saved != name:  # a file was there already: the seal is bound to another path
            self.delete(saved)
            raise FileExistsError(name)
        return saved

    def _open(self, name: str, mode: str = "rb") -> File:
        """The plain bytes, from the beginning to the end; sealed ones cannot be sought in."""
        if mode != "rb":
            raise ValueError("Uploaded files are only read.")
        return File(sealing.unsealed(open(self.path(name), "rb"), name), name=None)

    def is_sealed(self, name: str) -> bool:
        """Whether the stored bytes are encrypted: not so for a file from before the sealing."""
        with open(self.path(name), "rb") as stored:
            return sealing.is_sealed(stored)
