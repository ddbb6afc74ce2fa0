"""Facts about organisations that later steps listen to, in the same transaction."""

from innomarket.common.hooks import Hook

organisation_verified = Hook("organisation_verified")  # organisation

member_joined = Hook("member_joined")  # user: somebody came to belong to an organisation
