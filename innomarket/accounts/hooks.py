"""Facts about organisations that later steps listen to, in the same transaction."""

from innomarket.common.hooks import Hook

organisation_verified = Hook("organisation_verified")  # organisation
