"""A partner that is not there yet, played from a script by a node of ours that is in test.

`script` is what is written down, `reading` takes it in and says line by line what is wrong with it,
`founding` makes the folder of who is played, `player` does what the script says. What goes over
the line is the node's: real AS4, real seals, its gates and its answers.
"""

from exchange_node.rehearsal.partner.founding import Played, found_partner
from exchange_node.rehearsal.partner.player import Player
from exchange_node.rehearsal.partner.reading import (
    lint_script,
    read_script,
    script_schema,
    script_text,
    shipped_scripts,
)
from exchange_node.rehearsal.partner.script import Script

__all__ = [
    "Played",
    "Player",
    "Script",
    "found_partner",
    "lint_script",
    "read_script",
    "script_schema",
    "script_text",
    "shipped_scripts",
]
