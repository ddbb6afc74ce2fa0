"""Who may do what with the catalogue."""

from innomarket.accounts.permissions import staff_with

may_edit = staff_with("keep_catalogue")
