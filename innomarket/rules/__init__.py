"""Dated rules in the hands of staff: entered from a day on, and taken back before they begin."""
