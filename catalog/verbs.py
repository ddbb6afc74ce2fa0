"""What is done with listings. In words, for the history that staff read."""

from django.utils.translation import gettext_lazy as _

from innomarket.audit.verbs import register

register(
    {
        "catalog.save_search": _("Search saved"),
        "catalog.tell_search": _("News about a saved search switched on or off"),
        "catalog.delete_search": _("Saved search deleted"),
        "catalog.list_product": _("Product listed"),
        "catalog.edit_product": _("Listing edited"),
        "catalog.note_pilot": _("Pilot purchase noted at the listing"),
        "catalog.check_bulk": _("Bulk import checked"),
        "catalog.apply_bulk": _("Bulk import applied"),
        "catalog.import_classification": _("Classification of goods imported"),
        "catalog.add_category": _("Category added"),
        "catalog.change_category": _("Category changed"),
        "catalog.add_attribute": _("Value added to a profile"),
        "catalog.change_attribute": _("Value of a profile changed"),
        "catalog.remove_attribute": _("Value taken out of a profile"),
        "catalog.begin_change": _("Change to the listing begun"),
        "catalog.add_file": _("File added to a change of the listing"),
        "catalog.save_change": _("Change to the listing saved"),
        "catalog.renew_change": _("Change put on the listing as it stands"),
        "catalog.rewrite_change": _("Proposed change rewritten"),
        "catalog.propose_change": _("Change to the listing proposed"),
        "catalog.withdraw_change": _("Proposed change withdrawn"),
        "catalog.take_change": _("Proposed change taken over"),
        "catalog.correct_listing": _("Correction made live"),
        "catalog.refuse_change": _("Proposed change refused"),
    }
)
