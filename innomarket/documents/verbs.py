"""What happens to files. In words, for the history that staff read."""

from django.utils.translation import gettext_lazy as _

from innomarket.audit.verbs import register

register(
    {
        "documents.receive": _("File received"),
        "documents.begin_upload": _("Upload begun"),
        "documents.pass": _("File passed its check"),
        "documents.refuse": _("File refused by its check"),
        "documents.seal": _("File encrypted"),
        "documents.seal_row": _("Texts encrypted"),
    }
)
