"""Where uploaded files lie. They have no address: `services.send` is the only way out."""

from django.core.files.storage import FileSystemStorage


class PrivateStorage(FileSystemStorage):
    """A folder without addresses, whatever MEDIA_URL says."""

    def url(self, name: str | None) -> str:
        """Raises ValueError always, so that no template can print an address."""
        raise ValueError("Uploaded files have no address.")
