"""The steps of the staff console, and its words."""
