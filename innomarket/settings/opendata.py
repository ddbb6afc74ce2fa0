"""Who publishes the open data, under which licence, and the prefix of the procurement data (OCDS). Decision 0033."""

import re

from innomarket.settings.environment import text

__all__ = ["DATA_LICENCE", "OCDS_PREFIX", "OCDS_PUBLISHER"]

# The Open Contracting Partnership gives each publisher one; this is a placeholder until the agency has its own.
OCDS_PREFIX = text("OCDS_PREFIX", "ocds-000000")
if not re.fullmatch(r"ocds-[a-z0-9]{6}", OCDS_PREFIX):
    raise ValueError(f"OCDS_PREFIX is {OCDS_PREFIX!r}: it is ocds- and the six signs that were registered")
OCDS_PUBLISHER = text("OCDS_PUBLISHER", "혁신조달 전담기관")
# The address of the licence as the agency decides it, of every format alike; pages say that there is none as yet.
DATA_LICENCE = text("DATA_LICENCE")
