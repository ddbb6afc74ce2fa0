"""What people are told about a listing, by mail and inbox."""

from django.utils.translation import gettext_lazy as _

from innomarket.notifications.kinds import MessageKind, register

KINDS = (
    MessageKind(
        "catalog.new_in_search",
        _("New products in your search “%(name)s”"),
        _("Newly listed products that your saved search “%(name)s” finds: %(products)s"),
    ),
    MessageKind(
        "catalog.change_proposed",
        _("Listing %(number)s: %(supplier)s proposes a change"),
        _(
            "%(supplier)s proposes a change of its listing %(number)s. Compare it with what stands, then decide."
        ),
    ),
    MessageKind(
        "catalog.bulk_proposed",
        _("%(supplier)s proposes changes of %(n)s listings"),
        _(
            "%(supplier)s proposes changes of %(n)s listings in one file. Compare each with what stands, then decide."
        ),
    ),
    MessageKind(
        "catalog.change_taken",
        _("Your change of %(number)s is live"),
        _(
            "Your change of the listing of %(name)s was taken over. The page, the data and the history show it."
        ),
    ),
    MessageKind(
        "catalog.change_refused",
        _("Your change of %(number)s was not taken over"),
        _(
            "Your change of the listing of %(name)s was not taken over. The listing stays as it was. Reason: %(reason)s"
        ),
    ),
    MessageKind(
        "catalog.file_refused",
        _("A file of %(number)s was refused by the virus check"),
        _(
            "The virus check refused a file that was uploaded for the listing of %(name)s. It is shown to nobody."
            " Take it out of the change and upload a clean one."
        ),
    ),
)


def register_all() -> None:
    for kind in KINDS:
        register(kind)
