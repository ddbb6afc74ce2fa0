"""Tools of this checkout: what the Makefile calls."""
