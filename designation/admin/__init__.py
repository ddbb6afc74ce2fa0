"""The secretary's consoles, by noun."""

from . import committee, designation, meeting, motion, wanted  # noqa: F401  they register themselves
