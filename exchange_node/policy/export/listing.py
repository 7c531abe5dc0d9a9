"""Marking, permitted action → whether an alert may stand in a file, and whether its names may.

A file has no named readers: it stays in the administration that wrote it, and whoever works there
reads it (FIRST, Traffic Light Protocol 2.0: RED is for the individual recipients alone).
"""

from __future__ import annotations

from exchange_node.domain.alert import Marking, PermittedAction


def may_stand_in_files(marking: Marking) -> bool:
    """Whether an alert may stand in a file: what is RED is for those alone whom it was given to."""
    return marking is not Marking.RED


def may_name_in_files(action: PermittedAction) -> bool:
    """Whether a file for other systems may hold whom and what an alert names.

    What is covert is to be known to nobody who might act in the open: systems that share tell more
    people than an officer does (our choice).
    """
    return action is not PermittedAction.COVERT
