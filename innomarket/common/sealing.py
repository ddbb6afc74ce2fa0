"""Sealing: what applicants send lies encrypted in the file store, under keys that lie elsewhere.

The keys are a Tink keyset in the file ``SEALING_KEYS``. Whoever has the store and a dump of the database, and not
this file, reads nothing (docs/decisions/0008-sealing.md says what that protects from, and what it does not).
"""

import io
import os
import secrets
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import tink
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from tink import secret_key_access, streaming_aead

# What stands before the ciphertext, so that files from before the sealing are known as such.
MARK = b"innomarket-sealed-1\n"


def make_keys(path: Path) -> None:
    """Write a new keyset that only its owner may read. Raises FileExistsError: keys are never overwritten."""
    streaming_aead.register()
    handle = tink.new_keyset_handle(streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB)
    _write(path, handle, replace=False)


def rotate_keys(path: Path) -> None:
    """Add a key that seals from now on. The earlier ones stay: what they sealed must be read."""
    from tink.proto import tink_pb2

    old = _parsed(path)
    streaming_aead.register()
    fresh = tink.new_keyset_handle(streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB)
    added = tink_pb2.Keyset.FromString(_binary(fresh))
    kept = tink_pb2.Keyset.FromString(_binary(old))
    kept.key.extend(added.key)
    kept.primary_key_id = added.primary_key_id
    handle = tink.proto_keyset_format.parse(kept.SerializeToString(), secret_key_access.TOKEN)
    _write(path, handle, replace=True)
    primitive.cache_clear()


def keys_in(path: Path) -> Path:
    """The keyset of a machine that names none: made once, beside the other secrets of ``var/``."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            make_keys(path)
        except FileExistsError:  # another process was faster
            pass
    return path


@lru_cache(maxsize=1)
def primitive() -> streaming_aead.StreamingAead:
    """What seals and unseals. Raises ImproperlyConfigured where the keyset is missing."""
    streaming_aead.register()
    path = Path(settings.SEALING_KEYS) if settings.SEALING_KEYS else keys_in(settings.SEALING_KEYS_HERE)
    return _parsed(path).primitive(streaming_aead.StreamingAead)


def sealed(chunks: Iterable[bytes], place: str) -> Iterator[bytes]:
    """The chunks encrypted, in constant memory, bound to the place (path) where they will lie."""
    sink = _Sink()
    yield MARK
    with primitive().new_encrypting_stream(sink, place.encode()) as stream:
        for chunk in chunks:
            stream.write(chunk)
            yield from sink.taken()
    yield from sink.taken()


def unsealed(stored: BinaryIO, place: str) -> Any:
    """A readable stream of what was sealed for this place; a file that was never sealed as it is.

    Reading raises tink.TinkError where a byte was changed, cut off, or moved from another place.
    """
    if stored.read(len(MARK)) == MARK:
        return primitive().new_decrypting_stream(stored, place.encode())
    stored.seek(0)
    return stored


def is_sealed(stored: BinaryIO) -> bool:
    """Whether these stored bytes begin as sealed ones do."""
    return stored.read(len(MARK)) == MARK


class _Sink(io.RawIOBase):
    """Keeps what the encrypting stream writes until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> list[bytes]:
        parts, self._parts = self._parts, []
        return parts


def _parsed(path: Path) -> tink.KeysetHandle:
    streaming_aead.register()
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ImproperlyConfigured(
            f"The sealing keys cannot be read at {path}: `manage.py sealing_keys` makes them."
        ) from error
    return tink.json_proto_keyset_format.parse(text, secret_key_access.TOKEN)


def _binary(handle: tink.KeysetHandle) -> bytes:
    return tink.proto_keyset_format.serialize(handle, secret_key_access.TOKEN)


def _write(path: Path, handle: tink.KeysetHandle, *, replace: bool) -> None:
    """Whole or not at all: a reader never meets half a keyset."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    text = tink.json_proto_keyset_format.serialize(handle, secret_key_access.TOKEN)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        if replace:
            os.replace(draft, path)
        else:
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
