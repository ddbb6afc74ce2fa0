"""Every write about people, organisations and memberships."""
