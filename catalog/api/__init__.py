"""The REST API, version 1: read only, public, the same rows as the pages."""
