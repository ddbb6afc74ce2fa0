"""Journeys of people in a real browser, against a running portal with the sample in it. No ORM here."""
