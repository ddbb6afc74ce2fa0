"""Repeats what the portal decided, from the published files alone: docs/verification.md.

Written from that page, with the standard library and nothing of the portal: neither Django nor a database is needed,
and an error of the portal is not repeated here. ``python -m tools.verify`` is for everybody; ``manage.py
verify_round`` gives the same functions the live data.
"""
