"""A Node: the only place that chooses implementations, the clock, ids and randomness.

`build` makes the node of a folder, `serving` the one that serves it alone; `initialise` makes the
folder, `check` says what it lacks.
"""

from exchange_node.node.building import Node, build, opened
from exchange_node.node.checking import check
from exchange_node.node.forms import read_form
from exchange_node.node.preparing import card_of, initialise, pair_agreement, workbench
from exchange_node.node.serving import serving
from exchange_node.node.surroundings import new_passphrase, utc_now

__all__ = [
    "Node",
    "build",
    "card_of",
    "check",
    "initialise",
    "new_passphrase",
    "opened",
    "pair_agreement",
    "read_form",
    "serving",
    "utc_now",
    "workbench",
]
