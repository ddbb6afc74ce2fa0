"""The history of each need as OCDS 1.1.5 releases and records (docs/decisions/0033-ocds.md).

``reading`` finds the facts of a process with the instant of each; ``planning``, ``tender``, ``awards``, ``contracts``
and ``parties`` say what was so at an instant, a section each; ``releases`` gives one release for each instant at which
that changed; ``records`` merges them; ``package`` writes packages.
"""
