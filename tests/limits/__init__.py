"""What nobody may do, across the apps: access by address, leaks, raw SQL, the admin, attacks by text."""
